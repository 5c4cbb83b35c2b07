/** The main thread's side of the sealer: what calls ask of a recorder, carried over to the thread that records. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Log } from '@belkluis/shared/base/log';
import { generalDays } from '@belkluis/shared/policy/retention';
import { usesCarried } from '@belkluis/shared/policy/uses';
import type { NotRecorded } from './calls/conversation.ts';
import type { Begun, CallRecord, Kept, Objected, Recorder, RecordingRequest } from './calls/recorder.ts';
import type { Steered } from './calls/steering.ts';
import type { Transfer } from './calls/transfer/origin.ts';
import type { CallRefused } from './calls/unrecordable.ts';
import type { VerifiedPolicy } from './policy/verify.ts';
import type { FromSealer, ToSealer } from './recording/messages.ts';
import type { ListedRecipient } from './recording/recipients.ts';
import type { SealerData } from './sealer.ts';
import { type MeetObjection, objectionsIn } from './vault/objected-numbers.ts';

export interface SealerDoor extends Recorder {
  /** For the audit log: what became of a transfer. */
  transferred(transfer: Transfer): void;
  /** For the audit log: what was refused because it must be recorded and cannot be. */
  callRefused(refused: CallRefused): void;
  /** For the audit log: what was asked of a recording while it went on. */
  steered(steered: Steered): void;
  /** A media worker's end of a channel to the sealer. */
  portForWorker(): MessagePort;
  /** Whom recordings are sealed to from now on, and how long access events are kept. */
  setPolicy(policy: VerifiedPolicy | null): void;
  /** Whom the next test call is sealed to, and nothing else is; null: nobody. */
  setTestRecipient(recipient: ListedRecipient | null): void;
  /** Resolves when what was left by a crash has been recovered and recordings can begin. */
  readonly ready: Promise<void>;
  /** Resolves when the thread died on its own: nothing can be recorded by this process any more. */
  readonly lost: Promise<void>;
  /** Ends recordings, closes the databases. */
  close(): Promise<void>;
}

const PATIENCE = {
  /** How long a recording may take to begin, ms: two commits take some 5; a stuck disk must not keep callers waiting. */
  beginMs: 3000,
  /** How long an answer may take that nobody in a call waits for, ms. What was asked is done all the same, later. */
  answerMs: 5000,
};

/** How often a call renews the objection that it meets, ms: once a day is as good as each time. */
const MET_EVERY_MS = 24 * 3600_000;

type NotKept = Extract<Kept, { kept: false }>['reason'];

const UNANSWERED: Objected = { did: 'stopped', waits: 'recorder_unavailable' };

interface SealerParts {
  readonly chance: Chance;
  readonly log: Log;
  readonly patience?: typeof PATIENCE;
}

