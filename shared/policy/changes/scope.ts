/**
 * What becomes of calls that a rule takes no longer. The first rule that matches decides, so taking a rule away may well record more: a
 * later one, with a longer term or without a sample, takes its calls.
 */
import { levels, type Purpose } from '../purpose.ts';
import { retentionDays } from '../retention.ts';
import type { Rule } from '../rule.ts';
import type { Policy } from '../schema.ts';

export const purposeOf = ({ purposes }: Policy, { purpose }: Pick<Rule, 'purpose'>): Purpose | undefined =>
  purposes.find(({ id }) => id === purpose);

const apart = <T>(one: T | undefined, other: T | undefined): boolean =>
  one !== undefined && other !== undefined && one !== other;

/** Whether no call can be meant by both, as far as direction and way say. */
const disjoint = (one: Rule, other: Rule): boolean =>
  apart(one.direction, other.direction) || apart(one.via, other.via);

/** Whether calls that `rule` took before lose nothing when `later` takes them now. */
function takesNoMore(rule: Rule, before: Policy, later: Rule, after: Policy): boolean {
  const [was, is] = [purposeOf(before, rule), purposeOf(after, later)];
  if (!was || !is || was.id !== is.id) return false;
  const level = (one: Rule, of: Purpose) => levels.indexOf(one.level ?? of.level);
  const noLonger = (['content', 'traffic', 'evidence'] as const).every(
    (each) => retentionDays(is, later, each) <= retentionDays(was, rule, each),
  );
  return (
    noLonger &&
    (later.sampling ?? 100) <= (rule.sampling ?? 100) &&
    !(rule.start === 'manual' && later.start === 'automatic') &&
    level(later, is) >= level(rule, was)
  );
}

/** Whether calls that `rule` of `before` takes no longer may be recorded otherwise, or more of them, by a rule after it. */
function fallsThrough(rule: Rule, before: Policy, after: Policy): boolean {
  const later = before.rules.slice(before.rules.findIndex(({ id }) => id === rule.id) + 1);
  return later.some(({ id }) => {
    const now = after.rules.find((one) => one.id === id);
    return now !== undefined && !disjoint(rule, now) && !takesNoMore(rule, before, now, after);
  });
}

/** Whether it weakens that these rules of `before` take fewer calls: a law demanded them, or a later rule takes them for more. */
export const narrowingWeakens = (rules: readonly Rule[], before: Policy, after: Policy): boolean =>
  rules.some((rule) => (purposeOf(before, rule)?.mandatory ?? false) || fallsThrough(rule, before, after));

/** Rules of either policy that `choose` picks. */
export const rulesWhere = (before: Policy, after: Policy, choose: (rule: Rule) => boolean) => ({
  was: before.rules.filter(choose),
  is: after.rules.filter(choose),
});
