/** Objections, with the real sealer thread on a real vault: frames in, and what a copy of the disk holds afterwards. */
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { silentLog } from '@belkluis/shared/base/log';
import type { Consent } from '@belkluis/shared/policy/consent';
import type { RecordingTerms } from '@belkluis/shared/policy/decide';
import { samplePolicy } from '@belkluis/shared/policy/sample';
import test from 'ava';
import Database from 'better-sqlite3';
import { generateKey } from 'openpgp';
import { gnupg } from '../test/peers/gnupg.ts';
import { openAuditLog } from './audit/log.ts';
import { packFrames, type TapCredit } from './media/frame.ts';
import type { VerifiedPolicy } from './policy/verify.ts';
import { startSealer } from './recorder.ts';
import type { ListedRecipient } from './recording/recipients.ts';
import { contentPath, openContent } from './vault/content.ts';
import { openVault, type Vault } from './vault/vault.ts';

const PASSPHRASE = 'custodian of a test';

const keys = generateKey({
  type: 'ecc',
  curve: 'curve25519Legacy',
  userIDs: [{ name: 'Custodian' }],
  passphrase: PASSPHRASE,
  date: new Date(Date.now() - 60_000),
  format: 'object',
});

const said = (act: Consent['act'], more: Partial<Consent> = {}): Consent => ({
  at: Date.now(),
  act,
  mode: 'opt-out',
  side: 'caller',
  how: act === 'told' ? null : 'event',
  key: act === 'told' ? null : '9',
  promptHash: 'a'.repeat(64),
  ...more,
});

/** No test here is about a recorder that begins too late for a call, and a busy machine may make it late, ms. */
const PATIENCE = { beginMs: 60_000, answerMs: 5000 };

/** A recorder, and its box as somebody sees it who has the disk. */
async function recorder() {
  const folder = mkdtempSync(join(tmpdir(), 'recorder-'));
  const at = { vault: join(folder, 'vault'), auditDatabase: join(folder, 'audit.db') };
  openVault(at.vault).close();
  const start = () =>
    startSealer(
      { ...at, deviceId: 'box', tpm: null, reserveBytes: 1 },
      { chance: systemChance, log: silentLog, patience: PATIENCE },
    );
  const door = start();
  await door.ready;
  const { publicKey, privateKey } = await keys;
  const listed: ListedRecipient = {
    role: 'custodian',
    name: 'Custodian',
    fingerprint: publicKey.getFingerprint(),
    certificate: publicKey.armor(),
  };
  const policy = samplePolicy(new Date());
  const inForce = { policy, recipients: { recipients: [listed] } } as unknown as VerifiedPolicy;
  door.setPolicy(inForce);
  const port: MessagePort = door.portForWorker();
  port.unref();
  const purpose = policy.purposes[0]!;
  const termsWith = (more: Partial<RecordingTerms> = {}): RecordingTerms => ({
    purpose,
    rule: 'all',
    policyVersion: 1,
    policyHash: 'h',
    retention: { contentDays: 30, trafficDays: 30, evidenceDays: 365, minimum: null },
    announcements: [],
    level: 'standard',
    uses: ['complaint'],
    start: 'automatic',
    recipients: null,
    ...more,
  });
  const requestOf = (terms?: Partial<RecordingTerms>, consents: readonly Consent[] = []) => ({
    call: {
      id: randomBytes(8).toString('hex'),
      from: '+31612345678',
      to: 'ben',
      direction: 'inbound',
      via: 'trunk',
      trunk: null,
      queue: null,
      startedAt: 1,
    } as const,
    terms: termsWith(terms),
    announcedAt: Date.now(),
    announcementHash: 'a'.repeat(64),
    consents,
  });
  const begin = async (terms?: Partial<RecordingTerms>, consents?: readonly Consent[]): Promise<string> => {
    const begun = await door.begin(requestOf(terms, consents));
    if (!begun.ok) throw new Error(begun.reason);
    return begun.recording;
  };
  /** Both sides speak for `seconds`, from `from` on; resolves when the sealer has taken it. */
  const speak = (recording: string, seconds: number, from = 0): Promise<void> => {
    const frames = Array.from({ length: seconds * 100 }, (_, n) => ({
      side: (n % 2) as 0 | 1,
      codec: 'PCMA' as const,
      arrivedUs: (from * 50 + Math.floor(n / 2)) * 20_000,
      ssrc: 5 + (n % 2),
      sequence: from * 50 + Math.floor(n / 2),
      timestamp: (from * 50 + Math.floor(n / 2)) * 160,
      marker: false,
      payload: Buffer.alloc(160, n),
    }));
    const taken = new Promise<void>((resolve) => {
      port.once('message', (credit: TapCredit) => credit.recording === recording && resolve());
    });
    port.postMessage({ recording, batch: packFrames(frames) });
    return taken;
  };
  const look = <T>(use: (vault: Vault) => T, where = at.vault): T => {
    const vault = openVault(where);
    try {
      return use(vault);
    } finally {
      vault.close();
    }
  };
  const events = () => {
    const audit = openAuditLog({ path: at.auditDatabase, deviceId: 'box', clock: systemClock, chance: systemChance });
    const all = audit.recent(1000).flatMap(({ event }) => event ?? []);
    audit.close();
    return all.reverse();
  };
  /** All that is on the disk at this moment. */
  const copy = (): string => {
    const to = mkdtempSync(join(tmpdir(), 'copy-'));
    cpSync(folder, to, { recursive: true });
    return to;
  };
  const until = async (found: () => boolean) => {
    for (let tries = 0; !found(); tries++) {
      if (tries > 2400) throw new Error('it never was so');
      await delay(25);
    }
  };
  return { folder, at, door, start, begin, requestOf, speak, look, events, copy, until, privateKey, inForce, port };
}

