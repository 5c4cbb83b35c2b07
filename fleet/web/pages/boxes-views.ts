/** Saved views above the list of boxes: links, a form that saves the filter of the page, and what deletes one. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { check, errorSummary, type FormFault, field } from '@belkluis/shared/web/parts';
import type { SavedView } from '../../views/views.ts';
import { type FilterWords, filterWords, isFiltered } from '../box-filter.ts';
import { may, type Visit } from '../visit.ts';
import { pathWith } from './parts.ts';

/** What the form was given. */
export interface TypedView {
  readonly name: string;
  readonly shared: boolean;
}

/** Of a filter what it filters by. */
export const partsOf = (words: FilterWords): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(words).filter(([, value]) => value !== ''));

/** Where a view leads: what is no filter any more filters nothing. */
const pathOf = ({ filter }: SavedView): string =>
  pathWith(
    '/boxes',
    filterWords((name) => filter[name]),
  );

function saveForm(visit: Visit, words: FilterWords, typed: TypedView | null, fault: FormFault | null): Html {
  const { boxViews } = visit.t;
  const hidden = Object.entries(partsOf(words)).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  const name = field({
    ...{ id: 'name', label: boxViews.name, hint: boxViews.nameHint, value: typed?.name ?? '', autocomplete: 'off' },
    ...{ required: true, maxlength: 80, fault },
  });
  const shared = may(visit, 'share views')
    ? check({ id: 'shared', label: boxViews.shared, hint: boxViews.sharedHint, checked: typed?.shared ?? false })
    : nothing;
  return html`<details${fault ? html` open` : nothing}><summary>${boxViews.save}</summary><form method="post" action="/boxes/views" class="stack tight narrow">${errorSummary(visit.t.frame, fault)}${hidden}${name}${shared}<div class="row"><button>${boxViews.verb}</button></div></form></details>`;
}

function removeForms(visit: Visit, views: readonly SavedView[]): Html {
  const { boxViews } = visit.t;
  const mine = views.filter(({ shared }) => !shared || may(visit, 'share views'));
  if (mine.length === 0) return nothing;
  const line = ({ id, name, shared }: SavedView) =>
    html`<li><span>${name}<small>${shared ? boxViews.isShared : boxViews.isOwn}</small></span><form method="post" action="/boxes/views/${id}/remove"><button class="small danger" aria-label="${boxViews.removeView(name)}">${boxViews.removeVerb}</button></form></li>`;
  return html`<details><summary>${boxViews.remove}</summary><ul class="list">${mine.map(line)}</ul></details>`;
}

/** `fault`: of the form that saves. */
export function viewsPart(
  visit: Visit,
  views: readonly SavedView[],
  words: FilterWords,
  typed: TypedView | null = null,
  fault: FormFault | null = null,
): Html {
  const { boxViews } = visit.t;
  const here = pathWith('/boxes', words);
  const links = views.map((view) => {
    const path = pathOf(view);
    return html`<li><a href="${path}"${path === here ? html` aria-current="true"` : nothing}>${view.name}</a></li>`;
  });
  const isSaved = views.some((view) => pathOf(view) === here);
  const saves = isFiltered(words) && (!isSaved || fault) ? saveForm(visit, words, typed, fault) : nothing;
  if (views.length === 0) return saves;
  return html`<div class="stack tight"><nav aria-label="${boxViews.title}"><ul class="chips">${links}</ul></nav>${saves}${removeForms(visit, views)}</div>`;
}
