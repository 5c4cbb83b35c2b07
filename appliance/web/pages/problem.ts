/** What a person sees when something was refused or did not work: the cause and the way out. */
import { type Html, html } from '@belkluis/shared/web/html';
import type { Status } from '../problems.ts';
import type { Visit } from '../visit.ts';
import { layout } from './layout.ts';

/** The sentence of a code; unknown codes say no more than that it did not work. */
export const problemText = ({ t }: Visit, code: string): string =>
  Object.hasOwn(t.problems, code) ? t.problems[code as keyof typeof t.problems] : t.problems.unavailable;

export function problemPage(visit: Visit, code: string, status: Status): Html {
  const { t } = visit;
  const title = t.problemTitle[status] ?? t.problemOther;
  const body = html`<div class="head"><div><h1>${title}</h1></div></div>
    <div class="stack tight"><p class="note bad" role="alert">${problemText(visit, code)}</p><p><a href="/">${t.back}</a></p></div>`;
  return layout(visit, { title, body });
}
