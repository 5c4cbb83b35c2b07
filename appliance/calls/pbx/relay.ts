/**
 * What passes between phones and the PBX besides calls: registrations, presence (RFC 3856), lamps (RFC 4235), waiting messages (RFC
 * 3842), MESSAGE, PUBLISH, OPTIONS. Phones speak to the PBX and the PBX to phones; nobody reaches anybody else through the box, and
 * whoever the PBX has not registered gets no further than its REGISTER.
 */
import type { Counters } from '@belkluis/shared/base/counters';
import type { Pbx } from '../../lines/pbx.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import { parseNameAddr, tagOf } from '../../sip/message/name-addr.ts';
import { parseUri } from '../../sip/message/uri.ts';
import type { ResponseDraft } from '../../sip/message/write.ts';
import type { Pass } from '../../sip/proxy/proxy.ts';
import { type Door, isOurs, recordRoutes, takeRoutes } from '../../sip/proxy/routes.ts';
import type { ServerTransaction } from '../../sip/transaction/server.ts';
import type { Flow, Target } from '../../sip/transport/flow.ts';
import type { Relay } from '../../sip/user-agent.ts';
import type { PeerHealth } from '../peer-health.ts';
import { userOf } from '../phones/authenticate.ts';
import { saysNobody } from './headers.ts';
import type { PbxPeer } from './peer.ts';
import type { PbxPhone, PbxPhones } from './phones.ts';
import { type registering, retryLater } from './register.ts';

export interface RelayParts {
  readonly pbx: Pbx;
  readonly peer: PbxPeer;
  readonly phones: PbxPhones;
  readonly register: ReturnType<typeof registering>;
  readonly health: PeerHealth;
  readonly pass: Pass;
  readonly doors: readonly Door[];
  readonly counters: Counters;
}

/** Methods of calls: the back-to-back user agent's. */
const OF_CALLS = new Set(['INVITE', 'ACK', 'CANCEL', 'BYE', 'PRACK', 'UPDATE', 'INFO']);

/** Requests that begin a dialog, or may (RFC 6665 4.3: the NOTIFY too). */
const BEGINS_DIALOG = new Set(['SUBSCRIBE', 'NOTIFY', 'REFER']);

/** The same words to everybody who is not registered: they tell nothing about who is. */
export function refuseStranger(counters: Counters): ResponseDraft {
  counters.add('pbx.not_registered');
  return { status: 403, reason: 'Register First' };
}

const hostOf = (address: string | undefined): string | null =>
  parseUri(parseNameAddr(address ?? '')?.uri ?? '')?.host ?? null;

/** The phone that a request of the PBX is for: by our Route entry (Record-Route, Path), else by the Contact that we stand in. */
export function addressee(
  request: SipRequest,
  { phones, doors }: Pick<RelayParts, 'phones' | 'doors'>,
): { readonly phone: PbxPhone; readonly byContact: boolean; readonly rest: readonly string[] } | null {
  const { token, rest } = takeRoutes(request, doors);
  const uri = parseUri(request.uri);
  const phone = phones.find(token ?? uri?.user ?? '');
  return phone && { phone, byContact: uri?.user === phone.token, rest };
}

/** Whom a phone speaks as: one of those that registered over its flow; null: somebody else. */
export function speaker(request: SipRequest, on: readonly PbxPhone[]): PbxPhone | null {
  if (saysNobody(request)) return on[0] ?? null;
  const user = userOf(request.headers.get('From'));
  return on.find((phone) => phone.user === user) ?? null;
}

export function pbxRelay(parts: RelayParts): Relay {
  const { pbx, peer, phones, register, health, pass, doors, counters } = parts;
  const toItself = (uri: string) => {
    const parsed = parseUri(uri);
    return parsed?.user === null && isOurs(parsed, doors);
  };
  const silent = (to: Target) => {
    peer.failed(to);
    health.doubt();
  };
  const doorOf = ({ transport, local }: Flow): Door =>
    doors.find((door) => door.transport === transport && door.port === local.port) ?? peer.door();

  const fromPbx = (transaction: ServerTransaction) => {
    const { request } = transaction;
    const found = addressee(request, parts);
    if (!found) {
      // 481 ends a subscription whose phone has gone; anything else may be tried again.
      const inDialog = tagOf(request.headers.get('To')) !== null;
      return void transaction.respond(inDialog ? { status: 481 } : { status: 480 });
    }
    const { phone, byContact, rest } = found;
    const away: ResponseDraft = { status: 480 };
    return pass(transaction, {
      to: phone.flow,
      ...(byContact ? { uri: phone.contact } : {}),
      routes: rest,
      recordRoute: BEGINS_DIALOG.has(request.method) ? recordRoutes(peer.door(), doorOf(phone.flow), phone.token) : [],
      unreachable: away,
    });
  };

  /** In a dialog From is whoever began it; outside it is who speaks. */
  const sender = (request: SipRequest, flow: Flow): PbxPhone | null => {
    const on = phones.on(flow);
    return tagOf(request.headers.get('To')) === null ? speaker(request, on) : (on[0] ?? null);
  };

  const fromPhone = (transaction: ServerTransaction) => {
    const { request, flow } = transaction;
    const phone = sender(request, flow);
    if (!phone) return void transaction.respond(refuseStranger(counters));
    const to = peer.target();
    if (!health.up || !to) return void transaction.respond(retryLater);
    const { rest } = takeRoutes(request, doors);
    return pass(transaction, {
      to,
      routes: rest,
      recordRoute: BEGINS_DIALOG.has(request.method) ? recordRoutes(doorOf(flow), peer.door(), phone.token) : [],
      unreachable: retryLater,
      onSilence: () => silent(to),
    });
  };

  const registration = (transaction: ServerTransaction) => {
    const { request, flow } = transaction;
    const asked = register.read(request, flow);
    if ('refusal' in asked) return void transaction.respond(asked.refusal);
    const to = peer.target();
    if (!health.up || !to) {
      const answer = register.withoutPbx(request, flow, asked);
      register.told(answer.status === 200 ? 'ok' : 'pbx_silent', request, flow);
      return void transaction.respond(answer);
    }
    if (!register.hears(request, flow, asked)) {
      register.told('unheard', request, flow);
      return void transaction.respond(retryLater);
    }
    const { rest } = takeRoutes(request, doors);
    return pass(transaction, {
      ...register.way(request, flow, asked, to, rest),
      onSilence: () => {
        register.told('pbx_silent', request, flow);
        silent(to);
      },
    });
  };

  return {
    takes(request, flow) {
      if (OF_CALLS.has(request.method)) return false;
      if (request.method === 'OPTIONS' && toItself(request.uri)) return false;
      if (peer.is(flow)) return true;
      const meant = parseUri(request.uri)?.host;
      if (request.method === 'REGISTER') return meant === pbx.domain;
      return meant === pbx.domain || hostOf(request.headers.get('From')) === pbx.domain || phones.on(flow).length > 0;
    },
    refusal(request, flow) {
      if (peer.is(flow)) return null;
      if (request.method !== 'REGISTER') return sender(request, flow) ? null : refuseStranger(counters);
      const asked = register.read(request, flow);
      if (!('refusal' in asked)) return null;
      register.told(asked.outcome, request, flow);
      return asked.refusal;
    },
    take(transaction) {
      if (peer.is(transaction.flow)) return fromPbx(transaction);
      return transaction.request.method === 'REGISTER' ? registration(transaction) : fromPhone(transaction);
    },
  };
}
