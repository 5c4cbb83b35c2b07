/** Policies reach their boxes, and what boxes make of them is seen: what joins the room to broker and intake. */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { newUlid } from '@belkluis/shared/base/ulid';
import { desired } from '@belkluis/shared/contract/desired';
import { stamp } from '@belkluis/shared/contract/message';
import type { Broker } from './broker/broker.ts';
import { every, untilDone } from './every.ts';
import { DAY_MS } from './inventory/limits.ts';
import type { IngestPorts } from './join-ingest.ts';
import type { Rooms } from './open-rooms.ts';
import type { Send } from './policy/sending.ts';

/** Rollouts move this often, ms: what was signed at a terminal or by another process is on its way within seconds. */
const STEP_EVERY_MS = 1000;

/** Reports are looked at together, ms: many boxes answer at once. */
const LOOK_AFTER_MS = 200;

/** Boxes of one look. */
const LOOK_AT_ONCE = 500;

/** Reports that nobody looked at are looked for, ms: of before this process, or of one that died. */
const SWEEP_EVERY_MS = 30_000;

const RENEW_EVERY_MS = 10 * 60_000;

interface Parts {
  readonly broker: Pick<Broker, 'publish'>;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  /** What boxes made of their policies is another now. */
  readonly looked: () => void;
}

export interface JoinedPolicies {
  readonly ports: Pick<IngestPorts, 'desired' | 'answered' | 'reported'>;
  /** Returns what ends it, after what runs. */
  start(): () => Promise<void>;
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? (error as Error).name;

export function joinPolicies(
  { policies: { engine } }: { readonly policies: Pick<Rooms['policies'], 'engine'> },
  { broker, clock, chance, log, looked }: Parts,
): JoinedPolicies {
  let sent = 0;
  const send: Send = async (box, policy) => {
    const ts = stamp(clock.now());
    const about = { id: newUlid(ts, chance), ts, seq: ++sent };
    // An empty message takes the one before it from the broker.
    const payload = policy ? desired.format({ ...about, body: policy }) : Buffer.alloc(0);
    await broker.publish(desired.topic(box), payload, desired);
  };

  let running = true;
  const goesOn = () => running;
  const reported = new Set<string>();
  let timed = false;
  let looking = Promise.resolve();

  async function look(): Promise<void> {
    // One that ran meanwhile has looked at them, or the process ends.
    if (!running || reported.size === 0) return;
    while (running && reported.size > 0) {
      const boxes = [...reported].slice(0, LOOK_AT_ONCE);
      for (const box of boxes) reported.delete(box);
      await engine.look(boxes);
    }
    looked();
  }

  const failed = (msp: string, error: unknown) => log('policy_renewal_failed', { msp, code: codeOf(error) });

  return {
    ports: {
      desired: engine.wanted,
      answered: engine.answered,
      reported(box) {
        reported.add(box);
        if (timed || !running) return;
        timed = true;
        clock.after(LOOK_AFTER_MS, () => {
          timed = false;
          // After the one that runs. What it cannot look at, the sweep finds again.
          looking = looking.then(look).catch((error) => log('policy_look_failed', { code: codeOf(error) }));
        });
      },
    },
    start() {
      const ends = [
        every(clock, STEP_EVERY_MS, 'policy_step', log, () => untilDone(() => engine.step(send), goesOn)),
        every(clock, SWEEP_EVERY_MS, 'policy_sweep', log, () => untilDone(() => engine.sweep(), goesOn)),
        every(clock, RENEW_EVERY_MS, 'policy_renew', log, () => engine.renew({ goesOn, failed })),
        every(clock, DAY_MS, 'policy_forget', log, () => engine.forget()),
      ];
      return async () => {
        running = false;
        await Promise.all([looking, ...ends.map((end) => end())]);
      };
    },
  };
}
