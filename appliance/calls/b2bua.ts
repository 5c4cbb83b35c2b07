/** The back-to-back user agent (RFC 7092 3): an INVITE from a phone becomes a call to the phones of another account. */
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Log } from '@belkluis/shared/base/log';
import type { CallToDecide, Decision, RecordingTerms } from '@belkluis/shared/policy/decide';
import type { MediaCall, MediaDoor } from '../media/door.ts';
import type { IncomingCall } from '../sip/dialog/incoming-call.ts';
import { formatNameAddr, parseNameAddr } from '../sip/message/name-addr.ts';
import { formatUri, parseUri } from '../sip/message/uri.ts';
import type { Flow } from '../sip/transport/flow.ts';
import type { UserAgent } from '../sip/user-agent.ts';
import { type Account, type Accounts, mayBePlain } from './accounts.ts';
import type { Authenticate } from './authenticate.ts';
import type { Binding } from './bindings.ts';
import { type Announcement, type CallDecision, type LiveCall, type Ring, runCall } from './call.ts';
import { MAX_CALLS } from './limits.ts';
import { type OfferRefusal, Party, readOffer } from './party.ts';
import type { CallFacts, Recorder } from './recorder.ts';
import type { Registrar } from './registrar.ts';

export interface B2buaParts {
  readonly userAgent: UserAgent;
  readonly registrar: Registrar;
  readonly authenticate: Authenticate;
  readonly accounts: Accounts;
  readonly media: MediaDoor;
  readonly recorder: Recorder;
  /** The policy's word on a call, at the moment it starts. */
  readonly decide: (call: CallToDecide) => Decision;
  readonly announcementOf: (terms: RecordingTerms) => Announcement | null;
  readonly domain: string;
  /** Address that goes into our SDP. */
  readonly address: string;
  /** How long phones ring, ms. */
  readonly ringMs: number;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly counters: Counters;
  readonly log: Log;
}

export interface B2bua {
  /** For the user agent's `onInvite`. */
  handle(incoming: IncomingCall): void;
  readonly calls: readonly LiveCall[];
  /** Ends every call. */
  close(): void;
}

/** When a caller may try again after the box could not record, seconds (RFC 3261 20.33): room is made by people or by the next purge. */
const RETRY_AFTER_S = 300;

/** Whether the caller takes a session description at all (RFC 3261 13.2.1: Accept defaults to application/sdp). */
const takesSdp = ({ invite }: IncomingCall): boolean => {
  const accepted = invite.headers.all('Accept').map((type) => type.split(';')[0]!.trim().toLowerCase());
  return accepted.length === 0 || accepted.some((type) => ['application/sdp', 'application/*', '*/*'].includes(type));
};

/** A call whose phones are about to ring. */
interface Wanted {
  readonly from: Account;
  readonly to: Account;
  readonly facts: CallFacts;
  readonly bindings: readonly Binding<Flow>[];
  readonly mediaCall: MediaCall;
  /** The caller hung up while ports were being opened. */
  readonly gaveUp: () => boolean;
}

