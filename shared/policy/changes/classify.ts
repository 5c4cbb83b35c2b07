/** What each change of a policy means for those whose calls these are. */
import { retentionDays } from '../retention.ts';
import type { Rule } from '../rule.ts';
import type { Policy } from '../schema.ts';
import { type Difference, differencesOf, type WholePolicy } from './difference.ts';
import { descriptionOf } from './fields.ts';
import { narrowingWeakens, purposeOf, rulesWhere } from './scope.ts';
import { type Order, orders } from './table.ts';

/** `weakening`: takes more of people's privacy, or of the proof that a law demands. `destructive`: erases before its day what was promised to be there. */
export const changeClasses = ['neutral', 'strengthening', 'weakening', 'destructive'] as const;

export type ChangeClass = (typeof changeClasses)[number];

export interface PolicyChange extends Difference {
  readonly class: ChangeClass;
  /** What the schema says of the field. */
  readonly description: string;
}

interface Policies {
  readonly before: Policy;
  readonly after: Policy;
}

const weakIf = (weakens: boolean, otherwise: ChangeClass = 'strengthening'): ChangeClass =>
  weakens ? 'weakening' : otherwise;

const ruleOf = ({ rules }: Policy, { path }: Difference): Rule | undefined => rules.find(({ id }) => id === path[1]);

const isMandatory = ({ purposes }: Policy, { path }: Difference): boolean =>
  purposes.some(({ id, mandatory }) => id === path[1] && mandatory);

/** Numbers in place of words; what is left out counts as `absent`. */
const numbers = ({ before: [was], after: [is] }: Difference, absent: number): [number, number] => [
  was === undefined ? absent : Number(was),
  is === undefined ? absent : Number(is),
];

/** A term of a rule is its purpose's where the rule says none. */
function ofRuleTerm(difference: Difference, { before, after }: Policies): ChangeClass {
  const days = (policy: Policy) => {
    const rule = ruleOf(policy, difference);
    const purpose = rule && purposeOf(policy, rule);
    return purpose && retentionDays(purpose, rule, difference.path.at(-1) === 'contentDays' ? 'content' : 'traffic');
  };
  const [was, is] = [days(before), days(after)];
  if (was === undefined || is === undefined) return 'weakening';
  return was === is ? 'neutral' : is > was ? 'weakening' : 'destructive';
}

function ofTerm(difference: Difference, policies: Policies): ChangeClass {
  if (difference.field.startsWith('rules.')) return ofRuleTerm(difference, policies);
  const [was, is] = numbers(difference, 0);
  return is > was ? 'weakening' : 'destructive';
}

/** A rule that comes takes calls. One that goes leaves them to those after it. */
function ofRules(difference: Difference, { before, after }: Policies): ChangeClass {
  if (difference.kind === 'order' || difference.is) return 'weakening';
  return weakIf(narrowingWeakens([ruleOf(before, difference)!], before, after));
}

function ofCondition(difference: Difference, { before, after }: Policies): ChangeClass {
  const { was, is, kind, after: added } = difference;
  const wider = !is || (was && (kind === 'entry' || added.length > 0));
  if (wider) return 'weakening';
  return weakIf(narrowingWeakens([ruleOf(before, difference)!], before, after));
}

/** It comes before all rules, so nothing falls through; but a law may demand what is not recorded now. */
function ofNever({ kind, is, before: removed }: Difference, { before }: Policies): ChangeClass {
  if (kind === 'entry' ? !is : removed.length > 0) return 'weakening';
  return weakIf(before.purposes.some(({ mandatory }) => mandatory));
}

/** What becomes of rules that take more, or fewer, of the calls. */
function reaching(
  wider: ReturnType<typeof rulesWhere>,
  narrower: ReturnType<typeof rulesWhere>,
  { before, after }: Policies,
): ChangeClass {
  if (wider.was.length + wider.is.length > 0) return 'weakening';
  if (narrower.was.length === 0) return 'neutral';
  return weakIf(narrowingWeakens(narrower.was, before, after));
}

const nobody = { was: [], is: [] };

