/** The back-to-back user agent (RFC 7092 3): an INVITE becomes a call to wherever its route leads. */
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Log } from '@belkluis/shared/base/log';
import type { CallToDecide } from '@belkluis/shared/policy/decide';
import type { MediaCall, MediaDoor, Prompt } from '../media/door.ts';
import type { IncomingCall } from '../sip/dialog/incoming-call.ts';
import type { Replaces } from '../sip/dialog/replaces.ts';
import type { UserAgent } from '../sip/user-agent.ts';
import type { Manners } from './box-voice.ts';
import { type CallParts, runCall } from './call.ts';
import { type Decided, keptOf } from './decided.ts';
import { BUSY_RETRY_AFTER_S, EMERGENCY_CALLS, EMERGENCY_CALLS_PER_CALLER, MAX_CALLS } from './limits.ts';
import type { Found, LiveCall } from './live-call.ts';
import { Party, readOffer } from './party.ts';
import type { CallFacts, Recorder } from './recorder.ts';
import { refuseOffer } from './refuse.ts';
import type { Branch, MediaTerms, Route, Routing } from './route.ts';
import type { Steered } from './steering.ts';
import type { Origin, Transfer } from './transfer/origin.ts';
import { rungFor } from './transfer/pass-refer.ts';
import { type CallRefused, carriedOut, refuseUnrecordable } from './unrecordable.ts';
import { wayOf } from './way.ts';

