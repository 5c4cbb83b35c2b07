/** What people change most in a level, as fields: what a level says into fields, and fields back into what it says. Pure. */
import type { Policy } from '@belkluis/shared/policy/schema';
import type { LevelContent, VariableType } from '../../policy/content.ts';
import type { Level } from '../../policy/levels.ts';
import { variablesAt } from './policy-level.ts';

type Json = Record<string, unknown>;

/** What a policy would be below a level, for names and what is in force; null: none is known. */
export type Sample = Pick<Policy, 'purposes' | 'rules'> | null;

export interface FormField {
  readonly id: string;
  /** Of `fieldWords`, or a name of somebody's own. */
  readonly label: string;
  readonly own?: boolean;
  /** Of a variable. */
  readonly type?: VariableType;
  /** What the policy below has now. */
  readonly now?: string | undefined;
  readonly kind: 'text' | 'area' | readonly string[];
  readonly value: string;
  /** Where it stands in the level, by names: refusals are shown there. */
  readonly path: string;
  /** It is a list, a line each, known whole or by its first word. */
  readonly lines?: 'line' | 'first word';
  /** Fields of one entry stand together under its name; empty: a new one. */
  readonly entry?: string;
}

/** What was typed, by the id of its field. */
export type Typed = (id: string) => string;

export interface LevelForm {
  fields(content: LevelContent, above: readonly Level[], sample: Sample): readonly FormField[];
  /** What the level says after that. */
  read(typed: Typed, content: LevelContent, fields: readonly FormField[]): unknown;
}

const text = (value: unknown): string =>
  value === undefined || value === null ? '' : Array.isArray(value) ? value.join('\n') : String(value);

/** A number where it is one; else what was typed, such as a variable, which the level judges. */
const numberOr = (typed: string): unknown => (/^\d{1,9}$/.test(typed.trim()) ? Number(typed) : typed.trim());

const linesOf = (typed: string): string[] =>
  typed
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const entriesOf = (content: LevelContent, name: string): readonly Json[] =>
  ((content.parts as Json)[name] as Json[] | undefined) ?? [];

/** Sets what is typed, takes out what is empty. */
function put(into: Json, name: string, value: unknown): Json {
  const { [name]: _, ...rest } = into;
  return value === '' || value === undefined ? rest : { ...rest, [name]: value };
}

const withPart = (content: LevelContent, name: string, value: unknown): unknown => ({
  ...content,
  parts: put(content.parts as Json, name, Array.isArray(value) && value.length === 0 ? undefined : value),
});

/** An entry changed, or added at the end; one that says no more than its key is taken out. */
function withEntry(all: readonly Json[], key: string, id: string, change: (entry: Json) => Json): readonly Json[] {
  const there = all.find((one) => one[key] === id);
  const after = change(there ?? { [key]: id });
  const isEmpty = Object.keys(after).length <= 1;
  if (!there) return isEmpty ? all : [...all, after];
  return all.flatMap((one) => (one !== there ? [one] : isEmpty ? [] : [after]));
}

const inside = (entry: Json | undefined, name: string): Json => (entry?.[name] as Json | undefined) ?? {};

const idsOf = (own: readonly Json[], below: readonly { readonly id: string }[] | undefined): readonly string[] => [
  ...new Set([...own.map(({ id }) => String(id)), ...(below ?? []).map(({ id }) => id)]),
];

const variables: LevelForm = {
  fields(content, above) {
    const own = Object.entries(content.variables).map(([name, { type, says = '' }]) =>
      `${name} ${type} ${says}`.trim(),
    );
    const declared = variablesAt([...above, { kind: 'box', of: '', version: 0, content, by: null, at: null }]);
    return [
      ...declared.map(({ name, type, says }) => ({
        ...{ id: `value-${name}`, label: name, own: true, type, now: says || undefined, path: `values.${name}` },
        ...(type === 'texts' ? ({ kind: 'area', lines: 'line' } as const) : ({ kind: 'text' } as const)),
        value: text(content.values[name]),
      })),
      {
        ...{ id: 'declared', label: 'declared', kind: 'area', lines: 'first word', path: 'variables' },
        value: own.join('\n'),
      },
    ];
  },
  read(typed, content, fields) {
    const kept = linesOf(typed('declared')).map((line) => {
      const [name = '', type = '', ...says] = line.split(/\s+/);
      return [name, { type, ...(says.length > 0 ? { says: says.join(' ') } : {}) }] as const;
    });
    let values: Json = {};
    for (const { id, label, type } of fields) {
      if (!id.startsWith('value-') || typed(id).trim() === '') continue;
      const isNumber = type === 'number' || type === 'days';
      const value = type === 'texts' ? linesOf(typed(id)) : isNumber ? numberOr(typed(id)) : typed(id).trim();
      values = { ...values, [label]: value };
    }
    return { ...content, variables: Object.fromEntries(kept), values };
  },
};

