/** The main thread's side of the sealer: what calls ask of a recorder, carried over to the thread that records. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Log } from '@belkluis/shared/base/log';
import type { RecordingTerms } from '@belkluis/shared/policy/decide';
import { generalDays } from '@belkluis/shared/policy/retention';
import type { NotRecorded } from './calls/conversation.ts';
import type { Begun, CallRecord, Recorder, RecordingRequest } from './calls/recorder.ts';
import type { Transfer } from './calls/transfer/origin.ts';
import type { VerifiedPolicy } from './policy/verify.ts';
import type { FromSealer, ToSealer } from './recording/messages.ts';
import type { ListedRecipient } from './recording/recipients.ts';
import type { SealerData } from './sealer.ts';

export interface SealerDoor extends Recorder {
  /** For the audit log: what became of a transfer. */
  transferred(transfer: Transfer): void;
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

/** How long a recording may take to begin, ms: two commits take some 5; a stuck disk must not keep callers waiting. */
const BEGIN_PATIENCE_MS = 3000;

export function startSealer(data: SealerData, { chance, log }: { chance: Chance; log: Log }): SealerDoor {
  const worker = new Worker(new URL('./sealer.ts', import.meta.url), {
    workerData: data,
    name: 'sealer',
    resourceLimits: { maxYoungGenerationSizeMb: 24 },
  });
  const send = (message: ToSealer<MessagePort>, transfer: MessagePort[] = []) => worker.postMessage(message, transfer);
  const beginning = new Map<string, (begun: Begun) => void>();
  const running = new Set<string>();
  let unable: NotRecorded | null = null;
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
      case 'lost':
        return lose(message.recording);
      case 'ended':
        running.delete(message.recording);
        return undefined;
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
  });

  const door: SealerDoor = {
    ready,
    lost,
    unable: () => unable,
    onLost: () => {},
    portForWorker() {
      const { port1, port2 } = new MessageChannel();
      send({ do: 'listen', port: port2 }, [port2]);
      return port1;
    },
    setPolicy(policy) {
      const accessDays = generalDays(policy?.policy ?? null, 'access');
      send({ do: 'policy', recipients: policy?.recipients.recipients ?? [], accessDays });
    },
    setTestRecipient: (recipient) => send({ do: 'test recipient', recipient }),
    begin({ call, terms, announcedAt, announcementHash }: RecordingRequest<RecordingTerms>): Promise<Begun> {
      const id = randomHex(chance, 16);
      const { purpose, rule, policyVersion, policyHash, retention } = terms;
      return new Promise((resolve) => {
        const giveUp = setTimeout(() => {
          settle(id, { ok: false, reason: 'recorder_unavailable' });
          send({ do: 'end', recording: id, reason: 'broken' });
        }, BEGIN_PATIENCE_MS);
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
            level: purpose.level,
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
          },
        });
      });
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
    async close() {
      send({ do: 'close' });
      await closed;
      await worker.terminate();
    },
  };
  return door;
}
