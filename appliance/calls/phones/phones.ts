/** Calls of phones: to the phones of another account, or out where there is a way out. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { IncomingCall } from '../../sip/dialog/incoming-call.ts';
import { formatNameAddr, parseNameAddr } from '../../sip/message/name-addr.ts';
import { formatUri, parseUri, type SipUri } from '../../sip/message/uri.ts';
import type { Flow } from '../../sip/transport/flow.ts';
import { type History, historyHeaders } from '../history.ts';
import { userIn, withoutPrefix } from '../numbers.ts';
import type { Keying } from '../party.ts';
import type { Branch, MediaTerms, Principal, Route, Routed, Routing } from '../route.ts';
import { type Account, type Accounts, mayBePlain } from './accounts.ts';
import type { Authenticate } from './authenticate.ts';
import { Keyings } from './keyings.ts';
import type { Registrar } from './registrar.ts';

export interface PhoneRoutingParts {
  readonly registrar: Registrar;
  readonly authenticate: Authenticate;
  readonly accounts: Accounts;
  readonly domain: string;
  readonly clock: Clock;
  /** Where numbers go that are no account here; absent: nowhere. */
  readonly outside?: Outside;
  /** What is dialled before a number so that the call is not recorded; null: nothing is. */
  readonly privatePrefix?: () => string | null;
}

/** A call of a phone that leaves the box. */
export interface OutsideCall {
  /** What is known of its route: whose call it is, by whose rights and limits it goes. */
  readonly as: Pick<Route, 'from' | 'caller' | 'principal' | 'isPrivate'>;
  /** What was called, as it was written. */
  readonly dialled: string;
  /** Null: nobody dialled, the call is transferred or forwarded. */
  readonly incoming: IncomingCall | null;
  /** Null: no phone sent it on. */
  readonly history: History | null;
}

export interface Outside {
  /** Whether it goes out whatever account has that name. */
  isEmergency(dialled: string): boolean;
  call(asked: OutsideCall): Promise<Routed>;
}

/** Who calls, as the phones that ring are told. */
export type Shown = Pick<Branch, 'from' | 'contactUser' | 'headers'>;

export interface Phones {
  /** Calls that phones make. */
  readonly route: Routing;
  /** The phones of an account as places to ring, for a caller whose call is routed elsewhere. */
  branchesOf(user: string, shown: Shown): readonly Branch[];
  /** How the last call of an account's phone was keyed, as its offer showed; null: none has been seen. */
  keyingOf(user: string): Keying | null;
}

const uriAt = (user: string, host: string): string =>
  formatUri({ scheme: 'sip', user, host, port: null, params: new Map(), headers: '' });

const shownAs = (display: string, user: string, domain: string): string =>
  formatNameAddr({ display, uri: uriAt(user, domain), params: new Map() });

/** The caller as the other side sees it: its name, and its number at our domain. */
const identityOf = ({ invite }: IncomingCall, user: string, domain: string): string =>
  shownAs(parseNameAddr(invite.headers.get('From')!)?.display ?? '', user, domain);

/** Of a call that somebody brings about without a leg of their own in it: nothing is said there in the clear. */
const UNHEARD: MediaTerms = { keying: 'sdes', mayBePlain: false };

const refused = (status: number): Routed => ({ ok: false, refusal: { status } });

interface Asked {
  readonly as: OutsideCall['as'];
  readonly target: SipUri | null;
  readonly shown: Shown;
  readonly incoming: IncomingCall | null;
  readonly history: History | null;
}

export function createPhones(parts: PhoneRoutingParts): Phones {
  const { registrar, authenticate, accounts, domain, clock, outside, privatePrefix = () => null } = parts;
  const uriOf = (user: string) => uriAt(user, domain);
  const keyings = new Keyings();
  /** `emergency`: whoever calls for help is heard as they are, under keys that others can read or under none. */
  const termsOf = (account: Account, { secure, remote }: Flow, emergency = false): MediaTerms => {
    const exception = emergency || mayBePlain(account, clock.now());
    return {
      keying: keyings.for(account.user, { secure, mayBePlain: exception }),
      mayBePlain: exception,
      inClear: !secure && !emergency,
      signalsFrom: remote.address,
      onKeying: (keying) => keyings.saw(account.user, keying),
    };
  };

  const principalOf = ({ user }: Account): Principal => ({
    name: user,
    onward({ target, why, party, history: { diverted, before } }) {
      // Whoever was removed may have no more calls made.
      if (!accounts.find(user)) return refused(403);
      // A phone is told who transferred (RFC 3892), or who is forwarded to it.
      const headers = why === 'transferred' ? [['Referred-By', `<${uriOf(user)}>`] as const] : [];
      const shown = { from: party.shown, contactUser: party.name, headers };
      const history = why === 'redirected' ? { diverted: [user, ...diverted], before } : null;
      return routed({ as: { from: user, caller: UNHEARD }, target, shown, incoming: null, history });
    },
  });

  /** Phones that may be rung: on TLS, or with an exception that has not run out. */
  const branchesOf = (to: Account, shown: Shown): Branch[] =>
    registrar
      .lookup(to.user)
      .filter(({ route }) => route.secure || mayBePlain(to, clock.now()))
      .map(({ contact, route }) => ({
        requestUri: contact,
        destination: route,
        ...shown,
        to: `<sip:${to.user}@${domain}>`,
        media: termsOf(to, route),
        principal: principalOf(to),
      }));

  const routed = ({ as, target, shown, incoming, history }: Asked): Routed | Promise<Routed> => {
    const called = userIn(target);
    const to = called === null || outside?.isEmergency(called) ? null : accounts.find(called);
    if (to) {
      const headers = [...shown.headers, ...(history ? historyHeaders(history, uriOf, uriOf(to.user)) : [])];
      const stages = [{ branches: branchesOf(to, { ...shown, headers }), next: 'failed' as const }];
      return { ok: true, route: { ...as, to: to.user, direction: 'internal', stages, refusals: 'own' } };
    }
    // Who takes over a call that stands calls nobody (RFC 3891).
    if (called === null || !outside || incoming?.replaces) return refused(404);
    return outside.call({ as, dialled: called, incoming, history });
  };

  return {
    keyingOf: (user) => keyings.last(user),
    branchesOf(user, shown) {
      const account = accounts.find(user);
      return account ? branchesOf(account, shown) : [];
    },
    route(incoming) {
      const { invite, flow } = incoming;
      const known = authenticate(invite, flow);
      if (!known.ok) return known;
      const { account } = known;
      const { user } = account;
      const dialled = parseUri(invite.uri);
      const target = withoutPrefix(dialled, privatePrefix());
      const called = userIn(target);
      const emergency = called !== null && outside?.isEmergency(called) === true;
      const as = {
        from: user,
        caller: termsOf(account, flow, emergency),
        principal: principalOf(account),
        ...(target === dialled ? {} : { isPrivate: true as const }),
      };
      const shown = { from: identityOf(incoming, user, domain), contactUser: user, headers: [] };
      return routed({ as, target, shown, incoming, history: null });
    },
  };
}
