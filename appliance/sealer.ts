/**
 * Composition root of the sealer thread: frames from the media workers become sealed segments in the vault. Nothing here touches a call;
 * a disk that fails ends a recording, never a conversation.
 */
import { statfsSync } from 'node:fs';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { stderrLog } from '@belkluis/shared/base/log';
import type { Consent } from '@belkluis/shared/policy/consent';
import { TEST_CALL_PURPOSE } from '@belkluis/shared/policy/purpose';
import { ACCESS_DAYS_WITHOUT_POLICY, generalDays } from '@belkluis/shared/policy/retention';
import { openAuditLog } from './audit/log.ts';
import { openAuditQueue } from './audit/queue.ts';
import { joinObjections } from './join-objections.ts';
import { type TapCredit, type TapMessage, unpackBatch } from './media/frame.ts';
import type { CallEnd, FromSealer, RecordingStart, RefusalReason, ToSealer } from './recording/messages.ts';
import { type CheckedRecipients, checkRecipients, type ListedRecipient } from './recording/recipients.ts';
import { RecordingSession, SESSION_KEY_LENGTH } from './recording/session.ts';
import { wrapSessionKey } from './recording/wrap.ts';
import type { EndReason } from './vault/catalogue.ts';
import type { ContentWriter } from './vault/content.ts';
import { type DiskState, diskState } from './vault/disk.ts';
import { eraseOrphans } from './vault/purge.ts';
import { recover } from './vault/recover.ts';
import { expiriesOf, expiryOf } from './vault/retention.ts';
import { believedSince } from './vault/time-keeper.ts';
import { beginRecording, openVault } from './vault/vault.ts';

export interface SealerData {
  readonly vault: string;
  readonly auditDatabase: string;
  readonly deviceId: string;
  /** TCTI of the TPM that a new keystore's key is sealed in; null: a file. */
  readonly tpm: string | null;
  /** Free bytes at which nothing more is recorded. */
  readonly reserveBytes: number;
}

/** How often recipients are checked again, ms: a certificate that expires at noon is not used at one. */
const RECIPIENTS_TTL_MS = 60_000;

/** How often silent recordings are looked at, and how long frames may wait for their segment, ms: one segment and a little. */
const FLUSH_EVERY_MS = 1000;
const FLUSH_AFTER_MS = 6000;

/** How often it is looked whether the keystore's epoch was advanced, ms: without calls this thread would keep the dead key for days. */
const EPOCH_EVERY_MS = 10_000;

const { vault: vaultFolder, auditDatabase, deviceId, tpm, reserveBytes } = workerData as SealerData;
const main = parentPort!;
const clock = systemClock;
const chance = systemChance;
const log = stderrLog('sealer');
/** How long the log may keep this thread waiting, ms: less than the tap's queue holds. What it does not take by then waits in memory. */
const LOG_PATIENCE_MS = 250;

let accessDays = ACCESS_DAYS_WITHOUT_POLICY;
let requestDays = generalDays(null, 'request');
const vault = openVault(vaultFolder, { tpm, clock, chance });
const audit = openAuditLog({
  path: auditDatabase,
  deviceId,
  clock,
  chance,
  accessDays: () => accessDays,
  patienceMs: LOG_PATIENCE_MS,
});
/** The log refusing must not end a call or a recording: what it does not take waits in memory. */
const { note, close: closeQueue } = openAuditQueue({ log: audit, clock, report: log });

interface Open {
  readonly session: RecordingSession;
  readonly content: ContentWriter;
  /** Monotonic ms when something was last sealed, or it began. */
  sealedAt: number;
  /** The law that keeps it although somebody objects; null: none does. */
  readonly lock: { readonly ground: string } | null;
  /** No more frames will come. */
  tapEnded: boolean;
  ending: 'finished' | 'broken' | null;
}

const open = new Map<string, Open>();
/** What was said of recordings whose wraps are still being made: done once they exist. */
const beginning = new Map<string, (() => void)[]>();
let listed: readonly ListedRecipient[] = [];
let checked: { at: number; result: CheckedRecipients } | null = null;
let testRecipient: ListedRecipient | null = null;

