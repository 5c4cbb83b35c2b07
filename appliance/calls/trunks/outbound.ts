/** Where a call to outside goes: what may be called, by which trunk, and whose number it shows. */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Lines } from '../../lines/schema.ts';
import type { CallFailure, InviteWatch } from '../../sip/dialog/outgoing-call.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import { secondsIn } from '../../sip/message/seconds.ts';
import { inOrder } from '../../sip/resolve/weighted.ts';
import type { Target } from '../../sip/transport/flow.ts';
import { historyHeaders } from '../history.ts';
import { callerOf, hostOf, numberOf, shownToTrunk } from '../identity.ts';
import { FIRST_WORD_MS } from '../limits.ts';
import { isE164, normalise, written } from '../numbers.ts';
import type { Outside, OutsideCall } from '../phones/phones.ts';
import type { Branch, Routed, Stage } from '../route.ts';
import { MAX_ATTEMPTS, MAX_EMERGENCY_ATTEMPTS, RESERVED_MS } from './limits.ts';
import type { Meter, Metered } from './meter.ts';
import { isEmergency, type TollRefusal } from './toll.ts';
import type { Trunk, Trunks } from './trunks.ts';

export interface OutboundParts {
  readonly lines: () => Lines;
  readonly trunks: Trunks;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly counters: Counters;
}

/** What a phone shows of it. Whoever pays is told more at the desk. */
const REFUSALS: Readonly<Record<TollRefusal, string>> = {
  number_not_allowed: 'Number Not Allowed',
  number_denied: 'Number Not Allowed',
  night: 'Number Not Allowed At This Hour',
  user_at_once: 'Too Many Calls At Once',
  user_calls: 'Calls Of This Day Used Up',
  user_minutes: 'Minutes Of This Day Used Up',
  trunk_calls: 'Calls Of This Day Used Up',
  trunk_minutes: 'Minutes Of This Day Used Up',
};

const forbidden = (why: TollRefusal): Routed => ({ ok: false, refusal: { status: 403, reason: REFUSALS[why] } });

/** After these the next place is tried, so the call is not over (fork.ts). */
const goesOn = ({ status, why }: CallFailure, next: Stage['next']): boolean =>
  next === 'always' ? why !== 'cancelled' : status === 503 || status === 408;

interface Place {
  readonly trunk: Trunk;
  readonly target: Target;
}

