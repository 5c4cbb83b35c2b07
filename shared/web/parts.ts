/** Pieces that pages of desk and console are made of. */
import { type Html, html, nothing } from './html.ts';

export type StateKind = 'ok' | 'warn' | 'bad' | 'wait' | 'off';

/** What is wrong with a form, by the field that it is about. */
export interface FormFault {
  readonly field: string;
  readonly text: string;
}

/** Links to the page `here` in each language, by its own name in `texts`. */
export function languageLinks(
  label: string,
  here: string,
  current: string,
  texts: Readonly<Record<string, { readonly name: string }>>,
): Html {
  const target = (code: string): string => {
    const url = new URL(here, 'https://here');
    url.searchParams.set('language', code);
    return url.pathname + url.search;
  };
  return html`<nav aria-label="${label}" class="row">${Object.entries(texts).map(
    ([code, { name }]) =>
      html`<a href="${target(code)}" hreflang="${code}" lang="${code}" aria-label="${code} ${name}"${code === current ? html` aria-current="true"` : nothing}>${code}</a>`,
  )}</nav>`;
}

/** The summary above a refused form, linked to the field. */
export const errorSummary = (t: { readonly errorSummary: string }, fault: FormFault | null): Html =>
  fault
    ? html`<div class="errors" role="alert" tabindex="-1" autofocus><h2>${t.errorSummary}</h2><p><a href="#${fault.field}">${fault.text}</a></p></div>`
    : nothing;

export interface Field {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly type?: 'text' | 'password' | 'search' | 'date' | 'time' | 'file';
  readonly value?: string;
  readonly autocomplete: string;
  readonly required?: boolean;
  readonly inputmode?: 'numeric';
  readonly wide?: boolean;
  /** Among others in a row, where a hint above would push the field out of line. */
  readonly inRow?: boolean;
  /** First and last day of a date. */
  readonly min?: string;
  readonly max?: string;
  readonly maxlength?: number;
  /** Id of a `datalist` with what is offered. */
  readonly list?: string;
  readonly fault?: FormFault | null;
}

/** What describes a control: its hint, and its fault when it has one. */
function describedBy(id: string, hint: string | undefined, wrong: FormFault | null): Html {
  const ids = [hint ? `${id}-hint` : '', wrong ? `${id}-error` : ''].filter(Boolean).join(' ');
  return html`${wrong ? html` aria-invalid="true"` : nothing}${ids ? html` aria-describedby="${ids}"` : nothing}`;
}

const faultText = (id: string, wrong: FormFault | null): Html =>
  wrong ? html`<span class="error" id="${id}-error">${wrong.text}</span>` : nothing;

const attribute = (name: 'min' | 'max' | 'maxlength' | 'list', value: string | number | undefined): Html =>
  value === undefined ? nothing : html` ${name}="${value}"`;

/** A labelled field; its hint and its fault are read out with it. */
export function field(options: Field): Html {
  const { id, label, hint, type = 'text', value = '', autocomplete, required, inputmode, wide, inRow, fault } = options;
  const said = hint ? html`<span class="hint" id="${id}-hint">${hint}</span>` : nothing;
  const wrong = fault?.field === id ? fault : null;
  return html`<div class="field${wide ? ' wide' : ''}"><label for="${id}">${label}</label>${inRow ? nothing : said}${faultText(id, wrong)}<input id="${id}" name="${id}" type="${type}" value="${value}" autocomplete="${autocomplete}"${
    required ? html` required` : nothing
  }${inputmode ? html` inputmode="${inputmode}"` : nothing}${attribute('min', options.min)}${attribute('max', options.max)}${attribute('maxlength', options.maxlength)}${attribute('list', options.list)}${describedBy(id, hint, wrong)}>${inRow ? said : nothing}</div>`;
}

/** A labelled field of several lines. */
export function area(
  options: Pick<Field, 'id' | 'label' | 'hint' | 'value' | 'required' | 'fault' | 'maxlength'>,
): Html {
  const { id, label, hint, value = '', required, fault, maxlength } = options;
  const wrong = fault?.field === id ? fault : null;
  return html`<div class="field"><label for="${id}">${label}</label>${hint ? html`<span class="hint" id="${id}-hint">${hint}</span>` : nothing}${faultText(id, wrong)}<textarea id="${id}" name="${id}" autocomplete="off"${required ? html` required` : nothing}${attribute('maxlength', maxlength)}${describedBy(id, hint, wrong)}>${value}</textarea></div>`;
}

