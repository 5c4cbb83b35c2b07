/** Server transactions that have only one thing left to do: to answer a repetition of their request (RFC 3261 17.2.2, RFC 6026 7.1). */
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import { MAX_SETTLED_TRANSACTIONS } from '../limits.ts';
import type { SipResponse } from '../message/message.ts';
import type { Flow } from '../transport/flow.ts';

export interface Settled {
  /** What the request is answered with; null: it is swallowed. */
  readonly response: SipResponse | null;
  /** What copies over other paths are known by (8.2.2.2); null: a request in a dialog. */
  readonly mergeKey: string | null;
  /** For how long. */
  readonly ms: number;
}

interface Line {
  /** One character a byte: a text is kept whole, a slice of a Buffer would keep the block that it was cut from. */
  readonly answer: string | null;
  readonly mergeKey: string | null;
  readonly until: number;
}

/** How often lines that have run out are thrown away, ms. */
const SWEEP_MS = 1_000;

export interface SettledTransactions {
  add(key: string, settled: Settled): void;
  /** Answers, on `flow`, a request that belongs to one of them; false: it belongs to none. */
  answers(key: string, flow: Flow): boolean;
  hasMergeKey(mergeKey: string): boolean;
  close(): void;
}

/** A line each, and one timer for all: of a call or a registration nothing else is kept for the half minute after it. */
export function settledTransactions(clock: Clock): SettledTransactions {
  // All stay for as long, so the first is the oldest.
  const lines = new Map<string, Line>();
  const mergeKeys = new Set<string>();
  let stopSweeping: Cancel | null = null;

  const forget = (key: string, { mergeKey }: Line) => {
    lines.delete(key);
    if (mergeKey !== null) mergeKeys.delete(mergeKey);
  };
  const sweep = () => {
    const now = clock.monotonic();
    for (const [key, line] of lines) {
      if (line.until > now) break;
      forget(key, line);
    }
    stopSweeping = lines.size > 0 ? clock.after(SWEEP_MS, sweep) : null;
  };

  return {
    add(key, { response, mergeKey, ms }) {
      const line = { answer: response?.bytes.toString('latin1') ?? null, mergeKey, until: clock.monotonic() + ms };
      lines.set(key, line);
      if (mergeKey !== null) mergeKeys.add(mergeKey);
      if (lines.size > MAX_SETTLED_TRANSACTIONS) forget(...lines.entries().next().value!);
      stopSweeping ??= clock.after(SWEEP_MS, sweep);
    },
    answers(key, flow) {
      const line = lines.get(key);
      if (!line || line.until <= clock.monotonic()) return false;
      if (line.answer !== null) flow.send(Buffer.from(line.answer, 'latin1'));
      return true;
    },
    hasMergeKey: (mergeKey) => mergeKeys.has(mergeKey),
    close: () => stopSweeping?.(),
  };
}