export function createB2bua(parts: B2buaParts): B2bua {
  const { userAgent, registrar, authenticate, accounts, media, recorder, domain, clock, chance, counters, log } = parts;
  const calls = new Map<string, LiveCall>();
  const byRecording = (recording: string) => [...calls.values()].find((call) => call.recording === recording);
  recorder.onLost = (recording) => byRecording(recording)?.recorderLost();

  /** The caller as the other side sees it: its name, and its number at our domain. */
  const identity = ({ invite }: IncomingCall, account: Account): string =>
    formatNameAddr({
      display: parseNameAddr(invite.headers.get('From')!)?.display ?? '',
      uri: formatUri({ scheme: 'sip', user: account.user, host: domain, port: null, params: new Map(), headers: '' }),
      params: new Map(),
    });

  const hopsLeft = ({ invite }: IncomingCall): string =>
    String(Math.max(0, Number(invite.headers.get('Max-Forwards') ?? 70) - 1));

  /** Phones that may be rung: on TLS, or with an exception that has not run out. */
  const reachable = (callee: Account): readonly Binding<Flow>[] =>
    registrar.lookup(callee.user).filter(({ route }) => route.secure || mayBePlain(callee, clock.now()));

  const start = async (incoming: IncomingCall, from: Account, to: Account) => {
    // What the caller may not say is refused whether or not somebody would hear it.
    const unusable = incoming.sdp && readOffer(incoming.sdp, mayBePlain(from, clock.now())).refusal;
    if (unusable) return incoming.reject(unusable.status, unusable.reason);
    const bindings = reachable(to);
    if (bindings.length === 0) return incoming.reject(480);
    const facts: CallFacts = {
      id: randomHex(chance, 16),
      from: from.user,
      to: to.user,
      direction: 'internal',
      startedAt: clock.now(),
    };
    let gaveUp = false;
    incoming.onCancelled = () => {
      gaveUp = true;
    };
    const mediaCall = await media.openCall();
    try {
      await ringAll(incoming, { from, to, facts, bindings, mediaCall, gaveUp: () => gaveUp });
    } catch (error) {
      await mediaCall.close();
      throw error;
    }
    return undefined;
  };

  /**
   * The policy's word on a call. What cannot be recorded is not announced either; null: its purpose demands a recording, so the call must
   * not be (design, invariant 9).
   */
  const decided = (facts: CallFacts): CallDecision | null => {
    const decision = parts.decide({ ...facts, at: facts.startedAt });
    const unable = decision.record ? recorder.unable() : null;
    if (!decision.record || unable === null) return decision;
    const { purpose, retention } = decision.terms;
    const { trafficDays } = retention;
    if (!purpose.mandatory) return { record: false, reason: unable, trafficDays };
    counters.add('calls.refused_unrecordable');
    const times = { answeredAt: null, endedAt: clock.now() };
    recorder.callEnded({ ...facts, ...times, status: 503, recording: null, notRecorded: unable, trafficDays });
    return null;
  };

  const ringAll = async (incoming: IncomingCall, wanted: Wanted) => {
    const { from, to, facts, bindings, mediaCall, gaveUp } = wanted;
    const partyOn = async (flow: Flow, account: Account) =>
      new Party({
        media: await mediaCall.openLeg(),
        address: parts.address,
        chance,
        plain: mayBePlain(account, clock.now()) && !flow.secure,
        mayBePlain: mayBePlain(account, clock.now()),
      });
    const abandon = async (refusal: OfferRefusal | null) => {
      if (refusal) incoming.reject(refusal.status, refusal.reason);
      await mediaCall.close();
    };
    const caller = await partyOn(incoming.flow, from);
    const phones = [];
    for (const binding of bindings) phones.push({ binding, party: await partyOn(binding.route, to) });
    if (gaveUp()) return abandon(null);
    const refusal = incoming.sdp ? caller.takeOffer(incoming.sdp) : null;
    if (refusal) return abandon(refusal);
    const ring: Ring = (binding, _party, offer) =>
      userAgent.invite({
        requestUri: binding.contact,
        destination: binding.route,
        from: identity(incoming, from),
        to: `<sip:${to.user}@${domain}>`,
        sdp: offer,
        contactUser: from.user,
        headers: [['Max-Forwards', hopsLeft(incoming)]],
      });
    const decision = decided(facts);
    if (!decision) {
      incoming.reject(503, 'Recording Mandatory But Not Possible', [['Retry-After', String(RETRY_AFTER_S)]]);
      return mediaCall.close();
    }
    const { announcementOf, ringMs } = parts;
    const call = { facts, incoming, media: mediaCall, caller, phones, ring, decision, announcementOf, ringMs };
    calls.set(
      facts.id,
      runCall({ ...call, recorder, clock, counters }, () => calls.delete(facts.id)),
    );
    counters.add('calls.started');
    return undefined;
  };

  return {
    handle(incoming) {
      const { invite, flow } = incoming;
      const refuse = (status: number, reason?: string) => incoming.reject(status, reason);
      if (!takesSdp(incoming)) return refuse(406);
      const known = authenticate(invite, flow);
      if (!known.ok) {
        const { status, reason, headers } = known.refusal;
        return incoming.reject(status, reason, headers);
      }
      if (calls.size >= MAX_CALLS) return incoming.reject(503, undefined, [['Retry-After', '10']]);
      const user = parseUri(invite.uri)?.user ?? null;
      const callee = user === null ? null : accounts.find(user);
      if (!callee) return refuse(404);
      return void start(incoming, known.account, callee).catch((error: Error & { code?: string }) => {
        log('call_not_started', { why: error.code ?? error.name });
        counters.add('calls.not_started');
        incoming.reject(500);
      });
    },
    get calls() {
      return [...calls.values()];
    },
    close() {
      for (const call of calls.values()) call.hangUp('SIP;cause=503;text="The box is restarting"');
    },
  };
}
