/** Calls that a trunk brings: whom they are for. They reach phones and nothing else, so the box is nobody's way to another trunk. */
import type { Counters } from '@belkluis/shared/base/counters';
import type { Lines } from '../../lines/schema.ts';
import type { IncomingCall } from '../../sip/dialog/incoming-call.ts';
import { parseNameAddr } from '../../sip/message/name-addr.ts';
import { callerOf, nameOf, shownToPhone } from '../identity.ts';
import { normalise, userInText } from '../numbers.ts';
import type { Phones } from '../phones/phones.ts';
import type { Branch, Routed, Routing, Stage } from '../route.ts';
import { didFor } from './called.ts';
import type { Meter } from './meter.ts';
import type { Trunk, Trunks } from './trunks.ts';

export interface InboundParts {
  readonly lines: () => Lines;
  readonly trunks: Trunks;
  readonly phones: Phones;
  readonly meter: Meter;
  readonly domain: string;
  readonly counters: Counters;
}

export interface InboundCalls {
  /** Whether this is a trunk's call. */
  claims(incoming: IncomingCall): boolean;
  readonly route: Routing;
}

type Did = Trunk['settings']['inbound'][number];

export function inboundCalls({ lines, trunks, phones, meter, domain, counters }: InboundParts): InboundCalls {
  /** What was called, most certain first: carriers name our account in the request line and the number in To, or the number in both. */
  const calledIn = ({ invite }: IncomingCall, { settings }: Trunk): string[] => {
    const { numbering } = lines();
    const line = userInText(invite.uri);
    const to = userInText(parseNameAddr(invite.headers.get('To') ?? '')?.uri ?? '');
    const own = line === null || line === settings.account?.user;
    return (own ? [to, line] : [line]).flatMap((user) => (user === null ? [] : [normalise(user, numbering)]));
  };
  const didOf = (incoming: IncomingCall, trunk: Trunk) => {
    for (const called of calledIn(incoming, trunk)) {
      const did = didFor(trunk.settings.inbound, called, lines().numbering);
      if (did) return { did, called };
    }
    return null;
  };

  const stagesOf = ({ to, serial }: Did, branchesOf: (user: string) => readonly Branch[]): Stage[] => {
    const groups = to.map(branchesOf).filter((branches) => branches.length > 0);
    const stages = serial ? groups : [groups.flat()];
    return stages.map((branches) => ({ branches, next: 'failed' }));
  };

  return {
    claims: ({ flow }) => trunks.owning(flow).length > 0,
    route(incoming): Routed {
      const owners = trunks.owning(incoming.flow);
      const found = owners.flatMap((trunk) => {
        const match = didOf(incoming, trunk);
        return match ? [{ trunk, ...match }] : [];
      });
      const line = userInText(incoming.invite.uri);
      // Of several trunks on one server the one whose account is called.
      const [first] = [...found].sort((a, b) => Number(isFor(b.trunk, line)) - Number(isFor(a.trunk, line)));
      if (!first) {
        counters.add('trunks.inbound_unknown');
        return { ok: false, refusal: { status: 404 } };
      }
      const { trunk, did, called } = first;
      const { settings, mayBePlain } = trunk;
      const { numbering } = lines();
      const caller = callerOf(incoming.invite, settings.identity.believe);
      const shown = shownToPhone(incoming.invite, caller, settings, numbering, domain);
      const stages = stagesOf(did, (user) => phones.branchesOf(user, shown));
      if (stages.length === 0) return { ok: false, refusal: { status: 480 } };
      const carried = meter.incoming(settings.id);
      incoming.onOver = carried.over;
      return {
        ok: true,
        route: {
          from: nameOf(caller, numbering),
          to: called,
          direction: 'inbound',
          way: { via: 'trunk', trunk: settings.id, queue: called },
          // A number that rings at one person alone is no queue, and waiting for it would be about that person.
          ...(did.to.length > 1 ? { waitsIn: called } : {}),
          caller: {
            keying: mayBePlain && !incoming.flow.secure ? 'plain' : 'sdes',
            signalsFrom: incoming.flow.remote.address,
            mayBePlain,
            inClear: !incoming.flow.secure,
            ...(settings.codecs ? { codecs: settings.codecs } : {}),
          },
          stages,
          refusals: 'own',
        },
      };
    },
  };
}

const isFor = ({ settings }: Trunk, user: string | null): boolean => user !== null && settings.account?.user === user;
