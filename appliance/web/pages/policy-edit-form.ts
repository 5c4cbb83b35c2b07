/** One part of the policy as a form: what stands in it, what was refused, and where it goes from there. */
import { type Policy, policySchema } from '@belkluis/shared/policy/schema';
import { type Html, html } from '@belkluis/shared/web/html';
import { problem } from '../problems.ts';
import { allowed, type DeskContext, type Visit } from '../visit.ts';
import { FieldWrong, formSections, shapeAt, type Typed, typedIn } from './form.ts';
import { layout } from './layout.ts';
import { errorSummary, type FormFault } from './parts.ts';
import { clean, type PolicyPart, type PolicySection, textOf, wordsOf } from './policy-form.ts';

/** The id of the form itself, for what is wrong with no field of it. */
const FORM = 'form';

/** What the person writes on: their draft, or the policy in force. @throws Problem `policy_none`. */
export function written(c: DeskContext): Policy {
  const person = allowed(c, 'edit policy');
  const { services } = c.get('visit');
  const policy = services.policies.drafts.of(person)?.next ?? services.policy()?.policy;
  if (!policy) throw problem('policy_none');
  return policy;
}

type Path = readonly PropertyKey[];

/** A place in the policy, as people call it. */
export function placeWords({ t }: Visit, policy: Pick<Policy, 'purposes'>, [list, entry]: Path): string {
  const { places } = t.policyEdit;
  const name = typeof entry === 'number' ? entryName(policy, String(list), entry) : String(entry ?? '');
  const place = places[String(list)];
  return place ? place(name) : String(list);
}

function entryName(policy: Pick<Policy, 'purposes'>, list: string, at: number): string {
  const entries = (policy as Readonly<Record<string, unknown>>)[list];
  const entry: unknown = Array.isArray(entries) ? entries[at] : undefined;
  if (typeof entry !== 'object' || entry === null) return String(at + 1);
  return 'name' in entry ? String(entry.name) : 'id' in entry ? String(entry.id) : String(at + 1);
}

const startsWith = (path: Path, start: Path): boolean => start.every((name, at) => path[at] === name);

/** What a schema refused, at the field that it is about; what belongs to another part is told by its place. */
function faultOf(
  visit: Visit,
  { sections, under }: Pick<PolicyPart, 'sections' | 'under'>,
  path: Path,
  document: Pick<Policy, 'purposes'>,
): FormFault {
  const { t } = visit;
  const at = (id: string): FormFault | null => {
    const shape = sections.flatMap(({ shapes }) => shapes).find((one) => one.id === id);
    return shape ? { field: shape.id, text: textOf(visit, shape).fault } : null;
  };
  if (startsWith(path, under)) {
    const shape = shapeAt(sections, path.slice(under.length));
    if (shape) return { field: shape.id, text: textOf(visit, shape).fault };
  }
  // A list that names something twice is refused as a whole, and an entry of it that says too little or too much.
  const twice = under.length > 0 && path.length < under.length ? at('id') : null;
  const whole = path.length === under.length && startsWith(path, under) ? at('neverNumbers') : null;
  if (twice ?? whole) return (twice ?? whole)!;
  if (path[0] === 'rules' && path.length === 2) return { field: FORM, text: t.policyEdit.needsDpia };
  return { field: FORM, text: t.policyForm.elsewhere(placeWords(visit, document, path)) };
}

interface Form {
  readonly title: string;
  readonly action: string;
  /** Where whoever leaves it goes. */
  readonly back: string;
  /** Words of choices that only this form has. */
  readonly beginnings?: ReadonlyMap<string, { readonly words: string }>;
}

function formPage(
  visit: Visit,
  policy: Policy,
  { title, action, back, beginnings }: Form,
  sections: readonly PolicySection[],
  typed: Typed,
  fault: FormFault | null,
): Html {
  const { t } = visit;
  const known = wordsOf(visit, policy);
  const words: typeof known = {
    ...known,
    choice: (shape, value) => beginnings?.get(value)?.words ?? known.choice(shape, value),
  };
  const body = html`<div class="head"><div><p><a href="${back}">${t.policyEdit.back}</a></p><h1>${title}</h1><p>${t.policyEdit.partLead}</p></div></div>
    <form method="post" action="${action}" id="${FORM}" class="stack narrow" novalidate>
      ${errorSummary(t, fault)}
      ${formSections(words, sections, typed, fault)}
      <div class="row"><button class="primary">${t.policyForm.keep}</button><a href="${back}">${t.recording.cancel}</a></div>
    </form>`;
  return layout(visit, { title, place: 'policy', body });
}

/** Shows the form of a part. */
export const showPart = (
  c: DeskContext,
  policy: Policy,
  form: Form,
  { sections, typed }: PolicyPart,
): Response | Promise<Response> => c.html(formPage(c.get('visit'), policy, form, sections, typed, null));

/**
 * Keeps what was typed in the person's draft, or shows the form again with the fault at its field. `part` is asked again with what was typed, for
 * some fields say which others there are.
 */
export async function keepPart(
  c: DeskContext,
  policy: Policy,
  form: Form,
  part: (typed: Typed) => PolicyPart,
): Promise<Response> {
  const visit = c.get('visit');
  const person = allowed(c, 'edit policy');
  const first = part({});
  const typed = await typedIn(c, first.sections);
  const asked = part(typed);
  const refused = (fault: FormFault) => {
    c.status(422);
    return c.html(formPage(visit, policy, form, asked.sections, typed, fault));
  };
  let document: unknown;
  try {
    document = clean(asked.next(typed));
  } catch (error) {
    if (!(error instanceof FieldWrong)) throw error;
    const shape = asked.sections.flatMap(({ shapes }) => shapes).find(({ id }) => id === error.field);
    return refused({ field: error.field, text: shape ? textOf(visit, shape).fault : '' });
  }
  const judged = policySchema.safeParse(document);
  if (!judged.success) {
    const [issue] = judged.error.issues;
    return refused(faultOf(visit, asked, issue!.path, document as Policy));
  }
  visit.services.policies.drafts.keep(person, judged.data);
  return c.redirect(form.back, 303);
}
