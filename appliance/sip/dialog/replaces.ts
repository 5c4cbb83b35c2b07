/** Replaces (RFC 3891): the dialog whose place an INVITE takes, as it is written. Pure. */
import { parseParams } from '../message/text.ts';
import { type DialogId, dialogKey } from './dialog.ts';

/** A dialog as the one who is asked to give it up knows it: `toTag` is our own tag, `fromTag` that of our peer. */
export interface Replaces {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
  /** Only while it is not answered yet. */
  readonly earlyOnly: boolean;
}

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