function ofGroup({ path, before: removed, after: added }: Difference, policies: Policies): ChangeClass {
  const named = rulesWhere(policies.before, policies.after, ({ groups }) => groups?.includes(path[1]!) ?? false);
  return reaching(added.length > 0 ? named : nobody, removed.length > 0 ? named : nobody, policies);
}

function ofHoliday({ is }: Difference, policies: Policies): ChangeClass {
  const treating = (how: string) =>
    rulesWhere(policies.before, policies.after, ({ schedule }) => schedule?.holidays === how);
  return is
    ? reaching(treating('only'), treating('never'), policies)
    : reaching(treating('never'), treating('only'), policies);
}

/** Where a law demands the recording, a pause is a hole in it; elsewhere it is what keeps a card number out. */
function ofPausing(difference: Difference, { before }: Policies): ChangeClass {
  const more = difference.kind === 'entry' ? difference.is : Number(difference.after[0]) > Number(difference.before[0]);
  return weakIf(more === isMandatory(before, difference));
}

function ofNames(difference: Difference, names: readonly string[]): ChangeClass {
  // A way of consent brings or takes fields of its own, and the way itself has been judged.
  if (difference.field.startsWith('purposes.consent.') && difference.was !== difference.is) return 'neutral';
  const place = (value: string | undefined) => (value === undefined ? -1 : names.indexOf(value));
  return weakIf(place(difference.after[0]) < place(difference.before[0]));
}

function byOrder(order: Order, difference: Difference, policies: Policies): ChangeClass {
  const { kind, was, is, before, after } = difference;
  const comes = kind === 'entry' ? !was : after.length > 0;
  const goes = kind === 'entry' ? !is : before.length > 0;
  if (typeof order === 'object') {
    if ('from' in order) return ofNames(difference, order.from);
    const [old, now] = numbers(difference, 'lower' in order ? order.lower : order.higher);
    return weakIf('lower' in order ? now > old : now < old);
  }
  switch (order) {
    case 'form':
    case 'key':
    case 'neutral':
      return 'neutral';
    case 'parts':
    case 'any':
      return 'weakening';
    case 'other':
      return weakIf(was && is, 'neutral');
    case 'adding':
      return weakIf(comes);
    case 'removing':
      return weakIf(goes);
    case 'term':
      return ofTerm(difference, policies);
    case 'rules':
      return ofRules(difference, policies);
    case 'purposes':
      return weakIf(comes || isMandatory(policies.before, difference));
    case 'condition':
      return ofCondition(difference, policies);
    case 'never':
      return ofNever(difference, policies);
    case 'group':
      return ofGroup(difference, policies);
    case 'holiday':
      return ofHoliday(difference, policies);
    case 'pausing':
      return ofPausing(difference, policies);
  }
}

function classOf(difference: Difference, policies: Policies): ChangeClass {
  const order = orders[difference.field];
  // What nobody has thought about is not let through.
  if (order === undefined) return 'weakening';
  // Every language is spoken all the same.
  if (difference.kind === 'order' && difference.field !== 'rules') return 'neutral';
  return byOrder(order, difference, policies);
}

const first = ({ policy: { version, purposes, rules } }: WholePolicy): PolicyChange => ({
  path: [],
  field: '',
  kind: 'entry',
  was: false,
  is: true,
  before: [],
  after: [
    `version ${version}`,
    `purposes ${purposes.map(({ name }) => name).join(', ') || 'none'}`,
    `rules ${rules.map(({ id }) => id).join(', ') || 'none'}`,
  ],
  class: 'weakening',
  description: 'The first policy: until then nothing is recorded.',
});

/** Field by field, in the order of the document. Where there was no policy, the whole of it is one weakening change. */
export function changesOf(before: WholePolicy | null, after: WholePolicy): readonly PolicyChange[] {
  if (!before) return [first(after)];
  const policies = { before: before.policy, after: after.policy };
  return differencesOf(before, after).map((difference) => ({
    ...difference,
    class: classOf(difference, policies),
    description: descriptionOf(difference.field),
  }));
}

/** Each class that there is, once; without any change it is neutral. */
export function classesIn(changes: readonly PolicyChange[]): readonly ChangeClass[] {
  const found = changeClasses.filter((one) => changes.some((change) => change.class === one));
  return found.length === 0 ? ['neutral'] : found;
}
