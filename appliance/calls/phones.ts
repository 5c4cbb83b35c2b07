/** The routing of a box without PBX and trunk: a phone calls the phones of another account. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { IncomingCall } from '../sip/dialog/incoming-call.ts';
import { formatNameAddr, parseNameAddr } from '../sip/message/name-addr.ts';
import { formatUri, parseUri } from '../sip/message/uri.ts';
import type { Flow } from '../sip/transport/flow.ts';
import { type Account, type Accounts, mayBePlain } from './accounts.ts';
import type { Authenticate } from './authenticate.ts';
import { Keyings } from './keyings.ts';
import type { Registrar } from './registrar.ts';
import type { Branch, MediaTerms, Onward, Principal, RoutedOnward, Routing } from './route.ts';

export interface PhoneRoutingParts {
  readonly registrar: Registrar;
  readonly authenticate: Authenticate;
  readonly accounts: Accounts;
  readonly domain: string;
  readonly clock: Clock;
}

/** Who will talk, as the phones that ring are told, and how that came. */
interface Caller {
  readonly name: string;
  readonly shown: string;
  readonly headers: Branch['headers'];
}

const shownAs = (display: string, user: string, domain: string): string =>
  formatNameAddr({
    display,
    uri: formatUri({ scheme: 'sip', user, host: domain, port: null, params: new Map(), headers: '' }),
    params: new Map(),
  });

/** The caller as the other side sees it: its name, and its number at our domain. */
export const identityOf = ({ invite }: IncomingCall, user: string, domain: string): string =>
  shownAs(parseNameAddr(invite.headers.get('From')!)?.display ?? '', user, domain);

/** What a phone is told of how a call came to it: who transferred (RFC 3892), or who is forwarded to it (RFC 5806). */
const historyOf = (user: string, why: Onward['why'], domain: string): [string, string] =>
  why === 'transferred'
    ? ['Referred-By', shownAs('', user, domain)]
    : ['Diversion', `${shownAs('', user, domain)};reason=deflection`];

export function phoneRouting({ registrar, authenticate, accounts, domain, clock }: PhoneRoutingParts): Routing {
  const keyings = new Keyings();
  const termsOf = (account: Account, { secure, remote }: Flow): MediaTerms => {
    const exception = mayBePlain(account, clock.now());
    return {
      keying: keyings.for(account.user, { secure, mayBePlain: exception }),
      mayBePlain: exception,
      signalsFrom: remote.address,
      onKeying: (keying) => keyings.saw(account.user, keying),
    };
  };
  const principalOf = ({ user }: Account): Principal => ({
    name: user,
    onward({ target, why, party }) {
      // Whoever was removed may have no more calls made.
      if (!accounts.find(user)) return { ok: false, refusal: { status: 403 } };
      return leadTo(target.user, { ...party, headers: [historyOf(user, why, domain)] });
    },
  });

  /** Phones that may be rung: on TLS, or with an exception that has not run out. */
  const branchesOf = (to: Account, caller: Caller): Branch[] =>
    registrar
      .lookup(to.user)
      .filter(({ route }) => route.secure || mayBePlain(to, clock.now()))
      .map(({ contact, route }) => ({
        requestUri: contact,
        destination: route,
        from: caller.shown,
        to: `<sip:${to.user}@${domain}>`,
        contactUser: caller.name,
        headers: caller.headers,
        media: termsOf(to, route),
        principal: principalOf(to),
      }));

  const leadTo = (user: string | null, caller: Caller): RoutedOnward => {
    const to = user === null ? null : accounts.find(user);
    if (!to) return { ok: false, refusal: { status: 404 } };
    const stages = [{ branches: branchesOf(to, caller), next: 'failed' as const }];
    return { ok: true, route: { to: to.user, direction: 'internal', stages } };
  };

  return (incoming) => {
    const { invite, flow } = incoming;
    const known = authenticate(invite, flow);
    if (!known.ok) return known;
    const { account } = known;
    const { user } = account;
    const shown = identityOf(incoming, user, domain);
    const led = leadTo(parseUri(invite.uri)?.user ?? null, { name: user, shown, headers: [] });
    if (!led.ok) return led;
    const caller = termsOf(account, flow);
    return { ok: true, route: { ...led.route, from: user, caller, principal: principalOf(account), refusals: 'own' } };
  };
}
