/**
 * A REGISTER on its way to the PBX and back. The PBX challenges and grants; the phone's credentials pass as they are. On the way there
 * the box stands in the Contact, so that calls come back through it; in the answer each phone finds the Contact that it sent, for one
 * that does not never refreshes (sip-field fact 16).
 */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Pbx } from '../../lines/pbx.ts';
import type { Guard } from '../../sip/defence/guard.ts';
import { parseAuthParams } from '../../sip/message/auth.ts';
import { parseCSeq } from '../../sip/message/cseq.ts';
import type { SipRequest, SipResponse } from '../../sip/message/message.ts';
import { formatNameAddr, type NameAddr, parseNameAddr } from '../../sip/message/name-addr.ts';
import { parseUri } from '../../sip/message/uri.ts';
import type { ResponseDraft } from '../../sip/message/write.ts';
import type { Entries, Way } from '../../sip/proxy/proxy.ts';
import { type Door, doorUri } from '../../sip/proxy/routes.ts';
import type { Flow, Target } from '../../sip/transport/flow.ts';
import {
  MAX_CONTACT_LENGTH,
  MAX_CONTACTS_PER_ACCOUNT,
  MAX_STREAM_REGISTRATION_S,
  MAX_UDP_REGISTRATION_S,
  MAX_WITHOUT_PBX_MS,
  PBX_RETRY_AFTER_S,
  REGISTRATION_SLACK_MS,
  REGISTRATION_WITHOUT_PBX_S,
} from '../limits.ts';
import { userOf } from '../phones/authenticate.ts';
import { askedFor, keyOf } from '../phones/registrar.ts';
import type { RegistrationOutcome, ToldOutcome } from '../phones/registration-outcome.ts';
import { type PbxPhones, tokenOf } from './phones.ts';

/** One Contact of a REGISTER and what stands for it at the PBX. */
interface Presented {
  readonly contact: NameAddr;
  readonly token: string;
  readonly askedS: number;
}

interface Registration {
  readonly user: string;
  readonly contacts: readonly Presented[];
  readonly all: boolean;
}

export interface RegisterParts {
  readonly pbx: Pbx;
  readonly phones: PbxPhones;
  readonly secret: Buffer;
  readonly clock: Clock;
  /** The PBX's way to us. */
  readonly door: () => Door;
  /** Passwords are guessed at through the box no faster than at the box itself. */
  readonly guard: RegistrationGuard;
  /** Hears how each REGISTER ended. */
  readonly told?: ToldOutcome | undefined;
}

export type RegistrationGuard = Pick<Guard, 'mayAnswer' | 'challenged' | 'guessed' | 'proved'>;

export type Registering = Registration | { readonly refusal: ResponseDraft; readonly outcome: RegistrationOutcome };

export const retryLater: ResponseDraft = {
  status: 503,
  reason: 'The PBX Does Not Answer',
  headers: [['Retry-After', String(PBX_RETRY_AFTER_S)]],
};

/** Whether this phone may do without TLS now: an exception with an end. */
export const phoneMayBePlain = ({ plainPhones }: Pbx, user: string, now: number): boolean =>
  plainPhones.some((one) => (one.user === user || one.user === '*') && Date.parse(one.until) > now);

const longestOn = (flow: Flow): number =>
  flow.transport === 'UDP' ? MAX_UDP_REGISTRATION_S : MAX_STREAM_REGISTRATION_S;

/** The headers with every Contact replaced, where the first one stood. */
function withContacts(headers: Entries, contacts: readonly string[]): Entries {
  const isContact = ([name]: readonly [string, string]) => /^(?:contact|m)$/i.test(name);
  const at = headers.findIndex(isContact);
  const lines = contacts.map((value) => ['Contact', value] as const);
  const rest = headers.filter((entry) => !isContact(entry));
  return at < 0 ? [...rest, ...lines] : [...rest.slice(0, at), ...lines, ...rest.slice(at)];
}