const tell = (message: FromSealer) => main.postMessage(message);

const objections = joinObjections({ vault, audit, note, log, clock, chance, requestDays: () => requestDays, tell });

/** How often the disk is looked at, ms: at 1000 calls it fills by 1 MB in this time. */
const DISK_EVERY_MS = 3000;

let disk: DiskState = 'ok';

/** Whether there is room to record, told to whoever decides about calls when it changes. */
function lookAtDisk(): void {
  const { bavail, bsize } = statfsSync(vaultFolder);
  const state = diskState(bavail * bsize, reserveBytes, disk);
  const changed = (state === 'reserve') !== (disk === 'reserve');
  disk = state;
  if (changed) tell({ told: 'able', unable: state === 'reserve' ? 'disk_reserve' : null });
}

async function recipientsNow(): Promise<CheckedRecipients> {
  const now = clock.monotonic();
  if (!checked || now - checked.at > RECIPIENTS_TTL_MS) {
    checked = { at: now, result: await checkRecipients(listed, new Date(clock.now())) };
    for (const { recipient, fault } of checked.result.faulty)
      log('recipient_not_used', { name: recipient.name, fault });
  }
  return checked.result;
}

let keysValid = true;

/** Tells whoever decides about calls that must be recorded. */
async function lookAtKeys(): Promise<void> {
  const { valid } = await recipientsNow();
  if (keysValid === valid.length > 0) return;
  keysValid = valid.length > 0;
  tell({ told: 'keys', valid: keysValid });
}

/** A test call is sealed to the test's own key and to nobody's; no other recording ever is to that one. */
const recipientsOf = (purpose: string): Promise<CheckedRecipients> =>
  purpose === TEST_CALL_PURPOSE
    ? checkRecipients(testRecipient ? [testRecipient] : [], new Date(clock.now()))
    : recipientsNow();

/** What was made before the disk refused was never a recording. What cannot be removed now is removed at the next start. */
function tidy(): void {
  try {
    eraseOrphans(vault);
  } catch (error) {
    log('orphans_not_removed', { why: (error as Error).message });
  }
}

async function begin(start: RecordingStart): Promise<void> {
  const { id, retention, consents, sealTo, ...facts } = start;
  const refuse = (reason: RefusalReason) => {
    note({ kind: 'recording_refused', actor: 'box', facts: { call: start.call, reason } });
    tell({ told: 'refused', recording: id, reason });
  };
  beginning.set(id, []);
  let sessionKey: Buffer | null = null;
  try {
    lookAtDisk();
    if (disk === 'reserve') return refuse('disk_reserve');
    const listed = await recipientsOf(start.purpose);
    const valid = listed.valid.filter(({ fingerprint }) => sealTo === null || sealTo.includes(fingerprint));
    if (valid.length === 0) return refuse('no_recipient');
    const now = clock.now();
    sessionKey = chance.bytes(SESSION_KEY_LENGTH);
    const pkesk = await wrapSessionKey(sessionKey, valid, new Date(now));
    const recipients = valid.map(({ fingerprint }) => fingerprint);
    const startedAt = Math.max(now, start.announcedAt);
    // A wall clock that was set back must not give it a day that is over already.
    const countsFrom = Math.max(startedAt, believedSince(vault.catalogue.state));
    const row = { ...facts, id, recipients, startedAt, ...expiriesOf(countsFrom, retention) };
    const content = beginRecording(vault, row, { pkesk, recipients }, consents);
    const session = new RecordingSession(id, sessionKey, chance, (segment, sealed) => {
      content.append(segment, sealed);
      const state = open.get(id);
      if (state) state.sealedAt = clock.monotonic();
    });
    // No call lasts as long as a law keeps it: what is locked at its beginning is locked to its end, whatever the clock says.
    const lock = row.lockedUntil > 0 ? { ground: row.lockGround ?? '' } : null;
    open.set(id, { session, content, lock, sealedAt: clock.monotonic(), tapEnded: false, ending: null });
    tell({ told: 'begun', recording: id });
  } catch (error) {
    log('recording_not_begun', { why: (error as Error).message });
    sessionKey?.fill(0);
    tidy();
    refuse('recorder_unavailable');
  } finally {
    const waiting = beginning.get(id) ?? [];
    beginning.delete(id);
    for (const action of waiting) action();
  }
  return undefined;
}

