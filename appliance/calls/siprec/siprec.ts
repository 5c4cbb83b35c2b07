/**
 * The session recording server (RFC 7866): SBCs and PBXs send copies of calls that go on elsewhere. The box cannot speak to anybody in them,
 * so that it records only what its source announces (shared/policy, `announcement.by`). RFC 7866 6.2 has `a=record` and `a=recordpref` between
 * the source and the parties; a server has no such word of its own, and the way to decline is `a=inactive` or no session at all.
 */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Log } from '@belkluis/shared/base/log';
import { Problem } from '@belkluis/shared/base/problem';
import type { CallToDecide } from '@belkluis/shared/policy/decide';
import type { Siprec, SiprecSource } from '../../lines/siprec.ts';
import type { MediaDoor } from '../../media/door.ts';
import type { IncomingCall } from '../../sip/dialog/incoming-call.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import { parseNameAddr } from '../../sip/message/name-addr.ts';
import { ANONYMOUS, withholds } from '../../sip/message/privacy.ts';
import type { ResponseDraft } from '../../sip/message/write.ts';
import type { Flow } from '../../sip/transport/flow.ts';
import type { Decided } from '../decided.ts';
import type { CallFacts, Recorder } from '../recorder.ts';
import { metadataIn } from './body.ts';
import { type Direction, directionOf } from './built-in-bridge.ts';
import { MAX_STREAMS, RETRY_AFTER_S } from './limits.ts';
import type { MetadataUpdate } from './metadata/model.ts';
import { partyOf, UNKNOWN_PARTY } from './metadata/parties.ts';
import { type PasswordParts, passwords } from './password.ts';
import { type Named, RecordingSession } from './recording-session.ts';
import { type Served, serveSession } from './serve.ts';
import { SourceDialog } from './source-dialog.ts';
import { comesUnmarked, isMarked, plainUntilOf, sourceOf } from './sources.ts';
import { type Offer, type Protection, readStreams } from './streams.ts';
import type { Track } from './track.ts';
import { recordsOf } from './turned-away.ts';

export interface SiprecParts extends PasswordParts {
  /** Who may send copies now, and how many at once; null: nobody. */
  readonly lines: () => Siprec | null;
  readonly media: MediaDoor;
  readonly recorder: Recorder;
  /** The policy's word on a call, at the moment it starts. */
  readonly decide: (call: CallToDecide) => Decided;
  /** Address that goes into our SDP. */
  readonly address: string;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly counters: Counters;
  readonly log: Log;
}

export interface SiprecServer {
  /** Whether a request asks for a recording session, welcome or not; others are calls. */
  handles(request: SipRequest, flow: Flow): boolean;
  /** What is said to whom may not ask, before anything is remembered of it; null: this is a source. */
  refusal(request: SipRequest, flow: Flow): ResponseDraft | null;
  /** Whether one of the sources speaks on this flow. */
  owns(flow: Flow): boolean;
  handle(incoming: IncomingCall): void;
  /** The calls that are copied to us now. */
  readonly calls: readonly { readonly facts: CallFacts; readonly recording: string | null }[];
  /** Whether it was one of ours that can take no more. */
  recorderLost(recording: string): boolean;
  /** Ends every session; its sources go elsewhere. */
  close(): void;
}

/** RFC 7866 10.1. */
const SRS_FEATURE = ';+sip.srs';

const NOT_A_SOURCE = { status: 403, reason: 'Not A Recording Source' } as const;

/** What an INVITE asks for, once it has been read. */
interface Asked {
  readonly source: SiprecSource;
  readonly protection: Protection;
  readonly metadata: MetadataUpdate | null;
  /** Null: the source wants our offer. */
  readonly offer: Offer | null;
  readonly bridged: Direction | null;
}

const named = (invite: SipRequest): Named => {
  const user = (name: string) => partyOf(parseNameAddr(invite.headers.get(name) ?? '')?.uri ?? UNKNOWN_PARTY);
  // Source and server: whose call it copies nobody says.
  return { caller: withholds(invite) ? ANONYMOUS : user('From'), callee: user('To'), told: null };
};

