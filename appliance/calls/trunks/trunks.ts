/** All trunks of the box, kept as the lines document says. */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Log } from '@belkluis/shared/base/log';
import type { Lines } from '../../lines/schema.ts';
import { avoided } from '../../sip/resolve/avoid.ts';
import type { LocateParts } from '../../sip/resolve/locate.ts';
import type { Flow } from '../../sip/transport/flow.ts';
import type { UserAgent } from '../../sip/user-agent.ts';
import { type Trunk as RunningTrunk, runTrunk } from './trunk.ts';

export type Trunk = RunningTrunk;

export interface TrunksParts {
  readonly userAgent: Pick<UserAgent, 'request' | 'contact'>;
  readonly locating: LocateParts;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly counters: Counters;
  readonly log: Log;
}

export interface Trunks {
  readonly all: readonly Trunk[];
  readonly avoided: ReturnType<typeof avoided>;
  /** Trunks that a request on this flow may be from: several when a carrier has several accounts on one server. */
  owning(flow: Flow): readonly Trunk[];
  /** Begins what is new, ends what is gone; what has not changed goes on undisturbed. */
  follow(lines: Lines): void;
  flowClosed(flow: Flow): void;
  /** Ends without a word to any carrier: the box comes back in a moment, and its registration stands. */
  stop(): void;
}

const sameAccount = (a: Lines['trunks'][number], b: Lines['trunks'][number]): boolean =>
  a.host === b.host && a.domain === b.domain && a.account?.user === b.account?.user;

export function createTrunks({ userAgent, locating, clock, chance, counters, log }: TrunksParts): Trunks {
  let running: readonly { readonly text: string; readonly trunk: Trunk }[] = [];
  const bad = avoided(clock);
  return {
    get all() {
      return running.map(({ trunk }) => trunk);
    },
    avoided: bad,
    owning: (flow) => running.flatMap(({ trunk }) => (trunk.owns(flow) ? [trunk] : [])),
    follow({ trunks }) {
      const wanted = trunks.map((settings) => ({ settings, text: JSON.stringify(settings) }));
      for (const { text, trunk } of running) {
        if (wanted.some((one) => one.text === text)) continue;
        // The registration of one that only changed is taken over: withdrawn, it would go when the new one has just been made.
        const takenOver = wanted.some(({ settings }) => sameAccount(settings, trunk.settings));
        if (takenOver) trunk.stop();
        else trunk.close();
      }
      running = wanted.map(({ settings, text }) => {
        const before = running.find((one) => one.text === text);
        if (before) return before;
        const trunk = runTrunk({
          settings,
          userAgent,
          locating,
          avoided: bad,
          clock,
          chance,
          told(event, why) {
            counters.add(`trunks.${event}`);
            log(`trunk_${event}`, { trunk: settings.id, why });
          },
        });
        return { text, trunk };
      });
    },
    flowClosed(flow) {
      for (const { trunk } of running) trunk.flowClosed(flow);
    },
    stop() {
      for (const { trunk } of running) trunk.stop();
      running = [];
    },
  };
}