export function startSealer(data: SealerData, { chance, log, patience = PATIENCE }: SealerParts): SealerDoor {
  const worker = new Worker(new URL('./sealer.ts', import.meta.url), {
    workerData: data,
    name: 'sealer',
    resourceLimits: { maxYoungGenerationSizeMb: 24 },
  });
  const send = (message: ToSealer<MessagePort>, transfer: MessagePort[] = []) => worker.postMessage(message, transfer);
  const beginning = new Map<string, (begun: Begun) => void>();
  const running = new Set<string>();
  let unable: NotRecorded | null = null;
  /** There is a valid key to seal to. */
  let keys = true;
  let told = { ready: () => {}, closed: () => {}, lost: () => {} };
  const ready = new Promise<void>((resolve, reject) => {
    told.ready = resolve;
    worker.once('error', reject);
  });
  const closed = new Promise<void>((resolve) => {
    told = { ...told, closed: resolve };
    worker.once('exit', () => resolve());
  });
  const lost = new Promise<void>((resolve) => {
    told.lost = resolve;
  });
  const objecting = new Map<string, (objected: Objected) => void>();
  /** What is asked twice is answered once. */
  const objected = new Map<string, Promise<Objected>>();
  const keeping = new Map<number, (kept: Kept) => void>();
  let asked = 0;
  let meet: MeetObjection = () => null;
  /** Objections whose calls have been told to the sealer today: once is enough to renew them. */
  const met = new Set<string>();
  const forgetMet = setInterval(() => met.clear(), MET_EVERY_MS).unref();
  /** Answers once, at the latest when the thread has not answered for so long. */
  const answer = <Key, Value>(waiting: Map<Key, (value: Value) => void>, key: Key, late: Value): Promise<Value> =>
    new Promise((resolve) => {
      const giveUp = setTimeout(() => waiting.get(key)?.(late), patience.answerMs);
      waiting.set(key, (value) => {
        clearTimeout(giveUp);
        waiting.delete(key);
        resolve(value);
      });
    });
  const settle = (recording: string, begun: Begun) => {
    beginning.get(recording)?.(begun);
    beginning.delete(recording);
  };
  const lose = (recording: string) => {
    if (running.delete(recording)) door.onLost(recording);
  };

  worker.on('message', (message: FromSealer) => {
    switch (message.told) {
      case 'ready':
        return told.ready();
      case 'begun':
        return settle(message.recording, { ok: true, recording: message.recording });
      case 'refused':
        return settle(message.recording, { ok: false, reason: message.reason });
      case 'able':
        unable = message.unable;
        return undefined;
      case 'keys':
        keys = message.valid;
        return undefined;
      case 'lost':
        return lose(message.recording);
      case 'ended':
        running.delete(message.recording);
        return undefined;
      case 'objected':
        if (message.outcome.did !== 'refused') running.delete(message.recording);
        return objecting.get(message.recording)?.(message.outcome);
      case 'objections':
        meet = objectionsIn(message.kept);
        return undefined;
      case 'objection kept':
        return keeping.get(message.asked)?.(
          message.refused === null ? { kept: true } : { kept: false, reason: message.refused as NotKept },
        );
      case 'closed':
        return told.closed();
    }
  });
  worker.on('error', (error) => {
    log('sealer_lost', { why: error.message });
    unable = 'recorder_unavailable';
    told.lost();
    for (const recording of [...beginning.keys()]) settle(recording, { ok: false, reason: 'recorder_unavailable' });
    for (const recording of [...running]) lose(recording);
    for (const say of [...objecting.values()]) say(UNANSWERED);
    for (const kept of [...keeping.values()]) kept({ kept: false, reason: 'recorder_unavailable' });
  });

  const door: SealerDoor = {
    ready,
    lost,
    unable: (mustBe) => unable ?? (mustBe && !keys ? 'no_recipient' : null),
    onLost: () => {},
    portForWorker() {
      const { port1, port2 } = new MessageChannel();
      send({ do: 'listen', port: port2 }, [port2]);
      return port1;
    },
    setPolicy(policy) {
      const accessDays = generalDays(policy?.policy ?? null, 'access');
      const requestDays = generalDays(policy?.policy ?? null, 'request');
      send({ do: 'policy', recipients: policy?.recipients.recipients ?? [], accessDays, requestDays });
    },
    setTestRecipient: (recipient) => send({ do: 'test recipient', recipient }),
    begin({ call, terms, announcedAt, announcementHash, consents = [] }: RecordingRequest): Promise<Begun> {
      const id = randomHex(chance, 16);
      const { purpose, rule, policyVersion, policyHash, retention } = terms;
      return new Promise((resolve) => {
        const giveUp = setTimeout(() => {
          settle(id, { ok: false, reason: 'recorder_unavailable' });
          send({ do: 'end', recording: id, reason: 'broken' });
        }, patience.beginMs);
        beginning.set(id, (begun) => {
          clearTimeout(giveUp);
          if (begun.ok) running.add(id);
          resolve(begun);
        });
        send({
          do: 'begin',
          start: {
            id,
            call: call.id,
            purpose: purpose.id,
            purposeName: purpose.name,
            level: terms.level,
            mayOpen: purpose.mayOpen,
            rule,
            policyVersion,
            policyHash,
            announcementHash,
            announcedAt,
            caller: call.from,
            callee: call.to,
            direction: call.direction,
            retention,
            sealTo: terms.recipients,
            uses: usesCarried(terms.uses),
            consents,
          },
        });
      });
    },
    consented: (recording, consent) => send({ do: 'consent', recording, consent }),
    object(recording, consent) {
      const asked = objected.get(recording);
      if (asked !== undefined) return asked;
      const said = answer(objecting, recording, UNANSWERED).finally(() => objected.delete(recording));
      objected.set(recording, said);
      send({ do: 'object', recording, consent });
      return said;
    },
    objects(number, purpose) {
      const found = meet(number, purpose);
      if (found !== null && !met.has(found.id)) {
        met.add(found.id);
        send({ do: 'objection met', objection: found.id });
      }
      return found !== null;
    },
    keepObjection(number, purpose) {
      asked += 1;
      const kept = answer<number, Kept>(keeping, asked, { kept: false, reason: 'recorder_unavailable' });
      send({ do: 'keep objection', asked, number, purpose });
      return kept;
    },
    end: (recording, reason) => send({ do: 'end', recording, reason }),
    callEnded(record: CallRecord) {
      const { from: caller, to: callee, movements = [], origins: came = [], ...rest } = record;
      const { answeredAt, endedAt, waitsIn: queue, ...call } = rest;
      const origins = came.map(({ call: origin, how, by }) => ({ call: origin, how, side: by }));
      const answered = answeredAt !== null;
      const talkMs = answered ? Math.max(0, endedAt - answeredAt) : null;
      const ms = Math.max(0, (answeredAt ?? endedAt) - call.startedAt);
      const waited = queue === undefined ? null : { queue, ms, answered };
      send({ do: 'call ended', call: { ...call, caller, callee, talkMs, waited, movements, origins } });
    },
    transferred: ({ call, how, by, status, recording }) =>
      send({ do: 'transfer', transfer: { call, how, side: by, status, recording } }),
    callRefused: (refused) => send({ do: 'call refused', refused }),
    steered: ({ did, ...facts }) => send({ do: 'steered', steered: { ...facts, did: did.replaceAll(' ', '_') } }),
    async close() {
      clearInterval(forgetMet);
      send({ do: 'close' });
      await closed;
      await worker.terminate();
    },
  };
  return door;
}