/** In ids of fields: an entry that is not there yet. No name has a `_`. */
export const NEW = '_new';

/** Whether it is what an entry is known by: it is typed once, and stands over the others then. */
export const isName = ({ id, entry }: FormField): boolean => entry !== undefined && /-(id|language)$/.test(id);

const termNames = ['contentDays', 'trafficDays', 'evidenceDays'] as const;

const terms: LevelForm = {
  fields(content, _above, sample) {
    const own = entriesOf(content, 'purposes');
    return [...idsOf(own, sample?.purposes), ''].flatMap((entry) => {
      const retention = inside(
        own.find(({ id }) => id === entry),
        'retention',
      );
      const below = sample?.purposes.find(({ id }) => id === entry)?.retention;
      const named: FormField[] = [
        {
          id: `terms-${entry || NEW}-id`,
          label: 'purpose',
          kind: 'text',
          value: entry,
          path: `parts.purposes.${entry}.id`,
          entry,
        },
      ];
      return named.concat(
        termNames.map((name) => ({
          ...{
            id: `terms-${entry || NEW}-${name}`,
            label: name,
            kind: 'text' as const,
            value: text(retention[name]),
            entry,
          },
          ...{ path: `parts.purposes.${entry}.retention.${name}`, now: below && text(below[name]) },
        })),
      );
    });
  },
  read(typed, content, fields) {
    let all = entriesOf(content, 'purposes');
    for (const { id, entry } of fields) {
      if (!id.endsWith('-id')) continue;
      const at = id.slice(0, -'-id'.length);
      const purpose = entry || typed(id).trim();
      const values = termNames.map((name) => [name, typed(`${at}-${name}`)] as const);
      if (purpose === '' && values.every(([, value]) => value.trim() === '')) continue;
      all = withEntry(all, 'id', purpose, (one) => {
        let retention = inside(one, 'retention');
        for (const [name, value] of values) retention = put(retention, name, numberOr(value));
        return put(one, 'retention', Object.keys(retention).length > 0 ? retention : undefined);
      });
    }
    return withPart(content, 'purposes', all);
  },
};

const saidNames = ['purpose', 'text'] as const;

/** What callers hear, by purpose and language. */
const said: LevelForm = {
  fields(content, _above, sample) {
    const own = entriesOf(content, 'purposes');
    const saidOf = (one: unknown): readonly Json[] =>
      (inside(one as Json | undefined, 'announcement').said as Json[] | undefined) ?? [];
    const pairs = idsOf(own, sample?.purposes).flatMap((id) => {
      const mine = saidOf(own.find((one) => one.id === id));
      const below = saidOf(sample?.purposes.find((one) => one.id === id));
      const languages = [...new Set([...mine, ...below].map(({ language }) => String(language)))];
      return languages.map((language) => ({
        ...{ id, language, mine: mine.find((one) => one.language === language) ?? {} },
        below: below.find((one) => one.language === language) ?? {},
      }));
    });
    return [...pairs, { id: '', language: '', mine: {} as Json, below: {} as Json }].flatMap(
      ({ id, language, mine, below }): FormField[] => {
        const entry = id && `${id}, ${language}`;
        const path = `parts.purposes.${id}.announcement.said.${language}`;
        return [
          {
            id: `said-${id ? `${id}-${language}` : NEW}-id`,
            label: 'purpose',
            kind: 'text',
            value: id,
            path: `${path}.id`,
            entry,
          },
          {
            id: `said-${id ? `${id}-${language}` : NEW}-language`,
            label: 'language',
            kind: 'text',
            value: language,
            path: `${path}.language`,
            entry,
          },
          ...saidNames.map((name) => ({
            ...{
              id: `said-${id ? `${id}-${language}` : NEW}-${name}`,
              label: name === 'purpose' ? 'saidPurpose' : 'ownText',
              entry,
            },
            kind: name === 'text' ? ('area' as const) : ('text' as const),
            ...{ value: text(mine[name]), path: `${path}.${name}`, now: text(below[name]) || undefined },
          })),
        ];
      },
    );
  },
  read(typed, content, fields) {
    let all = entriesOf(content, 'purposes');
    for (const { id, entry } of fields) {
      if (!id.endsWith('-id')) continue;
      const at = id.slice(0, -'-id'.length);
      const [purpose, language] = entry ? entry.split(', ') : [typed(id).trim(), typed(`${at}-language`).trim()];
      const values = saidNames.map((name) => [name, typed(`${at}-${name}`).trim()] as const);
      if (!purpose && values.every(([, value]) => value === '')) continue;
      all = withEntry(all, 'id', purpose ?? '', (one) => {
        const announcement = inside(one, 'announcement');
        const before = (announcement.said as Json[] | undefined) ?? [];
        const after = withEntry(before, 'language', language ?? '', (spoken) =>
          values.reduce((sum, [name, value]) => put(sum, name, value), spoken),
        );
        const more = put(announcement, 'said', after.length > 0 ? after : undefined);
        return put(one, 'announcement', Object.keys(more).length > 0 ? more : undefined);
      });
    }
    return withPart(content, 'purposes', all);
  },
};

