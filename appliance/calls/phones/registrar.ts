/** The registrar of RFC 3261 10.3: remembers where phones are, and by which flow they can be reached. */
import type { Clock } from '@belkluis/shared/base/clock';
import { parseCSeq } from '../../sip/message/cseq.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import { type NameAddr, parseNameAddr } from '../../sip/message/name-addr.ts';
import { parseUri } from '../../sip/message/uri.ts';
import type { ResponseDraft } from '../../sip/message/write.ts';
import type { Flow } from '../../sip/transport/flow.ts';
import {
  MAX_CONTACT_LENGTH,
  MAX_STREAM_REGISTRATION_S,
  MAX_UDP_REGISTRATION_S,
  MIN_REGISTRATION_S,
} from '../limits.ts';
import { type Authenticate, userOf } from './authenticate.ts';
import { alive, type Binding, type ContactChange, register } from './bindings.ts';
import type { ToldOutcome } from './registration-outcome.ts';

export interface Registrar {
  /** Answers a REGISTER. */
  handle(request: SipRequest, flow: Flow): ResponseDraft;
  /** Phones of a user that can be reached now. */
  lookup(user: string): readonly Binding<Flow>[];
  /** A connection has gone: its phones cannot be dialled back (RFC 5626). */
  flowClosed(flow: Flow): void;
  /** Users with at least one phone. */
  readonly registered: number;
}

/** Seconds asked for: the Contact's own, else the Expires header's, else an hour (RFC 3261 10.2.1.1). */
export function askedFor(contact: NameAddr, request: SipRequest): number {
  const text = contact.params.get('expires') ?? request.headers.get('Expires');
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : 3600;
}

/** RFC 5626 6: an instance with a reg-id is one binding, wherever it moves. */
export function keyOf({ uri, params }: NameAddr): string {
  const instance = params.get('+sip.instance');
  const regId = params.get('reg-id');
  return instance && regId ? `${instance} ${regId}` : uri;
}

type Changes = readonly ContactChange<Flow>[] | 'remove all' | { readonly refusal: ResponseDraft };

function changesIn(request: SipRequest, flow: Flow): Changes {
  const bad = (reason: string) => ({ refusal: { status: 400, reason } });
  const contacts = request.headers.all('Contact');
  if (contacts.includes('*')) {
    const alone = contacts.length === 1 && request.headers.get('Expires') === '0';
    return alone ? 'remove all' : bad('* stands alone, with Expires: 0');
  }
  const longest = flow.transport === 'UDP' ? MAX_UDP_REGISTRATION_S : MAX_STREAM_REGISTRATION_S;
  const changes: ContactChange<Flow>[] = [];
  for (const text of contacts) {
    const contact = parseNameAddr(text);
    if (!contact || text.length > MAX_CONTACT_LENGTH || !parseUri(contact.uri)) return bad('Bad Contact');
    const asked = askedFor(contact, request);
    if (asked > 0 && asked < MIN_REGISTRATION_S) {
      return { refusal: { status: 423, headers: [['Min-Expires', String(MIN_REGISTRATION_S)]] } };
    }
    const expiresInS = Math.min(asked, longest);
    changes.push({ key: keyOf(contact), contact: contact.uri, expiresInS, route: flow });
  }
  return changes;
}

export function createRegistrar(parts: {
  readonly authenticate: Authenticate;
  readonly domain: string;
  /** Hosts besides the domain that phones may name: the box's own address. */
  readonly hosts: readonly string[];
  readonly clock: Clock;
  /** Hears how each REGISTER ended. */
  readonly told?: ToldOutcome;
}): Registrar {
  const { authenticate, clock, told = () => {} } = parts;
  const hosts = new Set([parts.domain, ...parts.hosts]);
  const table = new Map<string, readonly Binding<Flow>[]>();

  const granted = (bindings: readonly Binding<Flow>[], now: number): ResponseDraft => ({
    status: 200,
    headers: bindings.map(({ contact, expiresAt }) => [
      'Contact',
      `<${contact}>;expires=${Math.max(1, Math.round((expiresAt - now) / 1000))}`,
    ]),
  });

  return {
    handle(request, flow) {
      const target = parseUri(request.uri);
      if (!target || !hosts.has(target.host)) {
        told('domain', request, flow);
        return { status: 404, reason: 'Not a domain of this box' };
      }
      const known = authenticate(request, flow);
      if (!known.ok) return known.refusal;
      const { user } = known.account;
      // Nobody registers for somebody else (RFC 3261 10.3 step 5).
      if (userOf(request.headers.get('To')) !== user) {
        told('other_number', request, flow);
        return { status: 403, reason: 'To must be the account' };
      }
      const changes = changesIn(request, flow);
      if (typeof changes === 'object' && 'refusal' in changes) {
        told(changes.refusal.status === 423 ? 'too_short' : 'contact', request, flow);
        return changes.refusal;
      }
      const now = clock.monotonic();
      const callId = request.headers.get('Call-ID')!;
      const cseq = parseCSeq(request.headers.get('CSeq'))!.number;
      const result = register(table.get(user) ?? [], { callId, cseq, changes }, now);
      if (!result.ok) {
        told(result.why, request, flow);
        return result.why === 'too_many'
          ? { status: 403, reason: 'Too many phones on this account' }
          : { status: 500, reason: 'Out of order' };
      }
      if (result.bindings.length === 0) table.delete(user);
      else table.set(user, result.bindings);
      told(result.bindings.length === 0 ? 'removed' : 'ok', request, flow);
      return granted(result.bindings, now);
    },
    lookup: (user) => alive(table.get(user) ?? [], clock.monotonic()).filter(({ route }) => route.open),
    flowClosed(flow) {
      for (const [user, bindings] of table) {
        const left = bindings.filter(({ route }) => route !== flow);
        if (left.length === 0) table.delete(user);
        else if (left.length < bindings.length) table.set(user, left);
      }
    },
    get registered() {
      const now = clock.monotonic();
      return [...table.values()].filter((bindings) => alive(bindings, now).length > 0).length;
    },
  };
}
