/** What a person sees when something was refused or did not work: the cause and the way out. */
import { Problem } from '@belkluis/shared/base/problem';
import { type Html, html } from '@belkluis/shared/web/html';
import type { FormFault } from '@belkluis/shared/web/parts';
import { type ProblemCode, type Status, told } from '../problems.ts';
import type { ConsoleContext, Visit } from '../visit.ts';
import { layout } from './layout.ts';

/** The sentence of a problem: in English its room's own. */
export function problemText({ t }: Pick<Visit, 't'>, { code, advice }: Problem): string {
  return t.problems?.[code as ProblemCode] ?? advice;
}

export function problemPage(visit: Visit, problem: Problem, status: Status): Html {
  const { t } = visit;
  const title = t.frame.problemTitles[status] ?? t.frame.problemOther;
  const out = visit.half ? html`<a href="/enrol">${t.frame.toSecondFactor}</a>` : html`<a href="/">${t.frame.back}</a>`;
  const body = html`<div class="head"><div><h1>${title}</h1></div></div>
    <div class="stack tight"><p class="note bad" role="alert">${problemText(visit, problem)}</p><p>${out}</p></div>`;
  return layout(visit, { title, body });
}

/** The field of a form that a refusal names in its detail, or `otherwise`. */
export function namedField(error: unknown, fields: readonly string[], otherwise: string): string {
  const [named = ''] = /^\w+/.exec((error as Partial<Problem>).detail ?? '') ?? [];
  return fields.includes(named) ? named : otherwise;
}

/** Shows a refusal beside the field that it is about, by its code; anything else is not this page's matter. `detailed`: with what exactly is wrong. */
export function refusal(
  c: ConsoleContext,
  error: unknown,
  fields: Readonly<Record<string, string>>,
  detailed = false,
): FormFault {
  const field = error instanceof Problem ? fields[error.code] : undefined;
  if (!(error instanceof Problem) || field === undefined) throw error;
  c.status(told(error).status);
  const detail = detailed && error.detail ? ` (${error.detail})` : '';
  return { field, text: `${problemText(c.get('visit'), error)}${detail}` };
}
