/** A call and its legs as the main thread holds them: numbers and what to do when the worker reports. */
import type { DtlsFailure, MediaCall, MediaLeg } from '../door.ts';
import type { PressedAs } from '../tones/presses.ts';
import type { Speak } from './speak.ts';

export interface CallPart {
  readonly call: MediaCall;
  dtmf(leg: number, digit: string, durationMs: number, how: PressedAs): void;
  silent(leg: number, silence: 'initial' | 'general'): void;
  unkeyed(leg: number, why: DtlsFailure): void;
  lost(): void;
}

export function mediaCall(
  number: number,
  fingerprint: string,
  urgent: boolean,
  { tell, ask, pack }: Speak,
  onClosed: () => void,
): CallPart {
  const legs = new Map<number, MediaLeg>();
  const numbers = new Map<MediaLeg, number>();
  let lastLeg = 0;

  const openLeg = async (address?: string): Promise<MediaLeg> => {
    const leg = ++lastLeg;
    const { rtpPort, rtcpPort } = await ask('leg', {
      op: 'openLeg',
      call: number,
      leg,
      address: address ?? null,
      urgent,
    });
    const opened: MediaLeg = {
      rtpPort,
      rtcpPort,
      fingerprint,
      configure: (generation) => tell({ op: 'configure', call: number, leg, generation }),
      play: async (prompt) => (await ask('played', { op: 'play', call: number, leg, prompt: pack(prompt) })).outcome,
      streams: async () => (await ask('streams', { op: 'streams', call: number, leg })).streams,
      stopPlaying: () => tell({ op: 'stopPlaying', call: number, leg }),
      close() {
        legs.delete(leg);
        numbers.delete(opened);
        tell({ op: 'closeLeg', call: number, leg });
      },
      listenForTones: (on) => tell({ op: 'listenForTones', call: number, leg, on }),
      relayDigits: (on) => tell({ op: 'relayDigits', call: number, leg, on }),
      onDtmf: () => {},
    };
    legs.set(leg, opened);
    numbers.set(opened, leg);
    return opened;
  };

  const call: MediaCall = {
    openLeg,
    join(a, b) {
      const [first, second] = [numbers.get(a), numbers.get(b)];
      // A leg of another call cannot be joined: legs live in the worker of their call.
      if (first !== undefined && second !== undefined) tell({ op: 'join', call: number, a: first, b: second });
    },
    unjoin: () => tell({ op: 'unjoin', call: number }),
    record: (recording) => tell({ op: 'record', call: number, recording }),
    pauseRecording: () => tell({ op: 'pauseRecording', call: number, on: true }),
    resumeRecording: () => tell({ op: 'pauseRecording', call: number, on: false }),
    stopRecording: async () => (await ask('recorded', { op: 'stopRecording', call: number })).totals,
    async close() {
      onClosed();
      return (await ask('closed', { op: 'closeCall', call: number })).stats;
    },
    onTimeout: () => {},
    onUnkeyed: () => {},
    onLost: () => {},
  };

  return {
    call,
    dtmf: (leg, digit, durationMs, how) => legs.get(leg)?.onDtmf(digit, durationMs, how),
    silent(leg, silence) {
      const silent = legs.get(leg);
      if (silent) call.onTimeout(silent, silence);
    },
    unkeyed(leg, why) {
      const unkeyed = legs.get(leg);
      if (unkeyed) call.onUnkeyed(unkeyed, why);
    },
    lost: () => call.onLost(),
  };
}
