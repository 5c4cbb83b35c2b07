/** The dialogs of one recording session: what a source says in them later, and their end. */
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import { Problem } from '@belkluis/shared/base/problem';
import type { Session } from '../../sip/dialog/session.ts';
import type { Reoffer } from '../../sip/dialog/their-offers.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import { attempt, metadataIn } from './body.ts';
import { MAX_STREAMS, PROBE_MS } from './limits.ts';
import type { RecordingSession } from './recording-session.ts';
import { type Snapshots, snapshots } from './snapshot.ts';
import type { SourceDialog } from './source-dialog.ts';
import { type Protection, readStreams } from './streams.ts';

const BAD_METADATA = 'Bad Recording Metadata';
const CANNOT_GO_ON = 'SIP;cause=503;text="The recording cannot go on"';

/** Someone leaves: `status` is what was told them. A second call does nothing. */
export type Leave = (status: number) => void;

export interface Served {
  readonly session: RecordingSession;
  /** One more INVITE belongs to it. With the last that leaves it is over. */
  enter(): Leave;
  /** `invite` has been answered. */
  dialogue(invite: SipRequest, session: Session, dialog: SourceDialog, leave: Leave): void;
  /** Ends every dialog for a reason that the source may show. */
  hangUp(reason: string): void;
  /** Whether it was a recording of this one that can take no more. */
  recorderLost(recording: string): boolean;
}

export interface ServeOptions {
  readonly clock: Clock;
  readonly protectionOf: (secure: boolean) => Protection;
  readonly session: (events: { readonly onSilence: () => void; readonly onMediaLost: () => void }) => RecordingSession;
  /** Called once, when nobody is left in it. */
  readonly over: () => void;
}

export function serveSession({ clock, protectionOf, session: make, over }: ServeOptions): Served {
  const dialogs = new Set<Session>();
  let inside = 0;
  /** Nothing was heard on some stream for long: from then on it is asked whether the source still stands. */
  let silent = false;
  let doomed: string | null = null;

  const recording = make({
    onSilence: () => {
      silent = true;
    },
    onMediaLost: () => served.hangUp('SIP;cause=500;text="Media failed"'),
  });

  /** What the source has told, taken in; a status when it cannot be. */
  const learn = (request: SipRequest, ask: Snapshots): number | 'nothing' | 'something' => {
    const metadata = metadataIn(request);
    if (metadata === null) return 'nothing';
    const problem = metadata instanceof Problem ? metadata : attempt(() => recording.learn(metadata));
    if (problem instanceof Problem) {
      ask.ask('What was told could not be read');
      return 400;
    }
    if (!(metadata instanceof Problem) && metadata.datamode === 'complete') ask.told();
    else if (recording.isUnnamed) ask.ask('Of some streams nobody is named');
    return 'something';
  };

  const say = async (session: Session, dialog: SourceDialog): Promise<void> => {
    const result = await session.reinvite(dialog.description());
    if (result.ok && result.sdp) dialog.takeAnswer(result.sdp, protectionOf(session.flow.secure));
  };

  const reoffered = async (session: Session, dialog: SourceDialog, reoffer: Reoffer, ask: Snapshots): Promise<void> => {
    const { sdp, request } = reoffer;
    const offer = sdp && readStreams(sdp, protectionOf(session.flow.secure));
    if (offer && 'status' in offer) return reoffer.reject(offer.status, offer.reason);
    if (offer && offer.streams.length > MAX_STREAMS) return reoffer.reject(488, `More than ${MAX_STREAMS} Streams`);
    if (learn(request, ask) === 400) return reoffer.reject(400, BAD_METADATA);
    // A pause counts from now on, however long the rest takes.
    if (offer) dialog.quieten(offer);
    const places = offer ? await recording.lay(dialog.newIn(offer)) : new Map();
    const outcome = await recording.follow();
    if (offer) dialog.take(offer, places);
    reoffer.accept(dialog.description());
    if (outcome === 'unable') served.hangUp(CANNOT_GO_ON);
  };

  const updated = async (session: Session, dialog: SourceDialog): Promise<void> => {
    const outcome = await recording.follow();
    if (outcome === 'unable') return served.hangUp(CANNOT_GO_ON);
    dialog.configure();
    if (dialog.outdated) await say(session, dialog);
  };

  const served: Served = {
    session: recording,
    enter() {
      inside++;
      let left = false;
      return (status) => {
        if (left) return;
        left = true;
        if (--inside > 0) return;
        over();
        void recording.end(status);
      };
    },
    dialogue(invite, session, dialog, leave) {
      const ask = snapshots(session, invite);
      let stop: Cancel = () => {};
      const watch = () => {
        stop = clock.after(PROBE_MS, () => {
          if (silent || dialog.quiet) void say(session, dialog);
          watch();
        });
      };
      watch();
      dialogs.add(session);
      session.onReinvite = (reoffer) =>
        void reoffered(session, dialog, reoffer, ask).catch(() => reoffer.reject(500, 'Cannot Be Recorded'));
      session.onUpdate = (request) => {
        const learned = learn(request, ask);
        if (learned === 'something') void updated(session, dialog).catch(() => served.hangUp(CANNOT_GO_ON));
        return typeof learned === 'number' ? learned : 200;
      };
      const answered = (sdp: Buffer | null) => {
        if (sdp) dialog.takeAnswer(sdp, protectionOf(session.flow.secure));
      };
      session.onAck = answered;
      session.onAnswer = answered;
      session.onEnded = () => {
        stop();
        dialogs.delete(session);
        leave(200);
      };
      if (doomed !== null) session.bye(doomed);
    },
    hangUp(reason) {
      doomed = reason;
      for (const session of dialogs) session.bye(reason);
    },
    recorderLost(id) {
      const track = recording.tracks.find((one) => one.recording === id);
      if (!track) return false;
      void track.lost();
      served.hangUp(CANNOT_GO_ON);
      return true;
    },
  };
  return served;
}