export interface B2buaParts {
  readonly userAgent: UserAgent;
  readonly routing: Routing;
  readonly media: MediaDoor;
  readonly recorder: Recorder;
  /** The policy's word on a call, at the moment it starts. */
  readonly decide: (call: CallToDecide) => Decided;
  readonly manners: Manners;
  /** What a party hears that was transferred by somebody who has left, while it rings. Null: silence. */
  readonly ringBack: Prompt | null;
  /** Address that goes into our SDP. */
  readonly address: string;
  /** How long a call rings, ms. */
  readonly ringMs: number;
  /** Calls at once; fewer than MAX_CALLS for tests. */
  readonly maxCalls?: number;
  /** Told of each leg of a call by its Call-ID, the caller's first: for whoever traces signalling. */
  readonly onLeg?: (call: string, callId: string) => void;
  /** Told what a call came out of, when it begins. `call`: as in `onLeg`. */
  readonly onOrigins?: (call: string, origins: readonly Origin[]) => void;
  /** Told of each call that was refused because it must be recorded and cannot be, for the audit log. */
  readonly onRefused?: (refused: CallRefused) => void;
  /** Told what was asked of a recording while it went on, for the audit log. */
  readonly onSteered?: (steered: Steered) => void;
  /** Told of each transfer that was asked for, when it is known what became of it. `call`: as in `onLeg`. */
  readonly onTransfer?: (call: string, transfer: Transfer) => void;
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

/** Whether the caller takes a session description at all (RFC 3261 13.2.1: Accept defaults to application/sdp). */
const takesSdp = ({ invite }: IncomingCall): boolean => {
  const accepted = invite.headers.all('Accept').map((type) => type.split(';')[0]!.trim().toLowerCase());
  return accepted.length === 0 || accepted.some((type) => ['application/sdp', 'application/*', '*/*'].includes(type));
};

const hopsLeft = ({ invite }: IncomingCall): string =>
  String(Math.max(0, Number(invite.headers.get('Max-Forwards') ?? 70) - 1));

export function createB2bua(parts: B2buaParts): B2bua {
  const { userAgent, media, recorder, manners, clock, chance, counters, log } = parts;
  const { maxCalls = MAX_CALLS } = parts;
  const calls = new Set<LiveCall>();
  const emergencies = new Set<LiveCall>();
  const byRecording = (recording: string) => [...calls].find((call) => call.recording === recording);
  recorder.onLost = (recording) => byRecording(recording)?.recorderLost();

  /** Takes a call that has a route: policy, media, and everybody who is to ring. */
  const start = async (incoming: IncomingCall, route: Route, gaveUp: () => boolean) => {
    const { from, to, direction } = route;
    const origins = [...(route.origins ?? []), ...replacedBy(incoming)];
    const { way, waitsIn, stages } = route;
    const facts: CallFacts = {
      ...{ id: randomHex(chance, 16), from, to, direction, startedAt: clock.now(), origins },
      ...wayOf(way, stages.flatMap(({ branches }) => branches)[0]?.way),
      ...(waitsIn === undefined ? {} : { waitsIn }),
    };
    parts.onLeg?.(facts.id, incoming.invite.headers.get('Call-ID')!);
    if (origins.length > 0) parts.onOrigins?.(facts.id, origins);
    const mediaCall = await media.openCall(route.emergency);
    try {
      await run(incoming, route, facts, mediaCall, gaveUp);
    } catch (error) {
      await mediaCall.close();
      throw error;
    }
  };

  /** The policy's word on a call, as far as it can be carried out. What cannot be recorded is not announced either. */
  const decided = (facts: CallFacts, { emergency, isPrivate }: Pick<Route, 'emergency' | 'isPrivate'>) => {
    const carried = carriedOut(
      // For the policy a call is the box's own or a copy; trunk and queue say the rest.
      parts.decide({ ...facts, via: 'phone', at: facts.startedAt }),
      {
        unable: (terms) =>
          recorder.unable(terms.purpose.mandatory) ?? (manners.announcementOf(terms) ? null : 'announcement_missing'),
        isPrivate: isPrivate === true,
        emergency: emergency === true,
      },
    );
    if ('record' in carried) return carried;
    const { reason, status, purpose } = carried;
    counters.add('calls.refused_unrecordable');
    parts.onRefused?.({ call: facts.id, purpose: purpose.id, reason, status });
    const times = { answeredAt: null, endedAt: clock.now() };
    recorder.callEnded({
      ...facts,
      ...times,
      status,
      recording: null,
      notRecorded: reason,
      ...keptOf(carried.decision),
    });
    return carried;
  };

  /**
   * The call that a call takes the place of where others see to that. Its Replaces names one of our dialogs: then that leg goes. Or it is
   * named as its peer knows it: then the peer stays, and its other side goes.
   */
  const replacedBy = ({ replaces }: IncomingCall): readonly Origin[] => {
    if (!replaces) return [];
    const turned = { ...replaces, toTag: replaces.fromTag, fromTag: replaces.toTag };
    for (const [named, goes] of [
      [replaces, 'leg'],
      [turned, 'peer'],
    ] as const) {
      const found = userAgent.sessionOf({ ...named, earlyOnly: false });
      const call = found.at === 'nowhere' ? undefined : holding(found);
      if (found.at !== 'nowhere' && call) return [call.originOf(found, goes)];
    }
    return [];
  };

  const holding = (found: Found): LiveCall | undefined => [...calls].find((call) => call.has(found));

  const dialogOf: CallParts['dialogOf'] = (replaces, by) => {
    const found = userAgent.sessionOf(replaces);
    if (found.at === 'confirmed') return holding(found)?.handOver(found.session, by) ?? 481;
    return [...calls].some((call) => call.giveUp(replaces, by)) ? 'given up' : 481;
  };

  /** An INVITE with Replaces does not ring: it takes the place of a leg of its own principal's (RFC 3891 3). */
  const takeOver = (incoming: IncomingCall, replaces: Replaces, route: Route): void => {
    const found = userAgent.sessionOf(replaces);
    const call = found.at === 'nowhere' ? null : holding(found);
    if (found.at === 'nowhere' || !call) {
      incoming.reject(found.at === 'nowhere' ? found.status : 481);
      return;
    }
    counters.add('calls.replaces');
    parts.onLeg?.(call.facts.id, incoming.invite.headers.get('Call-ID')!);
    void call.replace(found, { incoming, route }).catch(() => incoming.reject(500));
  };

  const run = async (
    incoming: IncomingCall,
    route: Route,
    facts: CallFacts,
    mediaCall: MediaCall,
    gaveUp: () => boolean,
  ) => {
    const openParty = async (terms: MediaTerms) =>
      new Party({ media: await mediaCall.openLeg(terms.address), address: parts.address, chance, ...terms });
    const caller = await openParty(route.caller);
    if (gaveUp()) return mediaCall.close();
    const refusal = incoming.sdp ? caller.takeOffer(incoming.sdp) : null;
    if (refusal) {
      refuseOffer(incoming, refusal);
      return mediaCall.close();
    }
    const emergency = route.emergency === true;
    const decision = decided(facts, route);
    if (!('record' in decision)) {
      const sentence = manners.sentence(decision.says, decision.purpose);
      await refuseUnrecordable(decision, { incoming, caller, sentence });
      return mediaCall.close();
    }
    const invite = ({ headers, destination, media: _terms, ...to }: Branch, sdp: Buffer) => {
      const hops = ['Max-Forwards', hopsLeft(incoming)] as const;
      const outgoing = userAgent.invite({ ...to, destination, sdp, headers: [...headers, hops] });
      parts.onLeg?.(facts.id, outgoing.callId);
      rungFor(outgoing, incoming);
      return outgoing;
    };
    const { ringBack, ringMs } = parts;
    const call: LiveCall = runCall(
      {
        facts,
        incoming,
        media: mediaCall,
        caller,
        route,
        openParty,
        invite,
        decision,
        decide: (others) => decided(others, { ...(route.emergency && { emergency: true }) }),
        manners,
        recorder,
        onTransfer: (transfer) => parts.onTransfer?.(facts.id, transfer),
        onSteered: (steered) => parts.onSteered?.(steered),
        dialogOf,
        ringBack,
        ringMs,
        clock,
        chance,
        counters,
      },
      () => {
        calls.delete(call);
        emergencies.delete(call);
      },
    );
    calls.add(call);
    if (emergency) emergencies.add(call);
    counters.add('calls.started');
    return undefined;
  };

  /** Whether one more call can be. For a call for help there is room where there is none for others. */
  const hasRoom = ({ emergency, from }: Route): boolean => {
    if (calls.size < maxCalls) return true;
    if (!emergency || calls.size >= maxCalls + EMERGENCY_CALLS) return false;
    return [...emergencies].filter(({ facts }) => facts.from === from).length < EMERGENCY_CALLS_PER_CALLER;
  };

  const full = (incoming: IncomingCall): void => {
    counters.add('calls.no_room');
    incoming.reject(503, undefined, [['Retry-After', String(BUSY_RETRY_AFTER_S)]]);
  };

  const take = async (incoming: IncomingCall) => {
    let gone = false;
    incoming.onCancelled = () => {
      gone = true;
    };
    const routed = await parts.routing(incoming);
    if (gone) return;
    if (!routed.ok) {
      const { status, reason, headers } = routed.refusal;
      return incoming.reject(status, reason, headers);
    }
    const { route } = routed;
    // What the caller may not say is refused whether or not somebody would hear it.
    const unusable = incoming.sdp && readOffer(incoming.sdp, route.caller).refusal;
    if (unusable) return refuseOffer(incoming, unusable);
    if (incoming.replaces && !route.passesRefer) return takeOver(incoming, incoming.replaces, route);
    if (route.stages.every(({ branches }) => branches.length === 0)) return incoming.reject(480);
    // Only who may call is told how busy the box is.
    if (!hasRoom(route)) return full(incoming);
    await start(incoming, route, () => gone);
  };

  return {
    handle(incoming) {
      if (!takesSdp(incoming)) return incoming.reject(406);
      return void take(incoming).catch((error: Error & { code?: string }) => {
        log('call_not_started', { why: error.code ?? error.name });
        counters.add('calls.not_started');
        if (error.code === 'media_ports_exhausted') full(incoming);
        else incoming.reject(500);
      });
    },
    get calls() {
      return [...calls];
    },
    close() {
      for (const call of calls) call.hangUp('SIP;cause=503;text="The box is restarting"');
    },
  };
}