/** What the PBX's answer says of a phone: it alone knows accounts and passwords. */
function outcomeOf(request: SipRequest, { status }: SipResponse): RegistrationOutcome {
  if (status < 300) return 'ok';
  if (status !== 401 && status !== 407) return 'pbx_refused';
  return request.headers.has('Authorization') ? 'wrong_secret' : 'asked';
}

export function registering({ pbx, phones, secret, clock, door, guard, told = () => {} }: RegisterParts) {
  const read = (request: SipRequest, flow: Flow): Registering => {
    const refuse = (status: number, reason: string, outcome: RegistrationOutcome) => ({
      refusal: { status, reason },
      outcome,
    });
    const user = userOf(request.headers.get('To'));
    if (user === null || user.length > MAX_CONTACT_LENGTH) return refuse(400, 'To names nobody', 'malformed');
    if (!flow.secure && !phoneMayBePlain(pbx, user, clock.now())) {
      const had = pbx.plainPhones.some((one) => one.user === user || one.user === '*');
      return refuse(403, 'TLS Required', had ? 'exception_over' : 'plain');
    }
    const texts = request.headers.all('Contact');
    if (texts.includes('*')) return { user, contacts: [], all: true };
    const most = pbx.wayBack === 'path' ? 1 : MAX_CONTACTS_PER_ACCOUNT;
    if (texts.length > most) return refuse(403, 'Too many contacts', 'too_many');
    const contacts: Presented[] = [];
    for (const text of texts) {
      const contact = parseNameAddr(text);
      if (!contact || text.length > MAX_CONTACT_LENGTH || !parseUri(contact.uri))
        return refuse(400, 'Bad Contact', 'contact');
      const token = tokenOf(secret, user, keyOf(contact));
      contacts.push({ contact, token, askedS: askedFor(contact, request) });
    }
    const added = contacts.filter(({ askedS }) => askedS > 0).map(({ token }) => token);
    if (!phones.hasRoom(user, added)) return refuse(403, 'Too many phones', 'too_many');
    return { user, contacts, all: false };
  };

  /** Towards the PBX. `reg-id` is for who sees the phone's own connection (RFC 5626 6): that is the box. */
  const toPbx = ({ contacts, all }: Registration, headers: Entries): Entries => {
    if (all || contacts.length === 0) return headers;
    if (pbx.wayBack === 'path') {
      // RFC 3327 5.2: one way back for the whole request, hence one contact.
      const path = `<${doorUri(door(), contacts[0]!.token, ['lr'])}>`;
      return [['Path', path], ['Supported', 'path'], ...headers];
    }
    const lines = contacts.map(({ contact, token }) => {
      const params = new Map(contact.params);
      params.delete('reg-id');
      return formatNameAddr({ ...contact, uri: doorUri(door(), token), params });
    });
    return withContacts(headers, lines);
  };

  /** The PBX knows the password; what it says of an answer is what the box knows of the sender. */
  const judge = (request: SipRequest, flow: Flow, user: string, response: SipResponse) => {
    told(outcomeOf(request, response), request, flow);
    if (response.status < 300) return guard.proved(user, flow);
    const answered = request.headers.has('Authorization');
    // Whatever a PBX says to names that it does not know: who tries many is looking for one.
    if (!answered) return guard.challenged(user, flow);
    if (response.status !== 401 && response.status !== 407) return;
    const stale = ['WWW-Authenticate', 'Proxy-Authenticate'].some((name) =>
      response.headers.all(name).some((text) => parseAuthParams(text)?.params.get('stale')?.toLowerCase() === 'true'),
    );
    if (!stale) guard.guessed(user, flow);
  };

  /** What the PBX granted is remembered, and told in the phone's own words. */
  const granted = (request: SipRequest, flow: Flow, asked: Registration, response: SipResponse, headers: Entries) => {
    judge(request, flow, asked.user, response);
    if (response.status > 299) return headers;
    const now = clock.monotonic();
    const callId = request.headers.get('Call-ID')!;
    const cseq = parseCSeq(request.headers.get('CSeq'))!.number;
    const own = new Map(asked.contacts.map((one) => [one.token, one]));
    const isFor = ({ token, contact }: Presented, uri: string) =>
      pbx.wayBack === 'path' ? uri === contact.uri : parseUri(uri)?.user === token;
    const confirmed = new Set<string>();
    const lines = response.headers.all('Contact').map((text) => {
      const told = parseNameAddr(text);
      if (!told) return text;
      const one = [...own.values()].find((presented) => isFor(presented, told.uri));
      const known = one ? null : phones.find(parseUri(told.uri)?.user ?? '');
      const contact = one?.contact.uri ?? known?.contact;
      if (contact === undefined) return text;
      const grantedS = Number(told.params.get('expires') ?? response.headers.get('Expires') ?? one?.askedS ?? 0);
      const expiresS = Math.min(grantedS, longestOn(one ? flow : known!.flow));
      if (one && expiresS > 0) {
        confirmed.add(one.token);
        const expiresAt = now + expiresS * 1000 + REGISTRATION_SLACK_MS;
        phones.set({ token: one.token, user: asked.user, contact, flow, callId, cseq, expiresAt, vouchedAt: now });
      }
      const regId = one?.contact.params.get('reg-id');
      const params = new Map(told.params).set('expires', String(expiresS));
      if (regId) params.set('reg-id', regId);
      return formatNameAddr({ ...told, uri: contact, params });
    });
    const gone = asked.all ? phones.of(asked.user).map(({ token }) => token) : [...own.keys()];
    for (const token of gone) if (!confirmed.has(token)) phones.delete(token);
    return withContacts(headers, lines);
  };

  return {
    read,
    told,
    /** Whether an answer to the PBX's challenge is passed on: not while somebody else guesses at this user's password. */
    hears: (request: SipRequest, flow: Flow, { user }: Registration): boolean =>
      !request.headers.has('Authorization') || guard.mayAnswer(user, flow),
    way(request: SipRequest, flow: Flow, asked: Registration, to: Target, routes: readonly string[]): Way {
      return {
        to,
        routes,
        recordRoute: [],
        unreachable: retryLater,
        edit: (headers) => toPbx(asked, headers),
        answered: (response, headers) => granted(request, flow, asked, response, headers),
      };
    },

    /**
     * The PBX is gone: a phone that it vouched for keeps its registration, over the very flow that it registered by, for a while. Nobody
     * else gets one, and nobody loses one: without the PBX nobody can be authenticated.
     */
    withoutPbx(request: SipRequest, flow: Flow, { contacts, all }: Registration): ResponseDraft {
      const now = clock.monotonic();
      const callId = request.headers.get('Call-ID')!;
      const cseq = parseCSeq(request.headers.get('CSeq'))!.number;
      const kept = contacts.flatMap(({ token, contact, askedS }) => {
        const phone = phones.find(token);
        const same = phone && phone.flow.id === flow.id && phone.callId === callId && phone.cseq < cseq;
        const vouched = same && now - phone.vouchedAt < MAX_WITHOUT_PBX_MS;
        return vouched && askedS > 0 ? [{ phone, contact }] : [];
      });
      if (!pbx.localCallsWithoutIt || all || kept.length === 0 || kept.length < contacts.length) return retryLater;
      const expiresAt = now + REGISTRATION_WITHOUT_PBX_S * 1000 + REGISTRATION_SLACK_MS;
      for (const { phone } of kept) phones.set({ ...phone, flow, cseq, expiresAt });
      const lines = kept.map(({ contact }) => {
        const params = new Map(contact.params).set('expires', String(REGISTRATION_WITHOUT_PBX_S));
        return ['Contact', formatNameAddr({ ...contact, params })] as const;
      });
      return { status: 200, headers: lines };
    },
  };
}
