/**
 * One wish, one act: a POST that is tried again with its key is told what it was told before. The act and its answer are two transactions: when the
 * process dies between them, or takes longer than WORK_LIMIT_MS, the key may be tried anew, and the rooms refuse what was done already (a name that is
 * taken). Whoever took it over has it from then on: when it began is whose it is.
 */
import { hash } from 'node:crypto';
import type { Clock } from '@belkluis/shared/base/clock';
import { faultOf } from '../db/faults.ts';
import type { AnyTables } from '../db/open.ts';
import { ANSWER_KEPT_MS, MAX_ANSWERS, MAX_KEPT_ANSWER, WORK_LIMIT_MS } from './limits.ts';
import { problem } from './problems.ts';
import type { ApiTables } from './tables.ts';

export interface Answered {
  readonly status: number;
  /** JSON; empty: none. */
  readonly body: string;
  /** It was given before. */
  readonly again: boolean;
}

/** `token`, `person`: ids of who asks; `request`: its hash. */
interface Wish {
  readonly token: string;
  readonly person: string;
  readonly key: string;
  readonly request: string;
}

/** What a request is compared by. */
export const requestHash = (method: string, path: string, version: string, body: string): string =>
  hash('sha256', [method, path, version, body].join('\n'), 'hex');

export const isKey = (key: string): boolean => /^[A-Za-z0-9_-]{16,128}$/.test(key);

export function openIdempotency({ database, clock }: { database: AnyTables; clock: Pick<Clock, 'now'> }) {
  const db = database.$extendTables<ApiTables>();

  /** @throws Problem `idempotency_full`, with the seconds until there is room. */
  async function checkRoom(token: string, now: number): Promise<void> {
    const kept = db.selectFrom('api_answers').where('token', '=', token).where('expires_at', '>', now);
    const { there, oldest } = await kept
      .select((is) => [is.fn.countAll<number>().as('there'), is.fn.min('expires_at').as('oldest')])
      .executeTakeFirstOrThrow();
    if (there >= MAX_ANSWERS) throw problem('idempotency_full', `${Math.ceil((oldest - now) / 1000)} s`);
  }

  /** Takes the key for work, from an instant that is nobody else's; else what became of it. @throws Problem as `once`. */
  async function claim({ token, person, request }: Wish, keyHash: string): Promise<Answered | number> {
    const now = clock.now();
    await db
      .deleteFrom('api_answers')
      .where('key_hash', '=', keyHash)
      .where((is) =>
        is.or([
          is('expires_at', '<=', now),
          is.and([is('status', 'is', null), is('begun_at', '<=', now - WORK_LIMIT_MS)]),
        ]),
      )
      .execute();
    const known = await db.selectFrom('api_answers').select('key_hash').where('key_hash', '=', keyHash).execute();
    if (known.length === 0) await checkRoom(token, now);
    const mine = await db
      .insertInto('api_answers')
      .values({
        ...{ key_hash: keyHash, token, person, request_hash: request, status: null, answer: null },
        ...{ begun_at: now, expires_at: now + ANSWER_KEPT_MS },
      })
      .execute()
      .then(
        () => true,
        (error) => {
          if (faultOf(error) === 'duplicate') return false;
          throw error;
        },
      );
    if (mine) return now;
    const row = await db.selectFrom('api_answers').selectAll().where('key_hash', '=', keyHash).executeTakeFirst();
    if (row && row.request_hash !== request) throw problem('idempotency_key_reused');
    if (!row || row.status === null) throw problem('idempotency_busy');
    if (row.answer === null) throw problem('idempotency_answer_gone');
    return { status: row.status, body: row.answer, again: true };
  }

  return {
    /**
     * Does `work` once for a key of a token. What failed by our own fault is forgotten, so that it may be tried again.
     * @throws Problem `idempotency_key_reused`, `idempotency_busy`, `idempotency_full`, `idempotency_answer_gone`.
     */
    async once(wish: Wish, work: () => Promise<{ readonly status: number; readonly body: string }>): Promise<Answered> {
      const keyHash = hash('sha256', `${wish.token}\n${wish.key}`, 'hex');
      const claimed = await claim(wish, keyHash);
      if (typeof claimed !== 'number') return claimed;
      try {
        const { status, body } = await work();
        // It was done, so it is not done again, though nobody is told twice what is too long to keep.
        const answer = Buffer.byteLength(body) > MAX_KEPT_ANSWER ? null : body;
        await db
          .updateTable('api_answers')
          .set({ status, answer })
          .where('key_hash', '=', keyHash)
          .where('begun_at', '=', claimed)
          .execute();
        return { status, body, again: false };
      } catch (error) {
        await db.deleteFrom('api_answers').where('key_hash', '=', keyHash).where('begun_at', '=', claimed).execute();
        throw error;
      }
    },

    /** Erases answers whose time is over. */
    async forgetExpired(): Promise<void> {
      await db.deleteFrom('api_answers').where('expires_at', '<=', clock.now()).execute();
    },
  };
}