/** One of a few, none chosen beforehand. */
export function choices<Value extends string>(options: {
  readonly id: string;
  readonly legend: string;
  readonly of: readonly Value[];
  readonly labels: Readonly<Record<Value, string>>;
  readonly chosen: string;
  readonly fault: FormFault | null;
}): Html {
  const { id, legend, of, labels, chosen, fault } = options;
  const wrong = fault?.field === id ? fault : null;
  return html`<fieldset id="${id}"${wrong ? html` aria-describedby="${id}-error"` : nothing}><legend>${legend}</legend>${faultText(id, wrong)}${of.map(
    (value) =>
      html`<div class="choice"><input type="radio" id="${id}-${value}" name="${id}" value="${value}" required${value === chosen ? html` checked` : nothing}><label for="${id}-${value}">${labels[value]}</label></div>`,
  )}</fieldset>`;
}

/** Something that is so or not. */
export function check(options: {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly checked: boolean;
}): Html {
  const { id, label, hint, checked } = options;
  return html`<div class="choice"><input type="checkbox" id="${id}" name="${id}" value="on"${checked ? html` checked` : nothing}${describedBy(id, hint, null)}><div class="field"><label for="${id}">${label}</label>${hint ? html`<span class="hint" id="${id}-hint">${hint}</span>` : nothing}</div></div>`;
}

/** Any of several. */
export function many(options: {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  /** Value and text of each. */
  readonly of: readonly (readonly [string, string])[];
  readonly chosen: readonly string[];
  readonly fault: FormFault | null;
}): Html {
  const { id, label, hint, of, chosen, fault } = options;
  const wrong = fault?.field === id ? fault : null;
  const ids = [hint ? `${id}-hint` : '', wrong ? `${id}-error` : ''].filter(Boolean).join(' ');
  return html`<fieldset id="${id}"${ids ? html` aria-describedby="${ids}"` : nothing} class="field"><legend>${label}</legend>${hint ? html`<span class="hint" id="${id}-hint">${hint}</span>` : nothing}${faultText(id, wrong)}${of.map(
    ([value, text]) =>
      html`<div class="choice"><input type="checkbox" id="${id}-${value}" name="${id}" value="${value}"${chosen.includes(value) ? html` checked` : nothing}><label for="${id}-${value}">${text}</label></div>`,
  )}</fieldset>`;
}

/** One of several, chosen from a list. */
export function pick(options: {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  /** Value and text of each. */
  readonly of: readonly (readonly [string, string])[];
  readonly chosen: string;
  readonly fault: FormFault | null;
}): Html {
  const { id, label, hint, of, chosen, fault } = options;
  const wrong = fault?.field === id ? fault : null;
  return html`<div class="field"><label for="${id}">${label}</label>${hint ? html`<span class="hint" id="${id}-hint">${hint}</span>` : nothing}${faultText(id, wrong)}<select id="${id}" name="${id}"${describedBy(id, hint, wrong)}>${of.map(
    ([value, text]) => html`<option value="${value}"${value === chosen ? html` selected` : nothing}>${text}</option>`,
  )}</select></div>`;
}

/** The head of a page: what is so, and one sentence under it. */
export const head = (title: string, lead: string | Html, right: Html = nothing): Html =>
  html`<div class="head"><div><h1>${title}</h1><p>${lead}</p></div>${right}</div>`;

/** A state: its shape, and always a word. */
export const state = (kind: StateKind, text: string): Html => html`<span class="state ${kind}">${text}</span>`;

export const instant = (at: number, text: string): Html =>
  html`<time datetime="${new Date(at).toISOString()}">${text}</time>`;

/** Links to the pages before and after, under a list. */
export function pager(options: {
  readonly label: string;
  readonly range: string;
  readonly newer: { readonly href: string; readonly text: string } | null;
  readonly older: { readonly href: string; readonly text: string } | null;
}): Html {
  const { label, range, newer, older } = options;
  return html`<nav class="pages" aria-label="${label}"><span class="soft">${range}</span><span class="row">${
    newer ? html`<a href="${newer.href}" rel="prev">${newer.text}</a>` : nothing
  }${older ? html`<a href="${older.href}" rel="next">${older.text}</a>` : nothing}</span></nav>`;
}