export function outboundCalls({ lines, trunks, meter, clock, chance, counters }: OutboundParts): Outside {
  /** Trunks that may take it, in the order of their priority and weight; those that are down come last. */
  const candidates = (emergency: boolean): Trunk[] => {
    const all = trunks.all.map((trunk) => ({ ...trunk.settings, trunk }));
    const order = inOrder(all, chance).map(({ trunk }) => trunk);
    const free = order.filter((trunk) => {
      const { id, maxCalls } = trunk.settings;
      return emergency || (meter.carried(id) < maxCalls && meter.trunkMay(id));
    });
    const isReady = ({ up, registration }: Trunk) => up && (registration?.at ?? 'registered') === 'registered';
    return [...free.filter(isReady), ...free.filter((trunk) => !isReady(trunk))];
  };

  /** `emergency`: each trunk is asked once before any is asked at its next server, for whole trunks fail more often than servers. */
  const placesOn = async (order: readonly Trunk[], emergency: boolean): Promise<Place[]> => {
    const lists = await Promise.all(
      order.map((trunk) =>
        trunk.targets().then(
          (targets) => targets.map((target) => ({ trunk, target })),
          () => [],
        ),
      ),
    );
    const rounds = Math.max(0, ...lists.map(({ length }) => length));
    const places = emergency
      ? Array.from({ length: rounds }, (_, round) => lists.flatMap((list) => list[round] ?? [])).flat()
      : lists.flat();
    // Each trunk leaves out what failed, unless nothing else is left of it: then others go first.
    const bad = places.filter(({ target }) => trunks.avoided.has(target));
    return [...places.filter((place) => !bad.includes(place)), ...bad].slice(
      0,
      emergency ? MAX_EMERGENCY_ATTEMPTS : MAX_ATTEMPTS,
    );
  };

  const branchTo = (place: Place, number: string, asked: OutsideCall, watch: InviteWatch): Branch => {
    const { settings, mayBePlain } = place.trunk;
    const { numbering, outbound } = lines();
    const { host, port, domain, account, numbers, codecs } = settings;
    const called = written(number, numbers.called, numbering, asked.dialled);
    const at = domain ? hostOf(domain) : `${hostOf(host)}${port === undefined ? '' : `:${port}`}`;
    const isNumber = isE164(called) ? ';user=phone' : '';
    // Whoever comes to help must be able to call back.
    const request = asked.incoming?.invite ?? null;
    const withheld = request !== null && !isEmergency(outbound, number) && wishes(request);
    const calling = numberOf(asked.as.from, settings, numbering);
    const to = `sip:${encodeURIComponent(called).replace(/%2B/g, '+')}@${hostOf(domain ?? host)}`;
    const { headers, ...shown } = shownToTrunk({ number: calling, withheld, request }, settings, numbering);
    return {
      requestUri: `sip:${encodeURIComponent(called).replace(/%2B/g, '+')}@${at}${isNumber}`,
      destination: place.target,
      to: `<${to}>`,
      way: { via: 'trunk', trunk: settings.id, queue: null },
      ...shown,
      headers: [...headers, ...sentOn(asked, settings, to)],
      ...(account ? { credentials: { user: account.authUser ?? account.user, password: account.password } } : {}),
      media: {
        keying: mayBePlain && place.target.transport !== 'TLS' ? 'plain' : 'sdes',
        signalsFrom: place.target.address,
        mayBePlain,
        inClear: place.target.transport !== 'TLS',
        ...(codecs ? { codecs } : {}),
      },
      firstResponseMs: FIRST_WORD_MS,
      watch,
    };
  };

  /** By whom it was sent on, by their numbers: names of people stay here. As its trunk says, and not to who comes to help. */
  const sentOn = ({ history, dialled }: OutsideCall, settings: Trunk['settings'], to: string) => {
    const { numbering, outbound } = lines();
    const { identity, numbers, domain, host } = settings;
    if (!history || !identity.history.out || isEmergency(outbound, normalise(dialled, numbering))) return [];
    const uriOf = (user: string) => {
      const number = numberOf(user, settings, numbering);
      return isE164(number) ? `sip:${written(number, numbers.calling, numbering)}@${hostOf(domain ?? host)}` : null;
    };
    return historyHeaders(history, uriOf, to);
  };

  /** Keeps the count of one call: from here until nobody speaks, whoever holds its legs by then. */
  const watching = (metered: Metered, asked: OutsideCall, next: Stage['next']) => {
    let answered = false;
    let waiting = 0;
    const release = () => {
      if (!answered) metered.over();
    };
    if (asked.incoming) asked.incoming.onOver = release;
    else clock.after(RESERVED_MS, () => waiting === 0 && release());
    return ({ trunk, target }: Place, isLast: boolean): InviteWatch => ({
      tried() {
        waiting++;
        metered.onTrunk(trunk.settings.id);
      },
      failed(failure) {
        waiting--;
        const unheard = failure.why === 'timeout' || failure.why === 'transport';
        if (unheard || failure.status === 503) {
          counters.add('trunks.call_failed');
          trunks.avoided.failed(target, secondsIn(failure.response?.headers.get('Retry-After')));
          trunk.doubt();
        } else if (failure.why === undefined) trunks.avoided.answered(target);
        if (isLast || !goesOn(failure, next)) release();
      },
      answered(session) {
        answered = true;
        trunks.avoided.answered(target);
        metered.answered((reason) => session.bye(reason));
      },
      over: () => metered.over(),
    });
  };

  return {
    isEmergency: (dialled) => isEmergency(lines().outbound, normalise(dialled, lines().numbering)),
    async call(asked) {
      const { numbering, outbound } = lines();
      const number = normalise(asked.dialled, numbering);
      if (trunks.all.length === 0) return { ok: false, refusal: { status: 404 } };
      const metered = meter.ask(asked.as.from, number);
      if (typeof metered === 'string') {
        counters.add(`toll.refused.${metered}`);
        return forbidden(metered);
      }
      const emergency = isEmergency(outbound, number);
      const places = await placesOn(candidates(emergency), emergency);
      if (places.length === 0) {
        metered.over();
        return { ok: false, refusal: { status: 480, reason: 'No Trunk Takes Calls Now' } };
      }
      // A carrier that does not know this number, or not this customer, is not the last word on a call for help.
      const next = emergency ? 'always' : 'unreachable';
      const watch = watching(metered, asked, next);
      const stages = places.map((place, index): Stage => {
        const branch = branchTo(place, number, asked, watch(place, index === places.length - 1));
        return { branches: [branch], next };
      });
      return {
        ok: true,
        route: {
          ...asked.as,
          to: number,
          direction: 'outbound',
          ...(emergency ? { emergency } : {}),
          stages,
          refusals: 'own',
        },
      };
    },
  };
}

/** Whether the phone asks that its number is not shown (RFC 3323). */
const wishes = (request: SipRequest): boolean => callerOf(request, false).withheld;
