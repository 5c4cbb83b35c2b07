/** Replaces (RFC 3891): an INVITE that takes the place of a dialog which stands, and the rules by which it may. Pure. */
import { parseParams } from '../message/text.ts';
import { type DialogId, dialogKey } from './dialog.ts';
import type { OutgoingCall } from './outgoing-call.ts';
import type { Session } from './session.ts';

/** A dialog as the one who is asked to give it up knows it: `toTag` is our own tag, `fromTag` that of our peer. */
export interface Replaces {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
  /** Only while it is not answered yet. */
  readonly earlyOnly: boolean;
}

/** What a dialog is at this moment. */
export type Standing =
  | { readonly at: 'confirmed'; readonly session: Session }
  /** Our INVITE, not answered yet. */
  | { readonly at: 'early'; readonly call: OutgoingCall }
  /** The peer's INVITE, not answered yet. */
  | { readonly at: 'ringing' }
  | { readonly at: 'ended' };

/** What an INVITE with Replaces may take over (by BYE of the session, or by `cancel` of the call), or how it is refused. */
export type Replaced =
  | { readonly at: 'confirmed'; readonly session: Session }
  | { readonly at: 'early'; readonly call: OutgoingCall }
  | { readonly at: 'nowhere'; readonly status: 481 | 486 | 603 };

/** Null when malformed (6.1): a Call-ID and exactly one tag of each kind. */
export function parseReplaces(text: string): Replaces | null {
  // A Call-ID may hold quotes that open no string.
  const [callId = '', ...rest] = text.split(';').map((part) => part.trim());
  const names = rest.map((part) => part.split('=')[0]!.trim().toLowerCase());
  const params = parseParams(rest);
  const toTag = params?.get('to-tag');
  const fromTag = params?.get('from-tag');
  if (!/^[^\s;,]+$/.test(callId) || !params || !toTag || !fromTag || new Set(names).size < names.length) return null;
  return { callId, toTag, fromTag, earlyOnly: params.has('early-only') };
}

export const formatReplaces = ({ callId, toTag, fromTag, earlyOnly }: Replaces): string =>
  `${callId};to-tag=${toTag || '0'};from-tag=${fromTag || '0'}${earlyOnly ? ';early-only' : ''}`;

/** What the peer of a dialog of ours has to be told, so that it knows which one is meant. */
export const replacesOf = ({ callId, localTag, remoteTag }: DialogId): Replaces => ({
  callId,
  toTag: remoteTag,
  fromTag: localTag,
  earlyOnly: false,
});

/** Keys under which the dialog may be found: a tag of zero also stands for none (3). */
export function replacedKeys({ callId, toTag, fromTag }: Replaces): readonly string[] {
  const key = dialogKey(callId, toTag, fromTag);
  return fromTag === '0' ? [key, dialogKey(callId, toTag, '')] : [key];
}

/** Section 3: who may be replaced, and what the others are answered. */
export function replaced(standing: Standing | undefined, { earlyOnly }: Replaces): Replaced {
  switch (standing?.at) {
    case 'confirmed':
      return earlyOnly ? { at: 'nowhere', status: 486 } : standing;
    case 'early':
      return standing;
    case 'ended':
      return { at: 'nowhere', status: 603 };
    // An early dialog that we did not begin cannot be taken over, and what nobody knows neither.
    default:
      return { at: 'nowhere', status: 481 };
  }
}