/** Runs `action` once the recording exists, or cannot any more. */
function onceBegun(id: string, action: () => void): void {
  const waiting = beginning.get(id);
  if (waiting) waiting.push(action);
  else action();
}

/** Closes a recording: what was said is sealed, the key forgotten, the row completed. */
function close(id: string, reason: EndReason): void {
  const state = open.get(id);
  if (!state) return;
  open.delete(id);
  const { session, content } = state;
  let end = reason;
  try {
    if (reason !== 'broken') session.flush();
  } catch (error) {
    log('segment_not_written', { recording: id, why: (error as Error).message });
    end = 'broken';
  }
  const { dropped, ...totals } = session.wipe();
  const gaps = dropped + (end === 'broken' ? 1 : 0);
  const { bytes, segments, contentRoot } = content;
  content.close();
  try {
    vault.catalogue.end(id, { ...totals, endedAt: clock.now(), reason: end, bytes, segments, gaps, contentRoot });
  } catch (error) {
    // The row stays open; recover() completes it from the content file at the next start.
    log('row_not_completed', { recording: id, why: (error as Error).message });
  }
  if (dropped > 0)
    note({ kind: 'recording_gap', actor: 'box', facts: { recording: id, frames: dropped, why: 'queue_full' } });
  note({ kind: 'recording_ended', actor: 'box', facts: { recording: id, reason: end, segments, contentRoot } });
  tell({ told: 'ended', recording: id, segments, gaps });
}

/**
 * Somebody objects. Before anything is looked up or written the key is gone, and with it what was heard and not sealed yet: whatever the
 * disk and the log do then, nothing follows.
 */
function object(id: string, consent: Consent): void {
  const state = open.get(id);
  if (!state) {
    objections.toEnded(id, consent);
  } else if (state.lock) {
    objections.refused(id, consent, state.lock.ground);
  } else {
    open.delete(id);
    const { session, content } = state;
    const { dropped, ...totals } = session.wipe();
    const { bytes, segments, contentRoot } = content;
    content.close();
    const end = { endedAt: clock.now(), reason: 'finished', bytes, segments, gaps: dropped, contentRoot } as const;
    objections.toRunning(id, consent, { ...totals, ...end });
  }
}

function closeIfOver(id: string): void {
  const state = open.get(id);
  if (state?.ending === 'broken') close(id, 'broken');
  else if (state?.ending && state.tapEnded) close(id, state.ending);
}

/** Runs what may hit a full disk; the recording is lost then, and the call told so. */
function guarded(id: string, state: Open, action: () => void): void {
  try {
    action();
  } catch (error) {
    log('segment_not_written', { recording: id, why: (error as Error).message });
    note({ kind: 'recording_gap', actor: 'box', facts: { recording: id, frames: 0, why: 'disk_refused' } });
    tell({ told: 'lost', recording: id });
    state.ending = 'broken';
    closeIfOver(id);
  }
}

function listen(port: MessagePort): void {
  port.on('message', (message: TapMessage) => {
    const { recording } = message;
    const state = open.get(recording);
    if ('end' in message) {
      if (state) state.tapEnded = true;
      return closeIfOver(recording);
    }
    const credit: TapCredit = { recording, acked: message.batch.byteLength };
    if (state) {
      const { frames, gaps } = unpackBatch(message.batch);
      guarded(recording, state, () => state.session.take(frames, gaps));
      // Both sides turn to a fax together: it is told once.
      if (gaps.some(({ why, side }) => why === 'fax' && side === 0))
        note({ kind: 'recording_gap', actor: 'box', facts: { recording, frames: 0, why: 'fax' } });
    } else new Uint8Array(message.batch).fill(0);
    port.postMessage(credit);
    return undefined;
  });
}

