/** Session timers on the wire (RFC 4028): what is asked, granted and agreed on, for one leg at a time. Pure. */
import { MAX_MIN_SE_S, MIN_SE_S, SESSION_S } from '../limits.ts';
import type { Headers } from '../message/headers.ts';
import { parseParams } from '../message/text.ts';

type Entries = [string, string][];

/** What both sides agreed on. */
export interface Interval {
  readonly seconds: number;
  /** We have to refresh the session. */
  readonly ours: boolean;
}

/** What our next request asks for. Null: nothing, because somebody on the way wants more than we would wait. */
export type Ask = { readonly seconds: number; readonly minSe: number } | null;

export const FIRST_ASK: Ask = { seconds: SESSION_S, minSe: MIN_SE_S };

const delta = (text: string | undefined): number | null => {
  const seconds = /^\d{1,9}(?=\s*(?:;|$))/.exec(text?.trim() ?? '')?.[0];
  return seconds === undefined ? null : Number(seconds);
};

const minSeOf = (headers: Headers): number => Math.max(MIN_SE_S, delta(headers.get('Min-SE')) ?? 0);

function expiresOf(headers: Headers): { readonly seconds: number; readonly refresher: string | null } | null {
  const value = headers.get('Session-Expires');
  const seconds = delta(value);
  if (value === undefined || seconds === null) return null;
  const params = parseParams(value.split(';').slice(1));
  return { seconds, refresher: params?.get('refresher')?.toLowerCase() ?? null };
}

const lists = (headers: Headers, name: string, tag: string): boolean =>
  headers.all(name).some((listed) => listed.toLowerCase() === tag);

const knowsTimer = (headers: Headers): boolean =>
  lists(headers, 'Supported', 'timer') || lists(headers, 'Require', 'timer');

/** 7.1: headers of an INVITE or UPDATE. `ours`: that we shall be the one who refreshes. */
export function asking(ask: Ask, ours: boolean): Entries {
  if (!ask) return [];
  const expires: Entries = [['Session-Expires', `${ask.seconds};refresher=${ours ? 'uac' : 'uas'}`]];
  return ask.minSe > MIN_SE_S ? [...expires, ['Min-SE', String(ask.minSe)]] : expires;
}

/** 7.3: what to ask for after a 422; the same object when that would be no other than before. */
export function raised(ask: Ask, response: Headers): Ask {
  const minSe = minSeOf(response);
  if (!ask || minSe <= ask.minSe) return ask;
  return minSe > MAX_MIN_SE_S ? null : { seconds: Math.max(ask.seconds, minSe), minSe };
}

/** 9: an interval that the peer could have known to be too short for us. */
export function isTooShort(request: Headers): boolean {
  const seconds = expiresOf(request)?.seconds;
  return seconds !== undefined && seconds < MIN_SE_S && knowsTimer(request);
}

/** 9, table 2: what our 2xx to a request says. Whoever knows no timer is refreshed by us, and only when somebody asked for it. */
export function granting(request: Headers): { readonly interval: Interval | null; readonly headers: Entries } {
  const asked = expiresOf(request);
  const knows = knowsTimer(request);
  if (!asked && !knows) return { interval: null, headers: [] };
  const seconds = Math.max(minSeOf(request), Math.min(asked?.seconds ?? SESSION_S, SESSION_S));
  const ours = !(knows && asked?.refresher === 'uac');
  const headers: Entries = [['Session-Expires', `${seconds};refresher=${ours ? 'uas' : 'uac'}`]];
  return { interval: { seconds, ours }, headers: knows ? [...headers, ['Require', 'timer']] : headers };
}

/** 7.2: what a 2xx to our request says. Null: no timer. */
export function agreedIn(response: Headers): Interval | null {
  const expires = expiresOf(response);
  return expires && { seconds: Math.max(MIN_SE_S, expires.seconds), ours: expires.refresher !== 'uas' };
}
