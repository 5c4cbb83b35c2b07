/** A transfer inside one call: carries out transfer.ts. The target comes by ringing, or out of another call of the transferor's. */
import type { MediaCall, Prompt } from '../../media/door.ts';
import type { Leg } from '../leg.ts';
import type { Party } from '../party.ts';
import { agreeWith, answerWithoutOther } from '../reoffer.ts';
import { beginTransfer, step, type TransferEffect, type TransferInput } from './transfer.ts';

/** Where the target comes from. */
export interface Target {
  readonly comes: 'ringing' | 'joining';
  /** Rings it, or watches over it; `on` hears `progress`, `answered`, `failed` and `target gone`. */
  start(on: (input: TransferInput) => void): void;
  /** After it has answered, or from the beginning. */
  readonly leg: Leg | null;
  /** Agrees with it about talking to `remaining`, within `media`. Null: done; else why not, as a status. */
  agree(remaining: Party, media: MediaCall): Promise<number | null>;
  /** It talks to the remaining party: nobody else has it any more. */
  taken(): void;
  /** Nobody here wants it. Whatever is under way is undone. */
  letGo(): void;
}

export interface TransferParts {
  readonly remaining: Leg;
  readonly transferor: Leg;
  readonly target: Target;
  readonly media: MediaCall;
  /** Null: silence. */
  readonly ringBack: Prompt | null;
  /** Whether the remaining party may talk to it. Null: it may; else why not, as a status. */
  readonly may: (target: Leg) => number | null;
  /** The remaining party and the transferor hear that they may not. */
  readonly sayWhy: () => void;
  /** The remaining party, who is alone, hears it too, and is let go then. */
  readonly letRemainingGo: () => void;
  readonly tell: (status: number) => void;
  readonly part: () => void;
  readonly talk: (target: Leg) => void;
  /** The transfer is over: with `talk` before it, or the old call goes on, or one is being let go, or nothing is left. */
  readonly over: (left: 'talking' | 'as before' | 'leaving' | 'nobody') => void;
}

export interface Transferring {
  /** A leg of the call has ended. */
  gone(leg: Leg): void;
}

export function transfer(parts: TransferParts): Transferring {
  const { remaining, transferor, target } = parts;
  let [state, ...first] = beginTransfer(target.comes);
  let ringingBack = false;
  const isOver = () => state.at === 'over';

  const on = (input: TransferInput) => {
    const [next, ...effects] = step(state, input);
    state = next;
    carryOutAll(effects);
  };
  const carryOutAll = (effects: readonly TransferEffect[]) => {
    for (const effect of effects) carryOut(effect);
    if (state.at !== 'over' || effects.length === 0) return;
    const did = (what: TransferEffect['do']) => effects.some((effect) => effect.do === what);
    if (did('talk')) parts.over('talking');
    else if (did('stay')) parts.over('as before');
    else parts.over(did('say why and hang up remaining') ? 'leaving' : 'nobody');
  };

  const carryOut = (effect: TransferEffect) => {
    switch (effect.do) {
      case 'ring':
        return target.start(on);
      case 'agree':
        if (target.comes === 'joining') target.start(on);
        return void agree().catch(() => on({ on: 'not agreed', status: 500 }));
      case 'tell':
        return parts.tell(effect.status);
      case 'part':
        answerWithoutOther(remaining);
        return parts.part();
      case 'play ring-back':
        ringingBack = parts.ringBack !== null;
        return void playRingBack();
      case 'talk':
        hush();
        target.taken();
        return parts.talk(target.leg!);
      case 'stop ringing':
      case 'let target go':
        return target.letGo();
      case 'say why':
        return parts.sayWhy();
      case 'say why and hang up remaining':
        hush();
        return parts.letRemainingGo();
      case 'stay':
        return undefined;
      case 'hang up transferor':
        return transferor.session.bye();
      case 'hang up remaining':
        hush();
        return remaining.session.bye('SIP;cause=480;text="Nobody answered the transfer"');
    }
  };

  const agree = async () => {
    const byTarget = await target.agree(remaining.party, parts.media);
    // Since it was asked for, the policy and what can be recorded may have become others.
    const forbidden = byTarget === null && !isOver() ? parts.may(target.leg!) : null;
    if (forbidden !== null) return on({ on: 'not allowed', status: forbidden });
    const refused = byTarget ?? (await withRemaining());
    return on(refused === null ? { on: 'agreed' } : { on: 'not agreed', status: refused });
  };
  const withRemaining = async (): Promise<number | null> => {
    if (isOver()) return 487;
    const refused = await agreeWith(remaining, target.leg!.party);
    // Meanwhile the target went: the remaining party and the transferor go on as they did.
    if (refused === null && isOver() && !remaining.session.ended && !transferor.session.ended)
      await agreeWith(remaining, transferor.party);
    return refused;
  };

  const playRingBack = async () => {
    while (ringingBack && parts.ringBack) {
      const played = await remaining.party.media.play(parts.ringBack).catch(() => 'stopped' as const);
      if (played !== 'ended') ringingBack = false;
    }
  };
  const hush = () => {
    if (!ringingBack) return;
    ringingBack = false;
    remaining.party.media.stopPlaying();
  };

  carryOutAll(first);
  return {
    gone(leg) {
      if (leg === remaining) on({ on: 'remaining gone' });
      else if (leg === transferor) on({ on: 'transferor gone' });
    },
  };
}
