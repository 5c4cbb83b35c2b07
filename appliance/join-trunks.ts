/** Joins trunks to the call process: the DNS, what may go out, who is told. */
import { isIPv6 } from 'node:net';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Log } from '@belkluis/shared/base/log';
import type { AuditLog } from './audit/log.ts';
import type { Outside, Phones } from './calls/phones/phones.ts';
import type { Source } from './calls/routing.ts';
import { inboundCalls } from './calls/trunks/inbound.ts';
import { createMeter, type Payer, type Reached } from './calls/trunks/meter.ts';
import { outboundCalls } from './calls/trunks/outbound.ts';
import { localTime, type TollRefusal } from './calls/trunks/toll.ts';
import { createTrunks } from './calls/trunks/trunks.ts';
import { type Config, places } from './config.ts';
import type { Answer } from './control/protocol.ts';
import type { FollowedLines } from './follow-lines.ts';
import { openTollStore } from './lines/toll-store.ts';
import { cachedDns, systemDns } from './sip/resolve/dns.ts';
import type { Flow } from './sip/transport/flow.ts';
import type { UserAgent } from './sip/user-agent.ts';

export interface TrunkJoinParts {
  readonly config: Config;
  readonly lines: FollowedLines;
  readonly userAgent: UserAgent;
  readonly audit: Pick<AuditLog, 'append' | 'recent'>;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly counters: Counters;
  readonly log: Log;
}

export interface JoinedTrunks {
  /** For phones that call numbers. */
  readonly outside: Outside;
  /** Calls that trunks bring. */
  inbound(phones: Phones): Source;
  /** The lines are others now, or sockets are open for the first time. */
  follow(): void;
  /** Whether a trunk speaks on this flow: who is known by where it comes from is not asked for a password. */
  owns(flow: Flow): boolean;
  /** Whether a trunk may come from here. */
  comeFrom(address: string): boolean;
  flowClosed(flow: Flow): void;
  status(): Answer<'trunks'>;
  close(): void;
}

/** Events of the log that are read at a time, and at most: a day of the busiest box. */
const PAGE = 500;
const MAX_EVENTS = 50_000;

/** No day lasts longer, ms. */
const LONGEST_DAY_MS = 26 * 3_600_000;

const payerIn = ({ phone, trunk }: { phone: string | null; trunk: string | null }): Payer =>
  phone === null ? { kind: 'trunk', name: trunk ?? '' } : { kind: 'user', name: phone };

const factsOf = ({ kind, name }: Payer) => ({
  phone: kind === 'user' ? name : null,
  trunk: kind === 'trunk' ? name : null,
});

/** Limits that were reached on `day`, as the audit log knows them: nobody makes it forget. */
function reachedOn(audit: TrunkJoinParts['audit'], day: string, timeZone: string, now: number): Reached[] {
  const found: Reached[] = [];
  for (let at = 0; at < MAX_EVENTS; at += PAGE) {
    const page = audit.recent(PAGE, at);
    for (const { event } of page) {
      if (event?.kind !== 'toll_cap_reached' || localTime(event.at, timeZone).day !== day) continue;
      const { cap, calls = 0, talkMs = 0, ...who } = event.facts;
      found.push({ cap: cap as TollRefusal, payer: payerIn(who), spent: { calls, talkMs } });
    }
    if (page.length < PAGE || page.some(({ event }) => event !== null && event.at < now - LONGEST_DAY_MS)) break;
  }
  return found;
}

export function joinTrunks({
  config,
  lines,
  userAgent,
  audit,
  clock,
  chance,
  counters,
  log,
}: TrunkJoinParts): JoinedTrunks {
  const dns = cachedDns(systemDns(config.dns), clock);
  // Media has the address of the box's own family, so there is nothing to be said to servers of the other.
  const families = [isIPv6(config.address) ? 6 : 4] as const;
  const trunks = createTrunks({ userAgent, locating: { dns, chance, families }, clock, chance, counters, log });
  const store = openTollStore(places(config.data).tollDatabase, clock);
  let countsLost = 0;
  const append = (entry: AuditEntry) => {
    try {
      audit.append(entry);
    } catch (error) {
      // The call is refused all the same, and the desk shows it.
      log('toll_cap_not_logged', { why: (error as { code?: string }).code ?? 'unknown' });
    }
  };
  const meter = createMeter({
    rules: () => lines.now().outbound,
    store,
    timeZone: config.timeZone,
    clock,
    onCap({ cap, payer, spent }) {
      counters.add(`toll.reached.${cap}`);
      append({ kind: 'toll_cap_reached', actor: 'box', facts: { cap, ...factsOf(payer), ...spent } });
    },
    reached: (day) => reachedOn(audit, day, config.timeZone, clock.now()),
    onLost(payer) {
      countsLost++;
      log('toll_counts_lost');
      append({ kind: 'toll_counts_lost', actor: 'box', facts: factsOf(payer) });
    },
    onStoreFailed: (error) => log('toll_not_kept', { why: (error as { code?: string }).code ?? 'unknown' }),
  });
  const wallOf = (monotonicMs: number) => Math.round(clock.now() + monotonicMs - clock.monotonic());
  return {
    outside: outboundCalls({ lines: lines.now, trunks, meter, clock, chance, counters }),
    inbound: (phones) => inboundCalls({ lines: lines.now, trunks, phones, meter, domain: config.domain, counters }),
    follow: () => trunks.follow(lines.now()),
    owns: (flow) => trunks.owning(flow).length > 0,
    comeFrom: (address) => trunks.all.some((trunk) => trunk.comesFrom(address)),
    flowClosed: trunks.flowClosed,
    status: () => ({
      trunks: trunks.all.map(({ settings, registration, up, heardAt, mayBePlain }) => ({
        id: settings.id,
        host: settings.host,
        up,
        registration: registration && {
          is: registration.at,
          until: registration.at === 'registered' ? wallOf(registration.untilMs) : null,
          why: registration.at === 'waiting' ? registration.why : null,
        },
        heardAt,
        calls: meter.carried(settings.id),
        maxCalls: settings.maxCalls,
        plain: mayBePlain,
      })),
      capped: meter.capped.map(({ cap, payer: { kind, name } }) => ({ cap, kind, name })),
      countsLost,
    }),
    close() {
      trunks.stop();
      meter.close();
      store.close();
    },
  };
}