/** Whether gpg opens the first segment of a recording, with the wraps that a copy of the disk still has. */
async function gpgOpens(copy: string, id: string, privateKey: string): Promise<boolean> {
  const vault = openVault(join(copy, 'vault'));
  const wraps = vault.keystore.get(id);
  const content = await openContent(vault.contentFolder, id);
  vault.close();
  if (wraps === null || content === null) return false;
  const gpg = gnupg();
  try {
    await gpg.import(privateKey);
    const file = join(copy, 'segment.pgp');
    writeFileSync(file, Buffer.concat([wraps.pkesk, content.segments[0]!.sealed]));
    return (await gpg.decrypt(file, PASSPHRASE)).length > 0;
  } finally {
    gpg.close();
  }
}

test('objected to in the call, a recording opens from no copy of the disk made after, and nothing more is written', async (t) => {
  const { folder, at, door, begin, speak, look, events, copy, privateKey } = await recorder();
  const [objected, other] = [await begin({}, [said('told')]), await begin()];
  await speak(objected, 12);
  await speak(other, 12);
  const before = copy();
  t.true(await gpgOpens(before, objected, privateKey.armor()), 'until then it could be opened');
  const database = new Database(join(folder, 'vault', 'keystore', 'keystore-1.db'));
  const sealed = database.prepare('SELECT sealed FROM entries WHERE name = ?').pluck().get(objected) as Buffer;
  database.close();

  t.deepEqual(await door.object(objected, said('withdrawn')), { did: 'erased' });
  await speak(objected, 12, 12);
  const after = copy();
  const files = readdirSync(after, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { parentPath, name } of files) {
    t.false(name.includes(objected), name);
    t.false(readFileSync(join(parentPath, name)).includes(sealed), `${name} holds the wraps`);
  }
  t.false(await gpgOpens(after, objected, privateKey.armor()));
  t.true(await gpgOpens(after, other, privateKey.armor()), 'the other call is not touched');
  const row = look(({ catalogue }) => catalogue.get(objected)!);
  t.like(row, { eraseReason: 'objection', caller: null, end: { reason: 'finished' } });
  t.like(
    look(({ catalogue }) => catalogue.consents.of(objected)),
    [
      { act: 'told', how: null, key: null },
      { act: 'withdrawn', how: 'event', key: '9', side: 'caller' },
    ],
  );
  t.deepEqual(
    events()
      .filter(({ facts }) => 'recording' in facts && facts.recording === objected)
      .map(({ kind }) => kind),
    ['objection', 'purge'],
  );
  t.deepEqual(await door.object(objected, said('withdrawn', { side: 'callee' })), { did: 'erased' }, 'asked again');
  t.deepEqual(await door.object('0'.repeat(32), said('withdrawn')), { did: 'refused', reason: 'not_recording' });
  await door.close();
  t.is(
    look(({ catalogue }) => catalogue.get(other)!.end?.reason, at.vault),
    'finished',
  );
});

