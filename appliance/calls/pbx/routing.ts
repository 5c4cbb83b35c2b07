/** Calls between phones and the PBX: phone to PBX with the PBX's own challenge, PBX to phone by the token that it knows the phone by. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Pbx } from '../../lines/pbx.ts';
import type { IncomingCall } from '../../sip/dialog/incoming-call.ts';
import type { InviteWatch } from '../../sip/dialog/outgoing-call.ts';
import { formatReplaces } from '../../sip/dialog/replaces.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import { formatNameAddr, parseNameAddr } from '../../sip/message/name-addr.ts';
import { ANONYMOUS, ANONYMOUS_FROM, withholds } from '../../sip/message/privacy.ts';
import { formatUri, parseUri } from '../../sip/message/uri.ts';
import type { ResponseDraft } from '../../sip/message/write.ts';
import { type Door, isOurs } from '../../sip/proxy/routes.ts';
import type { Flow, Target } from '../../sip/transport/flow.ts';
import { FIRST_WORD_MS } from '../limits.ts';
import { withoutPrefix } from '../numbers.ts';
import type { Keying } from '../party.ts';
import type { PeerHealth } from '../peer-health.ts';
import { userOf } from '../phones/authenticate.ts';
import { Keyings } from '../phones/keyings.ts';
import type { Outside } from '../phones/phones.ts';
import type { Branch, MediaTerms, Routed, Stage } from '../route.ts';
import { type PassRefer, type SessionOf, throughBox } from '../transfer/pass-refer.ts';
import type { Twins } from '../twins.ts';
import { callerOf, firstCalled, sessionId, sessionIds, toPbx, toPhone, withoutTag } from './headers.ts';
import { passedRefers } from './passed.ts';
import type { PbxPeer } from './peer.ts';
import type { PbxPhone, PbxPhones } from './phones.ts';
import { phoneMayBePlain, retryLater } from './register.ts';
import { addressee, refuseStranger, speaker } from './relay.ts';

export interface PbxRoutingParts {
  readonly pbx: Pbx;
  readonly peer: PbxPeer;
  readonly phones: PbxPhones;
  readonly health: PeerHealth;
  readonly doors: readonly Door[];
  readonly twins: Twins;
  /** The user agent's. */
  readonly sessionOf: SessionOf;
  /** The way out of the box's own, for calls for help that the PBX does not take. */
  readonly outside: Outside;
  /** Dialled before a number: the call is not recorded. Null: without policy there is none. */
  readonly privatePrefix: () => string | null;
  readonly clock: Clock;
  readonly counters: Counters;
}

export interface PbxRouting {
  /** Whether a call is the PBX's or for it. */
  claims(invite: SipRequest, flow: Flow): boolean;
  /** What a caller is told whom the PBX has not registered, before anything is begun; null: `route` has the word. */
  refusal(invite: SipRequest, flow: Flow): ResponseDraft | null;
  route(incoming: IncomingCall): Routed | Promise<Routed>;
  /** How the last call of a user's phone was keyed, as its offer showed; null: none has been seen. */
  keyingOf(user: string): Keying | null;
}

const THROUGH_PBX = { via: 'pbx', trunk: null, queue: null } as const;

/** As a phone is told who calls: a From without tag, and the user part of our Contact. */
function shownOf(invite: SipRequest): Pick<Branch, 'from' | 'contactUser'> {
  const from = invite.headers.get('From')!;
  if (withholds(invite)) return { from: ANONYMOUS_FROM, contactUser: ANONYMOUS };
  return { from: withoutTag(from), contactUser: userOf(from) ?? ANONYMOUS };
}

/** What a phone dialled, as the PBX shall see it: it knows nothing of the prefix that makes a call private. */
interface Dialled {
  readonly called: string;
  readonly uri: string;
  /** A To without tag. */
  readonly to: string;
  readonly isPrivate: boolean;
}

