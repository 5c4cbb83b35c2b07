/** The fields of rules, of what is never recorded, and of groups, out of the document and into it. */
import { levels } from '@belkluis/shared/policy/purpose';
import type { Never, Rule } from '@belkluis/shared/policy/rule';
import type { Policy } from '@belkluis/shared/policy/schema';
import { listIn, numberIn, optional, type Shape, type Typed } from './form.ts';
import { joined, type PolicyPart, type PolicySection, someIn } from './policy-form.ts';

/** Lists of the document whose entries have a page of their own. */
export const entryLists = ['rules', 'neverRecord', 'groups'] as const;

export type EntryList = (typeof entryLists)[number];

const text = (id: string, at: string): Shape => ({ id, is: 'text', at });
const lines = (id: string, at: string): Shape => ({ id, is: 'lines', at });
const name: Shape = { id: 'id', is: 'text', at: 'id', required: true };

interface Of {
  readonly sections: readonly PolicySection[];
  readonly typed: Typed;
  /** @throws FieldWrong */
  next(typed: Typed): unknown;
}

const unless = (value: number | undefined): string => (value === undefined ? '' : String(value));

/** `rule`: the one that is changed; null: a new one. */
function ruleFields(rule: Rule | null, { purposes, groups }: Policy): Of {
  const { schedule, retention } = rule ?? {};
  return {
    sections: [
      {
        id: 'which',
        shapes: [
          ...(rule ? [] : [name]),
          { id: 'rulePurpose', is: 'pick', at: 'purpose', of: purposes.map(({ id }) => id) },
          { id: 'direction', is: 'pick', at: 'direction', of: ['', 'internal', 'inbound', 'outbound'] },
          lines('from', 'from'),
          lines('to', 'to'),
          lines('extensions', 'extensions'),
          ...(groups.length === 0
            ? []
            : [{ id: 'groups', is: 'many', at: 'groups', of: groups.map(({ id }) => id) } as const]),
          lines('queues', 'queues'),
          lines('trunks', 'trunks'),
          { id: 'via', is: 'pick', at: 'via', of: ['', 'phone', 'siprec'] },
        ],
      },
      {
        id: 'when',
        shapes: [
          { id: 'scheduleDays', is: 'many', at: 'schedule.days', of: ['1', '2', '3', '4', '5', '6', '7'] },
          text('scheduleFrom', 'schedule.from'),
          text('scheduleUntil', 'schedule.until'),
          { id: 'scheduleHolidays', is: 'pick', at: 'schedule.holidays', of: ['as usual', 'never', 'only'] },
          text('timeZone', 'schedule.timeZone'),
        ],
      },
      {
        id: 'how',
        shapes: [
          { id: 'start', is: 'pick', at: 'start', of: ['automatic', 'manual'] },
          { id: 'sampling', is: 'number', at: 'sampling' },
          { id: 'ruleLevel', is: 'pick', at: 'level', of: ['', ...levels] },
          { id: 'ruleContentDays', is: 'number', at: 'retention' },
          { id: 'ruleTrafficDays', is: 'number', at: 'retention.trafficDays' },
        ],
      },
    ],
    typed: {
      id: '',
      rulePurpose: rule?.purpose ?? purposes[0]?.id ?? '',
      direction: rule?.direction ?? '',
      via: rule?.via ?? '',
      from: joined(rule?.from),
      to: joined(rule?.to),
      extensions: joined(rule?.extensions),
      groups: joined(rule?.groups),
      queues: joined(rule?.queues),
      trunks: joined(rule?.trunks),
      scheduleDays: joined(schedule?.days.map(String)),
      scheduleFrom: schedule?.from ?? '',
      scheduleUntil: schedule?.until ?? '',
      scheduleHolidays: schedule?.holidays ?? 'as usual',
      timeZone: schedule?.timeZone ?? '',
      start: rule?.start ?? 'automatic',
      sampling: unless(rule?.sampling),
      ruleLevel: rule?.level ?? '',
      ruleContentDays: unless(retention?.contentDays),
      ruleTrafficDays: unless(retention?.trafficDays),
    },
    next(typed) {
      const days = listIn(typed, 'scheduleDays').map(Number);
      const when = days.length > 0 || optional(typed, 'scheduleFrom') || optional(typed, 'scheduleUntil');
      const contentDays = numberIn(typed, 'ruleContentDays');
      const trafficDays = numberIn(typed, 'ruleTrafficDays');
      return {
        id: rule?.id ?? typed.id,
        purpose: typed.rulePurpose,
        direction: optional(typed, 'direction'),
        via: optional(typed, 'via'),
        from: someIn(typed, 'from'),
        to: someIn(typed, 'to'),
        extensions: someIn(typed, 'extensions'),
        groups: someIn(typed, 'groups'),
        queues: someIn(typed, 'queues'),
        trunks: someIn(typed, 'trunks'),
        schedule: when
          ? {
              days,
              from: typed.scheduleFrom,
              until: typed.scheduleUntil,
              timeZone: optional(typed, 'timeZone'),
              holidays: typed.scheduleHolidays,
            }
          : undefined,
        start: typed.start,
        sampling: numberIn(typed, 'sampling'),
        level: optional(typed, 'ruleLevel'),
        retention: contentDays === undefined && trafficDays === undefined ? undefined : { contentDays, trafficDays },
      };
    },
  };
}

function neverFields(one: Never | null): Of {
  return {
    sections: [
      {
        id: 'never',
        shapes: [
          ...(one ? [] : [name]),
          {
            id: 'neverWhy',
            is: 'pick',
            at: 'why',
            of: ['works-council', 'doctor', 'confidant', 'private', 'withheld', 'other'],
          },
          lines('neverNumbers', 'numbers'),
          lines('neverExtensions', 'extensions'),
        ],
      },
    ],
    typed: {
      id: '',
      neverWhy: one?.why ?? 'works-council',
      neverNumbers: joined(one?.numbers),
      neverExtensions: joined(one?.extensions),
    },
    next: (typed) => ({
      id: one?.id ?? typed.id,
      why: typed.neverWhy,
      numbers: someIn(typed, 'neverNumbers'),
      extensions: someIn(typed, 'neverExtensions'),
    }),
  };
}

function groupFields(group: Policy['groups'][number] | null): Of {
  return {
    sections: [
      {
        id: 'group',
        shapes: [...(group ? [] : [name]), { ...lines('groupExtensions', 'extensions'), required: true }],
      },
    ],
    typed: { id: '', groupExtensions: joined(group?.extensions) },
    next: (typed) => ({ id: group?.id ?? typed.id, extensions: listIn(typed, 'groupExtensions') }),
  };
}

/** The entry at `index` of a list, or a new one at its end: `index` is then the length of the list. */
export function entryPart(policy: Policy, list: EntryList, index: number): PolicyPart {
  const of = {
    rules: () => ruleFields(policy.rules[index] ?? null, policy),
    neverRecord: () => neverFields(policy.neverRecord[index] ?? null),
    groups: () => groupFields(policy.groups[index] ?? null),
  }[list]();
  return {
    ...of,
    under: [list, index],
    next(typed) {
      const entry = of.next(typed);
      const all: readonly unknown[] = policy[list];
      return {
        ...policy,
        [list]: index < all.length ? all.map((one, at) => (at === index ? entry : one)) : [...all, entry],
      };
    },
  };
}
