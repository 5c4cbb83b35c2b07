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
import type { Branch, MediaTerms, Routing } from './route.ts';

export interface PhoneRoutingParts {
  readonly registrar: Registrar;
  readonly authenticate: Authenticate;
  readonly accounts: Accounts;
  readonly domain: string;
  readonly clock: Clock;
}

/** The caller as the other side sees it: its name, and its number at our domain. */
export const identityOf = ({ invite }: IncomingCall, user: string, domain: string): string =>
  formatNameAddr({
    display: parseNameAddr(invite.headers.get('From')!)?.display ?? '',
    uri: formatUri({ scheme: 'sip', user, host: domain, port: null, params: new Map(), headers: '' }),
    params: new Map(),
  });

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

  /** Phones that may be rung: on TLS, or with an exception that has not run out. */
  const branchesOf = (incoming: IncomingCall, from: Account, to: Account): Branch[] =>
    registrar
      .lookup(to.user)
      .filter(({ route }) => route.secure || mayBePlain(to, clock.now()))
      .map(({ contact, route }) => ({
        requestUri: contact,
        destination: route,
        from: identityOf(incoming, from.user, domain),
        to: `<sip:${to.user}@${domain}>`,
        contactUser: from.user,
        headers: [],
        media: termsOf(to, route),
      }));

  return (incoming) => {
    const { invite, flow } = incoming;
    const known = authenticate(invite, flow);
    if (!known.ok) return known;
    const from = known.account;
    const user = parseUri(invite.uri)?.user ?? null;
    const to = user === null ? null : accounts.find(user);
    if (!to) return { ok: false, refusal: { status: 404 } };
    const caller = termsOf(from, flow);
    const stages = [{ branches: branchesOf(incoming, from, to), next: 'failed' as const }];
    const route = {
      from: from.user,
      to: to.user,
      direction: 'internal' as const,
      caller,
      stages,
      refusals: 'own' as const,
    };
    return { ok: true, route };
  };
}