export function createSiprec(parts: SiprecParts): SiprecServer {
  const { lines, clock, chance, counters, log } = parts;
  const sources = () => lines()?.sources ?? [];
  const password = passwords(parts);
  const sessions = new Set<Served>();
  /** Sessions of built-in bridges by source and call, for their second INVITE. */
  const bridges = new Map<string, Served>();

  const namedBy = ({ bridged }: Asked, invite: SipRequest): Named =>
    bridged ? { ...bridged, told: 'parties' } : named(invite);

  /** The record that lost-call detection looks for: nothing else tells of a call that was never taken. */
  const note = (asked: Asked, invite: SipRequest, status: number) => {
    const { metadata, offer, source } = asked;
    const lines = offer?.streams.map(({ audio: { index, label } }) => ({ index, label })) ?? [
      { index: 0, label: null },
    ];
    const turned = { lines, metadata, named: namedBy(asked, invite), usualDirection: source.direction, status };
    for (const record of recordsOf(parts, turned)) parts.recorder.callEnded(record);
  };

  /** There is no room: 503 sends a source to the next server of its list (RFC 3261 21.5.4), 302 to the one that it is told of. */
  const shed = (incoming: IncomingCall, why: string): number => {
    counters.add(`siprec.shed.${why}`);
    const alternative = lines()?.alternative;
    if (alternative !== undefined) incoming.reject(302, undefined, [['Contact', `<${alternative}>`]]);
    else incoming.reject(503, undefined, [['Retry-After', String(RETRY_AFTER_S)]]);
    return alternative === undefined ? 503 : 302;
  };

  const protectionOf = (source: SiprecSource, secure: boolean): Protection => ({
    plain: plainUntilOf(source) > clock.now(),
    secure,
  });

  /** Reads an INVITE, or refuses it. */
  const read = (incoming: IncomingCall): Asked | null => {
    const { invite, flow, sdp } = incoming;
    const refuse = (counter: string, status: number, reason: string): null => {
      counters.add(`siprec.refused.${counter}`);
      incoming.reject(status, reason);
      return null;
    };
    const source = sourceOf(sources(), flow, clock.now());
    if (typeof source === 'string') return refuse(source, NOT_A_SOURCE.status, NOT_A_SOURCE.reason);
    const challenge = password.proved(source, invite, flow);
    if (challenge) {
      counters.add('siprec.refused.password');
      incoming.reject(challenge.status, challenge.reason, challenge.headers);
      return null;
    }
    const metadata = metadataIn(invite);
    if (metadata instanceof Problem) return refuse(metadata.code, 400, 'Bad Recording Metadata');
    const protection = protectionOf(source, flow.secure);
    const offer = sdp && readStreams(sdp, protection);
    if (offer && 'status' in offer) return refuse('offer', offer.status, offer.reason);
    if (offer && offer.streams.length === 0) return refuse('offer', 488, 'No Audio Offered');
    if (offer && offer.streams.length > MAX_STREAMS) return refuse('offer', 488, `More than ${MAX_STREAMS} Streams`);
    return { source, protection, metadata, offer, bridged: metadata ? null : directionOf(invite) };
  };

  const begin = (asked: Asked, invite: SipRequest): Served => {
    const { bridged, source } = asked;
    const key = bridged && `${source.id} ${bridged.call}`;
    const standing = key === null ? undefined : bridges.get(key);
    if (standing) return standing;
    const served = serveSession({
      clock,
      protectionOf: (secure) => protectionOf(source, secure),
      session: (events) =>
        new RecordingSession({ ...parts, ...events, named: namedBy(asked, invite), usualDirection: source.direction }),
      over: () => {
        sessions.delete(served);
        if (key !== null && bridges.get(key) === served) bridges.delete(key);
      },
    });
    sessions.add(served);
    if (key !== null) bridges.set(key, served);
    return served;
  };

  const start = async (incoming: IncomingCall, asked: Asked): Promise<void> => {
    const { metadata, offer, bridged, protection } = asked;
    const served = begin(asked, incoming.invite);
    const leave = served.enter();
    let gaveUp = false;
    incoming.onCancelled = () => {
      gaveUp = true;
      leave(487);
    };
    try {
      if (metadata) served.session.learn(metadata);
      const dialog = new SourceDialog({ address: parts.address, signalsFrom: incoming.flow.remote.address, chance });
      if (offer) {
        const streams = dialog.newIn(offer);
        const [first] = streams;
        const places =
          bridged && first
            ? new Map([[first.index, await served.session.layVoice(bridged.voice)]])
            : await served.session.lay(streams);
        dialog.take(offer, places);
      } else {
        const place = bridged
          ? await served.session.layVoice(bridged.voice)
          : (await served.session.lay([{ index: 0, label: null }])).get(0)!;
        dialog.offerTo(place, protection);
      }
      const outcome = await served.session.follow();
      if (gaveUp) return;
      if (outcome === 'unable') {
        return leave(shed(incoming, 'recorder'));
      }
      dialog.configure();
      served.dialogue(incoming.invite, incoming.accept(dialog.description(), [], SRS_FEATURE), dialog, leave);
      counters.add('siprec.sessions');
    } catch (error) {
      if (!gaveUp) leave(500);
      throw error;
    }
  };

  return {
    handles: (request, flow) => request.method === 'INVITE' && (isMarked(request) || comesUnmarked(sources(), flow)),
    owns: (flow) => typeof sourceOf(sources(), flow, clock.now()) !== 'string',
    refusal(request, flow) {
      const source = sourceOf(sources(), flow, clock.now());
      if (typeof source !== 'string') return password.presented(source, request, flow);
      counters.add(`siprec.refused.${source}`);
      return NOT_A_SOURCE;
    },
    handle(incoming) {
      const asked = read(incoming);
      if (!asked) return;
      if (sessions.size >= (lines()?.maxSessions ?? 0)) {
        return note(asked, incoming.invite, shed(incoming, 'sessions'));
      }
      void start(incoming, asked).catch((error: Error & { code?: string }) => {
        log('recording_session_not_started', { why: error.code ?? error.name });
        // One direction of a bridge whose other one stands is of a call that has its record.
        const stands = asked.bridged !== null && bridges.has(`${asked.source.id} ${asked.bridged.call}`);
        if (error.code?.startsWith('media_') && stands) shed(incoming, 'media');
        else if (error.code?.startsWith('media_')) note(asked, incoming.invite, shed(incoming, 'media'));
        else incoming.reject(500);
      });
    },
    get calls() {
      const tracks: Track[] = [...sessions].flatMap(({ session }) => [...session.tracks]);
      return tracks.flatMap(({ facts, recording }) => (facts ? [{ facts, recording }] : []));
    },
    recorderLost: (recording) => [...sessions].some((served) => served.recorderLost(recording)),
    close() {
      for (const served of sessions) served.hangUp('SIP;cause=503;text="The recorder is restarting"');
    },
  };
}
