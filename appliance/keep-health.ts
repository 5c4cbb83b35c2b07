/** What the desk does to know how the box is: looks every few seconds, remembers what stands, and tells pages, command line and uplink the same. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import type { Health } from '@belkluis/shared/contract/health';
import type { Answer } from './control/protocol.ts';
import { every } from './every.ts';
import { gatherHealth, gatherSlowly, type HealthSources, type SlowFacts } from './gather-health.ts';
import { gaugesOf } from './health/gauges.ts';
import { type HealthNow, watchHealth } from './health/health.ts';
import { openHost } from './health/host.ts';
import { phonesHistory } from './health/phones-history.ts';
import { soundHistory } from './health/sound.ts';
import { synchronised } from './vault/time-source.ts';

/** How often the box is looked at, ms: what the console shows within ten seconds. */
const LOOK_EVERY_MS = 6000;

/** How often keys, policy and whole tables are read for that, ms; a page reads them anew each time. */
const SLOW_EVERY_MS = 60_000;

/** How often the system is asked whether its clock is kept, ms: a process is started for it. */
const CLOCK_EVERY_MS = 10 * 60_000;

/** One look, as the contract has it. */
export type HealthSample = Pick<Health, 'gauges' | 'findings'>;

export interface KeptHealth {
  /** How the box is at this moment. */
  now(): Promise<HealthNow>;
  /** The last regular look, for the uplink; at a start the first. */
  sample(): Promise<HealthSample>;
  close(): void;
}

type Given = Omit<HealthSources, 'host' | 'callsFact' | 'synchronised'>;

/** Findings of one code that are counted: as many as the contract has a number for. */
const MAX_TIMES = 1000;

/** What of a look may leave the box: findings of one code once, with how many there are. */
export function sampleOf({ findings, gauges }: HealthNow): HealthSample {
  const byCode = Map.groupBy(findings, ({ code }) => code);
  const told = [...byCode].map(([code, all]) => ({
    code,
    level: all[0]!.state,
    times: Math.min(MAX_TIMES, all.length),
  }));
  return { gauges, findings: told };
}

/** A look, as the command line is told of it. */
export const answerOf = ({ at, findings, gauges }: HealthNow, timeZone: string): Answer<'health'> => ({
  at,
  timeZone,
  findings: findings.map(({ code, state, values }) => ({ code, state, values: { ...values } })),
  gauges: { ...gauges } as Record<string, number>,
});

export function keepHealth(parts: Given & { readonly clock: Clock; readonly log: Log }): KeptHealth {
  const { clock, log } = parts;
  const sound = soundHistory();
  const phones = phonesHistory();
  const watched = watchHealth();
  let slow: { readonly facts: SlowFacts; readonly at: number } | null = null;
  let clockKept: boolean | null = null;
  let last: HealthNow | null = null;

  const sources: HealthSources = {
    ...parts,
    host: openHost(),
    synchronised: () => clockKept,
    callsFact(vitals, accounts, now) {
      const registered = vitals.registered + (vitals.pbx?.registered ?? 0);
      sound.note(vitals.sound, now);
      return {
        phones: { registered, most: phones.note(registered, now), accounts },
        sound: sound.recent(now),
        soundOfHour: sound.lastHour(now),
        memoryBytes: vitals.rss,
      };
    },
  };

  const look = async (anew: boolean): Promise<HealthNow> => {
    const at = clock.now();
    if (anew || slow === null || clock.monotonic() - slow.at >= SLOW_EVERY_MS) {
      slow = { facts: await gatherSlowly(sources, at), at: clock.monotonic() };
    }
    const facts = await gatherHealth(sources, slow.facts, at);
    const { findings, changes } = watched.look(facts, clock.monotonic());
    for (const { code, raised } of changes) log('health', { code, raised });
    return { at, findings, gauges: gaugesOf(facts) };
  };

  const stopClock = every(CLOCK_EVERY_MS, 'clock_kept', log, async () => {
    clockKept = await synchronised();
  });
  const stopLooking = every(LOOK_EVERY_MS, 'health', log, async () => {
    last = await look(false);
  });

  return {
    now: () => look(true),
    sample: async () => sampleOf(last ?? (await look(false))),
    close() {
      stopClock();
      stopLooking();
    },
  };
}
