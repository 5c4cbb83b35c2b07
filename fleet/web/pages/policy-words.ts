/** Words and tables that the policy pages share. */
import { keyOf } from '@belkluis/shared/policy/changes/table';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { type StateKind, state } from '@belkluis/shared/web/parts';
import type { Direction, Judgement, ShownChange } from '../../policy/choose.ts';
import type { LevelRef } from '../../policy/levels.ts';
import { problem } from '../../policy/problems.ts';
import type { Fault } from '../../policy/render.ts';
import { type LevelKind, levelKinds, type Standing } from '../../policy/tables.ts';
import type { Visit } from '../visit.ts';

export type PolicyPlace = keyof Visit['t']['policies']['nav'];

const places: Readonly<Record<PolicyPlace, string>> = {
  levels: '/policies',
  preview: '/policies/preview',
  rollouts: '/rollouts',
  boxes: '/policies/boxes',
  documents: '/policies/documents',
  keys: '/policies/keys',
};

/** The way between the pages about policies. */
export const policyNav = ({ t }: Visit, here: PolicyPlace): Html =>
  html`<nav class="row" aria-label="${t.policies.navLabel}">${Object.entries(places).map(
    ([place, path]) =>
      html`<a href="${path}"${place === here ? html` aria-current="page"` : nothing}>${t.policies.nav[place as PolicyPlace]}</a>`,
  )}</nav>`;

/** @throws Problem `level_unknown`. */
export function refOf(kind: string, of: string): LevelRef {
  if (!levelKinds.some((one) => one === kind)) throw problem('level_unknown');
  return { kind: kind as LevelKind, of };
}

export const pathOf = ({ kind, of }: LevelRef): string => `/policies/level/${kind}/${of}`;

export const partWord = ({ t }: Visit, name: string): string =>
  (t.policies.parts as Readonly<Record<string, string>>)[name] ?? name;

/** Where in a policy: the part by its word, what is in it by its names. */
export function pathWords(visit: Visit, path: readonly string[]): Html {
  const [part = '', ...rest] = path;
  return html`${partWord(visit, part)}${rest.length > 0 ? html`<small>${rest.join(' › ')}</small>` : nothing}`;
}

const listed = ({ t }: Visit, values: readonly string[]): Html =>
  values.length === 0
    ? html`<span class="soft">${t.policies.nothing}</span>`
    : html`${values.map((value, at) => html`${at > 0 ? html`<br>` : nothing}${value}`)}`;

const directionKind: Readonly<Record<Direction, StateKind>> = {
  at_once: 'ok',
  waits: 'wait',
  delayed: 'warn',
  refused: 'bad',
};

interface Row {
  readonly path: readonly string[];
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly direction?: Direction;
}

/** What changes, field by field; `direction`: what a box does with it. What is new is marked. */
export function changesTable(
  visit: Visit,
  caption: string,
  rows: readonly Row[],
  { before, after }: { readonly before: string; readonly after: string } = visit.t.policies.columns,
): Html {
  const { columns, directions } = visit.t.policies;
  const directed = rows.some(({ direction }) => direction !== undefined);
  return html`<table class="cards">
    <caption class="visually-hidden">${caption}</caption>
    <thead><tr><th scope="col">${columns.setting}</th><th scope="col">${before}</th><th scope="col">${after}</th>${directed ? html`<th scope="col">${columns.means}</th>` : nothing}</tr></thead>
    <tbody>${rows.map(
      (row) =>
        html`<tr><th scope="row">${pathWords(visit, row.path)}</th><td data-label="${before}">${listed(visit, row.before)}</td><td data-label="${after}">${row.after.length === 0 ? listed(visit, row.after) : html`<ins>${listed(visit, row.after)}</ins>`}</td>${row.direction ? html`<td data-label="${columns.means}">${state(directionKind[row.direction], directions[row.direction])}</td>` : nothing}</tr>`,
    )}</tbody>
  </table>`;
}

export const shownChanges = (visit: Visit, changes: readonly ShownChange[]): Html =>
  changesTable(visit, visit.t.policies.changes, changes);

const outcomeKind: Readonly<Record<Judgement['outcome'], StateKind>> = {
  same: 'off',
  at_once: 'ok',
  waits: 'wait',
  delayed: 'warn',
  waits_and_delayed: 'wait',
  cannot: 'bad',
};

/** What becomes of boxes when somebody signs. */
export const outcomeState = ({ t }: Visit, { outcome, cannot }: Judgement): Html =>
  state(outcomeKind[outcome], cannot === null ? t.policies.outcomes[outcome] : t.policies.cannot[cannot]);

export function faultList(visit: Visit, faults: readonly Fault[]): Html {
  const { policies } = visit.t;
  const said = ({ level }: Fault) => (level === null ? policies.saidByNobody : policies.saidBy(policies.kinds[level]));
  return html`<ul class="list">${faults.map((fault) => html`<li><span>${pathWords(visit, fault.path.split('.'))}</span><span class="full">${fault.detail} <span class="soft">${said(fault)}</span></span></li>`)}</ul>`;
}

export const standingKind: Readonly<Record<Standing, StateKind>> = {
  applied: 'ok',
  waiting: 'off',
  pending: 'wait',
  drift: 'warn',
  failed: 'bad',
  rejected: 'bad',
  altered: 'bad',
  none: 'off',
};

/** Why a box refused, or was not reached, in words where there are some. */
export const whyWords = ({ t }: Visit, why: string | null): string =>
  why === null ? '' : ((t.policies.whys as Readonly<Record<string, string>>)[why] ?? why);

/** What differs between two versions of a level, entries by what they are known by. Pure. */
export function levelDifference(before: unknown, after: unknown): readonly Omit<Row, 'direction'>[] {
  const [was, is] = [leavesOf(before), leavesOf(after)];
  const values = (text: string | undefined) => (text === undefined ? [] : text.split('\n'));
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((path) => was.get(path) !== is.get(path))
    .map((path) => ({
      path: JSON.parse(path) as string[],
      before: values(was.get(path)),
      after: values(is.get(path)),
    }));
}

function leavesOf(content: unknown): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>();
  const walk = (value: unknown, path: readonly string[], field: string): void => {
    const key = keyOf[field];
    if (Array.isArray(value) && key !== undefined)
      for (const entry of value) walk(entry, [...path, String((entry as Record<string, unknown>)[key])], field);
    else if (Array.isArray(value)) leaves.set(JSON.stringify(path), value.map((one) => textOf(one)).join('\n'));
    else if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value))
        walk(one, [...path, name], field === '' ? name : `${field}.${name}`);
    else if (value !== undefined) leaves.set(JSON.stringify(path), textOf(value));
  };
  const { parts = {}, ...rest } = content as { parts?: unknown };
  walk(parts, [], '');
  for (const [name, value] of Object.entries(rest))
    if (!Array.isArray(value) || value.length > 0) walk(value, [name], `level ${name}`);
  return leaves;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