test('the call ends at the same instant, or the objection comes first: it is gone in either order', async (t) => {
  const { door, begin, speak, look, port } = await recorder();
  const [after, before] = [await begin(), await begin()];
  for (const id of [after, before]) await speak(id, 6);
  port.postMessage({ recording: after, end: true });
  door.end(after, 'finished');
  const first = door.object(after, said('withdrawn'));
  const second = door.object(before, said('withdrawn'));
  port.postMessage({ recording: before, end: true });
  door.end(before, 'finished');
  t.deepEqual(await Promise.all([first, second]), [{ did: 'erased' }, { did: 'erased' }]);
  for (const id of [after, before]) {
    t.like(
      look(({ catalogue }) => catalogue.get(id)),
      { eraseReason: 'objection' },
    );
    t.is(
      look(({ keystore }) => keystore.get(id)),
      null,
    );
  }
  await door.close();
});

test('while it begins: asked as soon as there is something to name, nothing of the call is ever on the disk', async (t) => {
  const { door, requestOf, speak, look } = await recorder();
  const begun = await door.begin(requestOf({}, [said('told')]));
  if (!begun.ok) return t.fail(begun.reason);
  const objected = door.object(begun.recording, said('refused'));
  await speak(begun.recording, 6);
  t.deepEqual(await objected, { did: 'erased' });
  t.like(
    look(({ catalogue }) => catalogue.get(begun.recording)),
    { eraseReason: 'objection', end: { segments: 0 } },
  );
  await door.close();
});

test('it is sealed to those whom its purpose names, and begins for nobody else', async (t) => {
  const { door, begin, requestOf, look } = await recorder();
  const { publicKey } = await keys;
  const refused = await door.begin(requestOf({ recipients: ['0'.repeat(40)] }));
  t.deepEqual(refused, { ok: false, reason: 'no_recipient' });
  const id = await begin({ recipients: [publicKey.getFingerprint()], uses: ['care'], level: 'high' });
  t.like(
    look(({ catalogue }) => catalogue.get(id)),
    {
      recipients: [publicKey.getFingerprint()],
      uses: ['supervision', 'data-subject', 'care'],
      level: 'high',
    },
  );
  await door.close();
});

test('a recording that a law demands goes on, and whoever objects is told the law', async (t) => {
  const { door, begin, speak, look, events } = await recorder();
  const minimum = { days: 20, ground: 'MiFID II 16(7)' };
  const id = await begin({ retention: { contentDays: 30, trafficDays: 30, evidenceDays: 365, minimum } });
  await speak(id, 6);
  const refused = { did: 'refused', reason: 'legal_retention', ground: 'MiFID II 16(7)' };
  t.deepEqual(await door.object(id, said('withdrawn')), refused);
  await speak(id, 6, 6);
  t.like(events().at(-1), { kind: 'erasure_refused', facts: { recording: id, reason: 'legal_retention' } });
  await door.close();
  t.like(
    look(({ catalogue }) => catalogue.get(id)),
    { erasedAt: null, end: { segments: 3 } },
  );
  t.like(
    look(({ catalogue }) => catalogue.requests.of(id)),
    [{ kind: 'objection', outcome: 'refused', ground: 'MiFID II 16(7)' }],
  );
  t.like(
    look(({ catalogue }) => catalogue.consents.of(id)),
    [{ act: 'withdrawn' }],
  );
});