const scheduleNames = ['days', 'from', 'until', 'timeZone', 'holidays'] as const;

const schedules: LevelForm = {
  fields(content, _above, sample) {
    const own = entriesOf(content, 'rules');
    return [...idsOf(own, sample?.rules), ''].flatMap((entry) => {
      const schedule = inside(
        own.find(({ id }) => id === entry),
        'schedule',
      );
      const below = (sample?.rules.find(({ id }) => id === entry)?.schedule ?? {}) as Json;
      const named: FormField[] = [
        {
          id: `rule-${entry || NEW}-id`,
          label: 'rule',
          kind: 'text',
          value: entry,
          path: `parts.rules.${entry}.id`,
          entry,
        },
      ];
      return named.concat(
        scheduleNames.map((name) => ({
          ...{ id: `rule-${entry || NEW}-${name}`, label: name, entry, path: `parts.rules.${entry}.schedule.${name}` },
          kind: name === 'holidays' ? ['', 'as usual', 'never', 'only'] : ('text' as const),
          value: Array.isArray(schedule[name]) ? schedule[name].join(' ') : text(schedule[name]),
          now: text(below[name]).replaceAll('\n', ' ') || undefined,
        })),
      );
    });
  },
  read(typed, content, fields) {
    let all = entriesOf(content, 'rules');
    for (const { id, entry } of fields) {
      if (!id.endsWith('-id')) continue;
      const at = id.slice(0, -'-id'.length);
      const rule = entry || typed(id).trim();
      const values = scheduleNames.map((name) => [name, typed(`${at}-${name}`).trim()] as const);
      if (rule === '' && values.every(([, value]) => value === '')) continue;
      all = withEntry(all, 'id', rule, (one) => {
        let schedule = inside(one, 'schedule');
        for (const [name, value] of values)
          schedule = put(schedule, name, name === 'days' && value !== '' ? value.split(/[\s,]+/).map(numberOr) : value);
        return put(one, 'schedule', Object.keys(schedule).length > 0 ? schedule : undefined);
      });
    }
    return withPart(content, 'rules', all);
  },
};

const holidays: LevelForm = {
  fields: (content) => [
    {
      ...{ id: 'holidays', label: 'holidayLines', kind: 'area', lines: 'first word', path: 'parts.holidays' },
      value: entriesOf(content, 'holidays')
        .map(({ date, name = '' }) => `${date} ${name}`.trim())
        .join('\n'),
    },
  ],
  read: (typed, content) =>
    withPart(
      content,
      'holidays',
      linesOf(typed('holidays')).map((line) => {
        const [date = '', ...name] = line.split(/\s+/);
        return { date, name: name.join(' ') };
      }),
    ),
};

const limits: LevelForm = {
  fields: ({ locks, without }) => [
    { id: 'locks', label: 'lockLines', kind: 'area', lines: 'line', value: locks.join('\n'), path: 'locks' },
    { id: 'without', label: 'withoutLines', kind: 'area', lines: 'line', value: without.join('\n'), path: 'without' },
  ],
  read: (typed, content) => ({ ...content, locks: linesOf(typed('locks')), without: linesOf(typed('without')) }),
};

/** What is typed is no JSON. */
export class NoJson extends Error {}

/** A whole part as JSON. */
const json = (part: string): LevelForm => ({
  fields(content) {
    const value = (content.parts as Json)[part];
    const shown = value === undefined ? '' : JSON.stringify(value, null, 2);
    return [{ id: 'json', label: 'json', kind: 'area', value: shown, path: `parts.${part}` }];
  },
  read(typed, content) {
    const said = typed('json').trim();
    if (said === '') return { ...content, parts: put(content.parts as Json, part, undefined) };
    try {
      return { ...content, parts: put(content.parts as Json, part, JSON.parse(said)) };
    } catch (cause) {
      throw new NoJson((cause as Error).message);
    }
  },
});

export const levelForms: Readonly<Record<string, LevelForm>> = { variables, terms, said, schedules, holidays, limits };

export const formFor = (what: string, parts: readonly string[]): LevelForm | null =>
  (Object.hasOwn(levelForms, what) ? levelForms[what] : parts.includes(what) ? json(what) : null) ?? null;
