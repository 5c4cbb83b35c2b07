/** Pieces that more than one page is made of. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import type { FindingState } from '../../health/finding.ts';
import type { Texts } from '../i18n/en.ts';

/** What is wrong with a form, by the field that it is about. */
export interface FormFault {
  readonly field: string;
  readonly text: string;
}

/** The summary above a refused form, linked to the field. */
export const errorSummary = (t: Texts, fault: FormFault | null): Html =>
  fault
    ? html`<div class="errors" role="alert" tabindex="-1" autofocus><h2>${t.errorSummary}</h2><p><a href="#${fault.field}">${fault.text}</a></p></div>`
    : nothing;

export interface Field {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly type?: 'text' | 'password' | 'search' | 'date' | 'file';
  readonly value?: string;
  readonly autocomplete: string;
  readonly required?: boolean;
  readonly inputmode?: 'numeric';
  readonly wide?: boolean;
  readonly fault?: FormFault | null;
}

/** A labelled field; its hint and its fault are read out with it. */
export function field({
  id,
  label,
  hint,
  type = 'text',
  value = '',
  autocomplete,
  required,
  inputmode,
  wide,
  fault,
}: Field): Html {
  const wrong = fault?.field === id ? fault : null;
  const describedBy = [hint ? `${id}-hint` : '', wrong ? `${id}-error` : ''].filter(Boolean).join(' ');
  return html`<div class="field${wide ? ' wide' : ''}"><label for="${id}">${label}</label>${
    wrong ? html`<span class="error" id="${id}-error">${wrong.text}</span>` : nothing
  }<input id="${id}" name="${id}" type="${type}" value="${value}" autocomplete="${autocomplete}"${
    required ? html` required` : nothing
  }${inputmode ? html` inputmode="${inputmode}"` : nothing}${wrong ? html` aria-invalid="true"` : nothing}${
    describedBy ? html` aria-describedby="${describedBy}"` : nothing
  }>${hint ? html`<span class="hint" id="${id}-hint">${hint}</span>` : nothing}</div>`;
}

/** The head of a page: what is so, and one sentence under it. */
export const head = (title: string, lead: string | Html, right: Html = nothing): Html =>
  html`<div class="head"><div><h1>${title}</h1><p>${lead}</p></div>${right}</div>`;

export const state = (kind: FindingState | 'wait' | 'off', text: string): Html =>
  html`<span class="state ${kind}">${text}</span>`;

/** The two letters of a purpose: of its first two words, or the first two of its only one. */
function purposeCode(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const letters = words.length > 1 ? words[0]!.charAt(0) + words[1]!.charAt(0) : (words[0] ?? '–').slice(0, 2);
  return letters.toLocaleUpperCase();
}

export const purposeName = (name: string): Html =>
  html`<span class="code">${purposeCode(name)}</span><span>${name}</span>`;

export const instant = (at: number, text: string): Html =>
  html`<time datetime="${new Date(at).toISOString()}">${text}</time>`;

/** Four hex digits at a time, so that two people can compare it aloud. */
export const fingerprint = (hex: string): string => hex.toUpperCase().replaceAll(/(.{4})(?=.)/g, '$1 ');