/** Calls that ended and are not stored yet. */
let ended: CallEnd[] = [];

/** Stores what has come in since the last commit with one: at hundreds of calls a second a commit for each would fall behind. */
function storeEnded(): void {
  if (ended.length === 0) return;
  const calls = ended;
  ended = [];
  const { catalogue } = vault;
  const store = (some: readonly CallEnd[]) =>
    catalogue.exclusively(() => {
      const since = believedSince(catalogue.state);
      for (const { trafficDays, movements, origins, waited, decidedAs, ...call } of some) {
        const expiresAt = expiryOf(Math.max(call.startedAt, since), trafficDays);
        const { purpose = null, rule = null } = decidedAs ?? {};
        catalogue.addCall({ ...call, purpose, rule, expiresAt }, movements, origins);
        if (waited) catalogue.waits.add({ ...waited, at: call.startedAt, expiresAt });
      }
    });
  try {
    store(calls);
  } catch {
    // One that cannot be stored must not take the others along.
    for (const call of calls) {
      try {
        store([call]);
      } catch (error) {
        log('call_not_stored', { why: (error as Error).message });
      }
    }
  }
}

function callEnded(call: CallEnd): void {
  if (ended.length === 0) setImmediate(storeEnded);
  ended.push(call);
}

setInterval(() => {
  const now = clock.monotonic();
  for (const [id, state] of open) {
    const waits = state.session.hasFrames && now - state.sealedAt > FLUSH_AFTER_MS;
    if (waits) guarded(id, state, () => state.session.flush());
  }
}, FLUSH_EVERY_MS).unref();

let epoch = vault.keystore.epoch;
setInterval(() => {
  try {
    epoch = vault.keystore.epoch;
  } catch (error) {
    log('epoch_not_followed', { epoch, why: (error as Error).message });
  }
}, EPOCH_EVERY_MS).unref();

lookAtDisk();
setInterval(lookAtDisk, DISK_EVERY_MS).unref();
setInterval(() => void lookAtKeys(), DISK_EVERY_MS).unref();

main.on('message', (message: ToSealer<MessagePort>) => {
  switch (message.do) {
    case 'listen':
      return listen(message.port);
    case 'policy':
      listed = message.recipients;
      ({ accessDays, requestDays } = message);
      checked = null;
      return void lookAtKeys();
    case 'test recipient':
      testRecipient = message.recipient;
      return undefined;
    case 'begin':
      void begin(message.start);
      return undefined;
    case 'end': {
      const { recording, reason } = message;
      return onceBegun(recording, () => {
        const state = open.get(recording);
        if (state) state.ending = reason;
        closeIfOver(recording);
      });
    }
    case 'consent':
      return onceBegun(message.recording, () => objections.consented(message.recording, message.consent));
    case 'object':
      return onceBegun(message.recording, () => object(message.recording, message.consent));
    case 'keep objection':
      return tell({ told: 'objection kept', asked: message.asked, refused: objections.keep(message) });
    case 'objection met':
      return objections.met(message.objection);
    case 'call ended':
      return callEnded(message.call);
    case 'transfer': {
      const { status, ...facts } = message.transfer;
      if (status === 200) note({ kind: 'call_transferred', actor: 'box', facts });
      else note({ kind: 'transfer_failed', actor: 'box', facts: { ...facts, status } });
      return undefined;
    }
    case 'call refused':
      return note({ kind: 'call_refused', actor: 'box', facts: message.refused });
    case 'steered':
      return note({ kind: 'recording_steered', actor: 'box', facts: message.steered });
    case 'close':
      for (const id of [...open.keys()]) close(id, 'finished');
      storeEnded();
      objections.close();
      closeQueue();
      vault.close();
      audit.close();
      tell({ told: 'closed' });
      return main.close();
  }
});

for (const { recording, segments, tornBytes } of await recover({ ...vault, clock })) {
  note({ kind: 'recording_recovered', actor: 'box', facts: { recording, segments, tornBytes } });
}
objections.finish();
objections.follow();
tell({ told: 'ready' });
