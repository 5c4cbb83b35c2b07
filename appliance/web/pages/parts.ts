/** Pieces that more than one page of the desk is made of. */
import { type Html, html } from '@belkluis/shared/web/html';

export {
  area,
  check,
  choices,
  errorSummary,
  type FormFault,
  field,
  head,
  instant,
  many,
  pager,
  pick,
  state,
} from '@belkluis/shared/web/parts';

/** The two letters of a purpose: of its first two words, or the first two of its only one. */
function purposeCode(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const letters = words.length > 1 ? words[0]!.charAt(0) + words[1]!.charAt(0) : (words[0] ?? '–').slice(0, 2);
  return letters.toLocaleUpperCase();
}

export const purposeName = (name: string): Html =>
  html`<span class="code">${purposeCode(name)}</span><span>${name}</span>`;

/** Four hex digits at a time, so that two people can compare it aloud. */
export const fingerprint = (hex: string): string => hex.toUpperCase().replaceAll(/(.{4})(?=.)/g, '$1 ');
