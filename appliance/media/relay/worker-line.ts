/** One media worker as the main thread sees it: commands go out and reports come in, many in one message. */
import { type MessagePort, Worker } from 'node:worker_threads';
import type { MediaCall, Prompt } from '../door.ts';
import { fingerprintOf } from '../dtls/certificate.ts';
import { writeFingerprint } from '../sdp/dtls.ts';
import { type CallPart, mediaCall } from './call-part.ts';
import type { Command, Report, WorkerSettings } from './commands.ts';
import { mediaProblem } from './problems.ts';
import { type PackedPrompt, packPrompt } from './prompt-pack.ts';
import type { Answer, Kind, Speak, WithoutReply } from './speak.ts';

export interface WorkerStart {
  readonly entry: URL;
  readonly name: string;
  readonly settings: WorkerSettings;
  readonly recorder: MessagePort | null;
  /** Told once, unless `close` was called before. Calls have been told already. */
  readonly onLost: (cause: string) => void;
}

export interface WorkerLine {
  /** Calls open now. */
  readonly calls: number;
  openCall(urgent: boolean): MediaCall;
  counters(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

/** Packed once for all calls and workers, for as long as somebody holds the prompt. */
const packed = new WeakMap<Prompt, PackedPrompt>();

function packOnce(prompt: Prompt): PackedPrompt {
  const known = packed.get(prompt) ?? packPrompt(prompt);
  packed.set(prompt, known);
  return known;
}

export function startWorker({ entry, name, settings, recorder, onLost }: WorkerStart): WorkerLine {
  const worker = new Worker(entry, {
    name,
    workerData: { settings, recorder },
    transferList: recorder ? [recorder] : [],
    // Packets are short-lived buffers: a larger nursery collects them before they are copied anywhere.
    resourceLimits: { maxYoungGenerationSizeMb: 64 },
  });
  const fingerprint = writeFingerprint(fingerprintOf(settings.identity.certificate));
  const waiting = new Map<number, { resolve: (report: Report) => void; reject: (cause: Error) => void }>();
  const parts = new Map<number, CallPart>();
  let outbox: Command[] = [];
  let lastNumber = 0;
  let state: 'open' | 'closing' | 'gone' = 'open';
  let cause = 'it ended by itself';

  const flush = () => {
    const commands = outbox;
    outbox = [];
    if (commands.length > 0 && state !== 'gone') worker.postMessage(commands);
  };
  const tell = (command: Command) => {
    if (state === 'gone') return;
    if (outbox.push(command) === 1) setImmediate(flush);
  };
  const ask: Speak['ask'] = <K extends Kind>(_kind: K, command: WithoutReply<Command>) =>
    new Promise<Answer<K>>((resolve, reject) => {
      if (state === 'gone') {
        reject(mediaProblem('media_lost'));
        return;
      }
      const reply = ++lastNumber;
      waiting.set(reply, { resolve: resolve as (report: Report) => void, reject });
      tell({ ...command, reply } as Command);
    });
  const speak: Speak = { tell, ask, pack: packOnce };

  const take = (report: Report) => {
    switch (report.kind) {
      case 'dtmf':
        parts.get(report.call)?.dtmf(report.leg, report.digit, report.durationMs, report.how);
        break;
      case 'unkeyed':
        parts.get(report.call)?.unkeyed(report.leg, report.why);
        break;
      case 'silent':
        parts.get(report.call)?.silent(report.leg, report.silence);
        break;
      default: {
        const asker = waiting.get(report.reply);
        waiting.delete(report.reply);
        if (report.kind === 'refused') asker?.reject(mediaProblem(report.code, report.detail || undefined));
        else asker?.resolve(report);
      }
    }
  };
  worker.on('message', (reports: Report[]) => {
    for (const report of reports) take(report);
  });
  worker.on('error', (error) => {
    cause = error instanceof Error ? error.message : String(error);
  });
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      const wanted = state === 'closing';
      state = 'gone';
      for (const { reject } of waiting.values()) reject(mediaProblem('media_lost'));
      waiting.clear();
      const gone = [...parts.values()];
      parts.clear();
      for (const part of gone) part.lost();
      if (!wanted) onLost(cause);
      resolve();
    });
  });

  return {
    get calls() {
      return parts.size;
    },
    openCall(urgent) {
      const number = ++lastNumber;
      tell({ op: 'openCall', call: number });
      const part = mediaCall(number, fingerprint, urgent, speak, () => parts.delete(number));
      parts.set(number, part);
      return part.call;
    },
    counters: async () => (await ask('counters', { op: 'counters', call: 0 })).counters,
    async close() {
      if (state === 'gone') return;
      const open = [...parts.values()].map(({ call }) => call.close().catch(() => {}));
      await Promise.all(open);
      state = 'closing';
      await worker.terminate();
      await exited;
    },
  };
}