test('a log that refuses: it stops at once, nobody opens it, and it is erased when the log takes it', async (t) => {
  const { at, door, begin, speak, look, events, until } = await recorder();
  const id = await begin();
  await speak(id, 6);
  const holder = new Database(at.auditDatabase);
  holder.exec('BEGIN IMMEDIATE');
  t.deepEqual(await door.object(id, said('withdrawn')), { did: 'stopped', waits: 'audit_refused' });
  await speak(id, 6, 6);
  t.like(
    look(({ catalogue }) => catalogue.get(id)),
    { erasedAt: null, end: { reason: 'finished', segments: 1 } },
  );
  holder.exec('ROLLBACK');
  holder.close();
  await until(() => look(({ keystore }) => keystore.get(id)) === null);
  t.deepEqual(
    events().map(({ kind }) => kind),
    ['objection', 'purge'],
  );
  await door.close();
});

test('a disk that refuses even to remember it: nothing follows, and it is tried until it is gone', async (t) => {
  const { at, door, begin, speak, look, until } = await recorder();
  const id = await begin();
  await speak(id, 6);
  const size = () => readFileSync(contentPath(join(at.vault, 'content'), id)).length;
  const before = size();
  const holder = new Database(join(at.vault, 'catalogue.db'));
  holder.exec('BEGIN IMMEDIATE');
  const objected = door.object(id, said('withdrawn'));
  t.deepEqual(await objected, { did: 'stopped', waits: 'recorder_unavailable' });
  t.is(size(), before);
  holder.exec('ROLLBACK');
  holder.close();
  await until(() => look(({ keystore }) => keystore.get(id)) === null);
  t.like(
    look(({ catalogue }) => catalogue.get(id)),
    { eraseReason: 'objection' },
  );
  await door.close();
});

test('granted before the power went: the next start erases it before the first call', async (t) => {
  const { at, door, begin, speak, look, events, start } = await recorder();
  const id = await begin();
  await speak(id, 6);
  await door.close();
  look(({ catalogue }) => {
    const request = {
      recording: id,
      reason: 'objection',
      caseRef: null,
      actor: 'box',
      inCall: { side: 'caller', how: 'info' },
    };
    catalogue.state.set('erasing', JSON.stringify([request]));
  });
  const next = start();
  await next.ready;
  t.is(
    look(({ keystore }) => keystore.get(id)),
    null,
  );
  t.like(events().slice(-2), [{ kind: 'objection', facts: { how: 'info' } }, { kind: 'purge' }]);
  t.truthy(at);
  await next.close();
});

test('a number that objects is known in the next call, from here, from elsewhere, and after a restart', async (t) => {
  const { at, door, look, events, start, until } = await recorder();
  t.false(door.objects('+31612345678', 'complaints'));
  t.deepEqual(await door.keepObjection('+31612345678', null), { kept: true });
  t.true(door.objects('+31612345678', 'complaints'));
  t.true(door.objects('0031612345678', 'quality'));
  t.false(door.objects('+31612345679', 'complaints'));
  t.deepEqual(await door.keepObjection('anonymous', null), { kept: false, reason: 'number_withheld' });
  t.like(events(), [{ kind: 'objection_kept', actor: 'box', facts: { purpose: null, how: 'key' } }]);
  t.false(JSON.stringify(events()).includes('12345678'), 'the log names no number');

  const { id, expiresAt } = look(({ catalogue }) => catalogue.objections.list()[0]!);
  const raw = new Database(join(at.vault, 'catalogue.db'));
  raw.prepare('UPDATE objections SET since = since - 9e8, expires_at = expires_at - 9e8').run();
  raw.close();
  t.true(door.objects('+31612345678', 'complaints'));
  await door.close();
  const next = start();
  await next.ready;
  t.true(next.objects('+31612345678', 'complaints'));
  await until(() => (look(({ catalogue }) => catalogue.objections.get(id))?.expiresAt ?? 0) >= expiresAt);
  look(({ catalogue }) => catalogue.objections.remove(id));
  await until(() => !next.objects('+31612345678', 'complaints'));
  await next.close();
});