function dialledIn({ uri, headers }: SipRequest, prefix: string | null): Dialled {
  const to = withoutTag(headers.get('To')!);
  const dialled = parseUri(uri);
  const target = withoutPrefix(dialled, prefix);
  if (!target || target === dialled) return { called: dialled?.user ?? '', uri, to, isPrivate: false };
  const named = parseNameAddr(to);
  const whom = withoutPrefix(parseUri(named?.uri ?? ''), prefix);
  return {
    called: target.user ?? '',
    uri: formatUri(target),
    to: named && whom ? formatNameAddr({ ...named, uri: formatUri(whom) }) : to,
    isPrivate: true,
  };
}

export function pbxRouting({
  pbx,
  peer,
  phones,
  health,
  doors,
  twins,
  sessionOf,
  outside,
  privatePrefix,
  clock,
  counters,
}: PbxRoutingParts): PbxRouting {
  const passed = passedRefers(clock);
  /** In a phone's words the box is who it talks to; for everybody else that is somebody at the PBX. */
  const passesRefer: PassRefer = {
    uriOf: ({ target }) =>
      formatUri(isOurs(target, doors) ? { ...target, host: pbx.domain, port: null, params: new Map() } : target),
    sessionOf,
    asked: (one) => passed.add(one),
  };
  const replaced = ({ replaces }: IncomingCall): [string, string][] =>
    replaces ? [['Replaces', formatReplaces(throughBox(replaces, sessionOf))]] : [];

  const keyings = new Keyings();
  const termsOf = (user: string, { secure, remote }: Flow, emergency = false): MediaTerms => {
    const mayBePlain = emergency || phoneMayBePlain(pbx, user, clock.now());
    return {
      keying: keyings.for(user, { secure, mayBePlain }),
      mayBePlain,
      inClear: !secure && !emergency,
      signalsFrom: remote.address,
      onKeying: (keying) => keyings.saw(user, keying),
    };
  };
  const mayRing = ({ flow, user }: PbxPhone) => flow.secure || phoneMayBePlain(pbx, user, clock.now());

  const branchTo = ({ contact, flow, user }: PbxPhone, incoming: IncomingCall): Branch => ({
    requestUri: contact,
    destination: flow,
    ...shownOf(incoming.invite),
    to: withoutTag(incoming.invite.headers.get('To')!),
    headers: [...toPhone(incoming.invite), ...replaced(incoming)],
    media: termsOf(user, flow),
  });

  const fromPbx = (incoming: IncomingCall): Routed => {
    const { invite, flow } = incoming;
    const found = addressee(invite, { phones, doors });
    if (!found || !mayRing(found.phone)) return { ok: false, refusal: { status: 480 } };
    const { phone } = found;
    const caller = callerOf(invite);
    const inside = caller?.user && peer.names(caller.host) && phones.of(caller.user).length > 0 ? caller.user : null;
    const first = twins.find({ names: sessionIds(invite), offer: incoming.sdp, user: inside });
    const referrer = userOf(invite.headers.get('Referred-By'));
    const origins = passed.find(
      phone.user,
      ({ asked, remaining, transferor }) =>
        peer.is(asked) && (remaining === caller?.user || (referrer !== null && referrer === transferor)),
    );
    // A call that went out from a phone of ours is of this house, also when its caller is withheld.
    const fromOutside = inside === null && first === null;
    const called = fromOutside ? firstCalled(invite) : null;
    const route = {
      from: caller?.user ?? ANONYMOUS,
      to: phone.user,
      direction: fromOutside ? ('inbound' as const) : ('internal' as const),
      way: { ...THROUGH_PBX, queue: called === phone.user ? null : called },
      caller: peer.media(flow),
      stages: [{ branches: [branchTo(phone, incoming)], next: 'failed' as const }],
      refusals: 'as they came' as const,
      // Whoever called wanted it so of these words, not of one of the calls that carry them.
      ...(first?.isPrivate ? { isPrivate: true as const } : {}),
      passesRefer,
      twin: { second: () => (first ? first.elsewhere() : inside && twins.perhaps(inside)) || null },
      origins: first ? [...origins, first.origin] : origins,
    };
    return { ok: true, route };
  };

  /** An INVITE that the PBX leaves unanswered says as much as an OPTIONS. */
  const watching = (target: Target): InviteWatch => ({
    tried() {},
    failed({ why }) {
      if (why !== 'timeout' && why !== 'transport') return;
      peer.failed(target);
      health.doubt();
    },
    answered() {},
    over() {},
  });

  /** The PBX first; the phones that it registered when it does not answer, if the site wants that. */
  const stagesTo = (dialled: Dialled, phone: PbxPhone, incoming: IncomingCall, twin: string): Stage[] => {
    const { invite } = incoming;
    const { called } = dialled;
    const destination = health.up ? peer.target() : null;
    const stages: Stage[] = [];
    if (destination) {
      const branch: Branch = {
        requestUri: dialled.uri,
        destination,
        from: withoutTag(invite.headers.get('From')!),
        to: dialled.to,
        contactUser: phone.token,
        way: THROUGH_PBX,
        headers: [...toPbx(invite), ...replaced(incoming), sessionId(twin)],
        media: peer.media(destination),
        firstResponseMs: FIRST_WORD_MS,
        watch: watching(destination),
      };
      stages.push({ branches: [branch], next: 'unreachable' });
    }
    const local = pbx.localCallsWithoutIt
      ? phones.of(called).filter((one) => one.flow.id !== phone.flow.id && mayRing(one))
      : [];
    if (local.length > 0) {
      stages.push({ branches: local.map((one) => ({ ...branchTo(one, incoming), to: dialled.to })), next: 'failed' });
    }
    return stages;
  };

  /** Servers of the box's own trunks that a call for help goes to when the PBX is gone. */
  const helpFor = async (called: string, phone: PbxPhone, caller: MediaTerms, incoming: IncomingCall) => {
    const routed = await outside.call({ as: { from: phone.user, caller }, dialled: called, incoming, history: null });
    return routed.ok ? routed.route.stages : [];
  };

  const fromPhone = async (incoming: IncomingCall): Promise<Routed> => {
    const { invite, flow } = incoming;
    const phone = speaker(invite, phones.on(flow));
    if (!phone) return { ok: false, refusal: refuseStranger(counters) };
    const dialled = dialledIn(invite, privatePrefix());
    const { called } = dialled;
    if (called === '') return { ok: false, refusal: { status: 404 } };
    const twin = twins.name();
    const emergency = outside.isEmergency(called);
    const caller = termsOf(phone.user, flow, emergency);
    const help = emergency ? await helpFor(called, phone, caller, incoming) : [];
    const stages = [...stagesTo(dialled, phone, incoming, twin), ...help];
    if (stages.length === 0) return { ok: false, refusal: retryLater };
    const route = {
      from: phone.user,
      to: called,
      direction: phones.of(called).length > 0 ? ('internal' as const) : ('outbound' as const),
      ...(emergency ? { emergency: true as const } : {}),
      ...(dialled.isPrivate ? { isPrivate: true as const } : {}),
      caller,
      stages,
      refusals: 'as they came' as const,
      passesRefer,
      twin: { first: (call: string) => twins.first(twin, call, phone.user, dialled.isPrivate) },
      origins: passed.find(called, ({ asked }) => asked.id === flow.id),
    };
    return { ok: true, route };
  };

  return {
    keyingOf: (user) => keyings.last(user),
    claims: (invite, flow) => peer.is(flow) || phones.on(flow).length > 0 || parseUri(invite.uri)?.host === pbx.domain,
    refusal: (invite, flow) => (peer.is(flow) || speaker(invite, phones.on(flow)) ? null : refuseStranger(counters)),
    route: (incoming) => (peer.is(incoming.flow) ? fromPbx(incoming) : fromPhone(incoming)),
  };
}
