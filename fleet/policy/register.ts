/** What was written and signed, for auditors: versions and hashes. What policies say stays here: it names officers and custodians. */
import type { Envelope } from '@belkluis/shared/policy/dsse';
import { REGISTER_ROWS } from './limits.ts';
import { type Parts, sha256, view } from './parts.ts';

export function openRegister({ database }: Pick<Parts, 'database'>) {
  const db = view(database);

  async function* keys(msp: string | null) {
    let query = db.selectFrom('policy_keys').selectAll().orderBy('msp').orderBy('generation');
    if (msp !== null) query = query.where('msp', '=', msp);
    for (const { key, generation, public_key, made_by, made_at, retired_at, msp: of } of await query.execute())
      yield {
        ...{ is: 'key', msp: of, key, generation, publicKey: public_key },
        ...{ madeBy: made_by, madeAt: made_at, retiredAt: retired_at },
      };
  }

  async function* levels(msp: string | null) {
    let query = db.selectFrom('policy_levels').selectAll().orderBy('kind').orderBy('of').orderBy('version');
    if (msp !== null) query = query.where('msp', '=', msp);
    for (const { kind, of, version, content, written_by, written_at, msp: whose } of await query.execute())
      yield {
        ...{ is: 'level', msp: whose, level: kind, of, version, digest: sha256(content) },
        ...{ writtenBy: written_by, writtenAt: written_at },
      };
  }

  async function* documents(msp: string | null) {
    let query = db
      .selectFrom('policy_documents')
      .select(['msp', 'hash', 'brought_by', 'brought_at'])
      .orderBy('msp')
      .orderBy('hash');
    if (msp !== null) query = query.where('msp', '=', msp);
    for (const { msp: of, hash, brought_by, brought_at } of await query.execute())
      yield { is: 'document', msp: of, hash, broughtBy: brought_by, broughtAt: brought_at };
  }

  async function* signed(msp: string | null) {
    for (let after: { box: string; version: number } | null = null; ; ) {
      let query = db.selectFrom('policy_signed').selectAll().orderBy('box').orderBy('version').limit(REGISTER_ROWS);
      if (msp !== null) query = query.where('msp', '=', msp);
      const last = after;
      if (last)
        query = query.where((is) =>
          is.or([is('box', '>', last.box), is.and([is('box', '=', last.box), is('version', '>', last.version)])]),
        );
      const rows = await query.execute();
      for (const row of rows) {
        const { signatures } = JSON.parse(row.envelope) as Envelope;
        yield {
          ...{ is: 'signed', msp: row.msp, box: row.box, version: row.version, hash: row.hash },
          ...{ previous: row.previous, foundation: row.foundation, rollout: row.rollout, state: row.state },
          ...{ signedBy: row.signed_by, signedAt: row.signed_at, expiresAt: row.expires_at },
          ...{ envelope: sha256(row.envelope), keys: signatures.map(({ keyid }) => keyid) },
        };
      }
      const end = rows.at(-1);
      if (!end || rows.length < REGISTER_ROWS) return;
      after = { box: end.box, version: end.version };
    }
  }

  /** Of one MSP, or of all: keys first, then what was written, brought and signed. */
  return async function* register(msp: string | null): AsyncGenerator<object> {
    yield* keys(msp);
    yield* levels(msp);
    yield* documents(msp);
    yield* signed(msp);
  };
}
