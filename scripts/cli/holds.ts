/** Legal holds: one person places, one asks to lift, another lifts. */
import { randomHex, systemChance } from '@belkluis/shared/base/chance';
import { type Hold, selectForHold } from '../../appliance/vault/holds.ts';
import { problem as vaultProblem } from '../../appliance/vault/problems.ts';
import { PERSON_USAGE, personOptions } from './as-person.ts';
import { withCatalogue } from './box.ts';
import { type Command, instantOf, listOf, needed, problem, textOf } from './command.ts';
import { asPerson } from './vault-act.ts';

/** Random bytes of a hold's id. */
const ID_LENGTH = 16;

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

function reviewOf(values: Parameters<typeof needed>[0]): number {
  needed(values, 'review');
  return instantOf(values, 'review')!;
}

export const holdsAdd: Command = {
  name: 'holds add',
  usage: `holds add --case REF --reason TEXT --owner WHO --review DATE (--recording ID... | --party NUMBER [--from DATE] [--until DATE]) ${PERSON_USAGE}`,
  summary: 'keeps the recordings of one case beyond their term',
  options: {
    case: { type: 'string', means: 'the number under which the case is filed' },
    reason: { type: 'string', means: 'why; the audit log keeps it' },
    owner: { type: 'string', means: 'who answers for the hold' },
    review: { type: 'string', means: 'the day on which somebody asks whether it is still needed' },
    recording: { type: 'string', multiple: true, means: 'the id of a recording of the case' },
    party: { type: 'string', means: 'any part of a number or name: every recording of theirs' },
    from: { type: 'string', means: 'of these, no older ones: a date' },
    until: { type: 'string', means: 'of these, no newer ones: a date' },
    ...personOptions,
  },
  takes: 0,
  run(invocation) {
    const { values } = invocation;
    const facts = { caseRef: needed(values, 'case'), reason: needed(values, 'reason'), owner: needed(values, 'owner') };
    const reviewAt = reviewOf(values);
    const named = listOf(values, 'recording');
    const party = textOf(values, 'party');
    const [from, until] = [instantOf(values, 'from'), instantOf(values, 'until')];
    if (named.length > 0 && party !== undefined) throw problem('usage', 'either --recording or --party');
    if (named.length === 0 && party === undefined) throw vaultProblem('hold_on_all');
    return asPerson(invocation, 'place holds', ({ catalogue, append, by, at, memoryMs }) => {
      const range = { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) };
      const recordings = party === undefined ? [...new Set(named)] : selectForHold(catalogue, { party, ...range });
      const id = randomHex(systemChance, ID_LENGTH);
      catalogue.holds.place({ id, ...facts, reviewAt, by, at, expiresAt: reviewAt + memoryMs, recordings }, () =>
        append({
          kind: 'hold_placed',
          actor: by,
          facts: { hold: id, ...facts, reviewAt, recordings: recordings.length },
        }),
      );
      return {
        json: { hold: id, recordings, reviewAt: new Date(reviewAt).toISOString() },
        text: `Hold ${id} keeps ${recordings.length} recordings for ${facts.caseRef}. Review it by ${day(reviewAt)}.`,
      };
    });
  },
};

const state = ({ liftedAt, liftAskedAt, reviewAt }: Hold, now: number): string => {
  if (liftedAt !== null) return `lifted ${day(liftedAt)}`;
  const asked = liftAskedAt === null ? '' : `, lifting asked ${day(liftAskedAt)}`;
  return `${reviewAt <= now ? 'OVERDUE for review since' : 'review by'} ${day(reviewAt)}${asked}`;
};

export const holdsList: Command = {
  name: 'holds list',
  usage: 'holds list',
  summary: 'lists holds, those in force first',
  options: {},
  takes: 0,
  run: ({ data }) =>
    withCatalogue(data, ({ holds }) => {
      const [list, now] = [holds.list(), Date.now()];
      const line = (hold: Hold) =>
        `${hold.id}  ${hold.caseRef}  ${hold.recordings} recordings  ${hold.owner}  ${state(hold, now)}`;
      return { json: { holds: list }, text: list.length === 0 ? 'No holds.' : list.map(line).join('\n') };
    }),
};

export const holdsRenew: Command = {
  name: 'holds renew',
  usage: `holds renew ID --review DATE ${PERSON_USAGE}`,
  summary: 'says that a hold is still needed, and when it is reviewed next',
  options: {
    review: { type: 'string', means: 'the next day on which somebody asks whether it is still needed' },
    ...personOptions,
  },
  takes: 1,
  run(invocation) {
    const [hold] = invocation.positionals as [string];
    const reviewAt = reviewOf(invocation.values);
    return asPerson(invocation, 'place holds', ({ catalogue, append, by }) => {
      catalogue.holds.renew(hold, reviewAt, () =>
        append({ kind: 'hold_renewed', actor: by, facts: { hold, reviewAt } }),
      );
      return {
        json: { hold, reviewAt: new Date(reviewAt).toISOString() },
        text: `Hold ${hold} stays. Review it by ${day(reviewAt)}.`,
      };
    });
  },
};

export const holdsAskLift: Command = {
  name: 'holds ask-lift',
  usage: `holds ask-lift ID --reason TEXT ${PERSON_USAGE}`,
  summary: 'asks to lift a hold: the first of two people',
  options: { reason: { type: 'string', means: 'why; the audit log keeps it' }, ...personOptions },
  takes: 1,
  run(invocation) {
    const [hold] = invocation.positionals as [string];
    const reason = needed(invocation.values, 'reason');
    return asPerson(invocation, 'ask to lift holds', ({ catalogue, append, by, at }) => {
      catalogue.holds.askLift(hold, by, at, reason, () =>
        append({ kind: 'hold_lift_asked', actor: by, facts: { hold, reason } }),
      );
      return { json: { hold }, text: `Another person can lift hold ${hold} now: \`holds lift ${hold}\`.` };
    });
  },
};

export const holdsLift: Command = {
  name: 'holds lift',
  usage: `holds lift ID ${PERSON_USAGE}`,
  summary: 'lifts a hold that somebody else asked to lift',
  options: personOptions,
  takes: 1,
  run(invocation) {
    const [hold] = invocation.positionals as [string];
    return asPerson(invocation, 'lift holds', ({ catalogue, append, by, at }) => {
      const found = catalogue.holds.get(hold);
      const recordings = found?.recordings ?? 0;
      catalogue.holds.lift(hold, by, at, () =>
        append({ kind: 'hold_lifted', actor: by, facts: { hold, askedBy: found?.liftAskedBy ?? '', recordings } }),
      );
      return {
        json: { hold, recordings },
        text: `Hold ${hold} is lifted. ${recordings} recordings follow their own terms again.`,
      };
    });
  },
};
