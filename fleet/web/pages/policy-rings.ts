/** Rings of a rollout as somebody types them, and what they mean. */
import { type Html, html } from '@belkluis/shared/web/html';
import { type FormFault, field, pick } from '@belkluis/shared/web/parts';
import type { Choice } from '../../policy/choose.ts';
import { problem } from '../../policy/problems.ts';
import type { Ring } from '../../policy/rings.ts';
import type { Scope } from '../../tenants/scope.ts';
import { NAMES_TYPED } from '../limits.ts';
import type { Visit } from '../visit.ts';

/** Every field of the forms of this way, by its name. */
export type Fields = Readonly<Record<string, readonly string[]>>;

export const one = (fields: Fields, name: string): string => fields[name]?.[0] ?? '';

/** Rings before the rest. */
const RINGS = [1, 2, 3] as const;

const kinds = ['', 'percent', 'boxes', 'sites', 'customers'] as const;
type Kind = (typeof kinds)[number];

const HOUR_MS = 3_600_000;

/** What a form offers first: a tenth, a day, then the rest. */
export const FIRST_RINGS: Fields = {
  'ring-1-who': ['percent'],
  'ring-1-of': ['10'],
  'ring-1-wait': ['24'],
  'ring-1-fail': ['1'],
  'ring-2-fail': ['10%'],
  'ring-3-fail': ['10%'],
  'ring-rest-fail': ['10%'],
};

export function ringFields(visit: Visit, fields: Fields, fault: FormFault | null): Html {
  const { rings } = visit.t.policies;
  const ring = (at: number | 'rest'): Html => {
    const id = (name: string) => `ring-${at}-${name}`;
    const value = (name: string) => one(fields, id(name));
    const fails = field({
      id: id('fail'),
      label: rings.mayFail,
      value: value('fail'),
      autocomplete: 'off',
      inRow: true,
      maxlength: 10,
      fault,
    });
    if (at === 'rest')
      return html`<fieldset><legend>${rings.rest}</legend><div class="filter">${fails}</div></fieldset>`;
    return html`<fieldset><legend>${rings.ring(at)}</legend><div class="filter">
      ${pick({ id: id('who'), label: rings.who, of: kinds.map((kind) => [kind, rings.kinds[kind || 'none']] as const), chosen: value('who'), fault })}
      ${field({ id: id('of'), label: rings.of, value: value('of'), autocomplete: 'off', inRow: true, fault })}
      ${field({ id: id('wait'), label: rings.wait, value: value('wait'), autocomplete: 'off', inputmode: 'numeric', inRow: true, maxlength: 4, fault })}
      ${fails}</div></fieldset>`;
  };
  return html`<p class="soft">${rings.lead}</p>${RINGS.map(ring)}${ring('rest')}`;
}

/** A refusal of one field of a ring. */
export class RingFault extends Error {
  readonly field: string;

  constructor(field: string, text: string) {
    super(text);
    this.field = field;
  }
}

/** Ids of what was typed as names, or ids, one a line or with commas between. @throws RingFault. */
async function idsOf(
  visit: Visit,
  scope: Scope,
  kind: Exclude<Kind, '' | 'percent'>,
  typed: string,
  field: string,
): Promise<string[]> {
  const { boxes, tenants } = visit.services;
  const found = async (name: string): Promise<readonly { readonly id: string; readonly name: string }[]> => {
    const ask = { search: name, limit: 20 };
    if (kind === 'boxes') return (await boxes.list(scope, ask)).rows;
    return (kind === 'sites' ? await tenants.sites(scope, ask) : await tenants.customers(scope, ask)).rows;
  };
  const ids: string[] = [];
  const names = namesIn(typed);
  if (names.length > NAMES_TYPED)
    throw new RingFault(field, visit.t.policies.rings.tooManyNames(visit.f.number(NAMES_TYPED)));
  for (const name of names) {
    const same = (await found(name)).filter((row) => row.name.toLowerCase() === name.toLowerCase());
    const known = same.length > 0 ? same : await byId(visit, scope, kind, name);
    if (known.length === 0) throw new RingFault(field, visit.t.policies.rings.unknown(name));
    ids.push(...known.map(({ id }) => id));
  }
  return ids;
}

const kindOf = { boxes: 'box', sites: 'site', customers: 'customer' } as const;

async function byId(
  visit: Visit,
  scope: Scope,
  kind: keyof typeof kindOf,
  id: string,
): Promise<readonly { readonly id: string }[]> {
  const named = (await visit.services.glance.names(scope, [id])).get(id);
  return named?.kind === kindOf[kind] ? [{ id }] : [];
}

const namesIn = (typed: string): readonly string[] =>
  typed
    .split(/[\n,]/)
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** `2`: so many boxes; `10%`: of those of the ring. @throws RingFault. */
function mayFail(visit: Visit, fields: Fields, id: string): Ring['mayFail'] {
  const [, digits, percent] = /^(\d{1,6}(?:[.,]\d)?)\s*(%?)$/.exec(one(fields, id).trim()) ?? [];
  if (digits === undefined) throw new RingFault(id, visit.t.policies.rings.mayFailHow);
  const value = Number(digits.replace(',', '.'));
  return percent ? { percent: value } : { boxes: value };
}

/** @throws RingFault. */
export async function ringsIn(visit: Visit, scope: Scope, fields: Fields): Promise<readonly Ring[]> {
  const { rings } = visit.t.policies;
  const made: Ring[] = [];
  for (const at of RINGS) {
    const id = (name: string) => `ring-${at}-${name}`;
    const kind = kinds.find((each) => each !== '' && each === one(fields, id('who')));
    if (!kind) continue;
    const typed = one(fields, id('of'));
    const percent = Number(typed.trim().replace(/\s*%$/, '').replace(',', '.'));
    if (kind === 'percent' && !(percent > 0 && percent <= 100)) throw new RingFault(id('of'), rings.percentHow);
    if (kind !== 'percent' && namesIn(typed).length === 0) throw new RingFault(id('of'), rings.namesHow);
    const hours = one(fields, id('wait')).trim();
    if (!/^\d{0,3}$/.test(hours) || Number(hours) > 720) throw new RingFault(id('wait'), rings.waitHow);
    const who = (
      kind === 'percent' ? { percent } : { [kind]: await idsOf(visit, scope, kind, typed, id('of')) }
    ) as Ring['who'];
    made.push({
      name: rings.ring(at),
      who,
      waitMs: Number(hours) * HOUR_MS,
      mayFail: mayFail(visit, fields, id('fail')),
    });
  }
  return [...made, { name: rings.rest, who: 'rest', waitMs: 0, mayFail: mayFail(visit, fields, 'ring-rest-fail') }];
}

/** Which boxes were chosen. @throws RingFault, Problem `nothing_chosen`. */
export async function choiceIn(visit: Visit, scope: Scope, fields: Fields): Promise<Choice> {
  switch (one(fields, 'who')) {
    case 'all':
      return { all: true };
    case 'customers':
      return { customers: fields.customers ?? [] };
    case 'sites':
      return { sites: fields.sites ?? [] };
    case 'boxes':
      return { boxes: await idsOf(visit, scope, 'boxes', one(fields, 'boxes'), 'boxes') };
    default:
      throw problem('nothing_chosen');
  }
}

/** Who a ring is for, in words. */
export function ringWords(
  { t, f }: Visit,
  { who, waitMs, mayFail }: Ring,
): { readonly who: string; readonly rule: string } {
  const { rings } = t.policies;
  const said =
    who === 'rest'
      ? rings.kinds.rest
      : 'percent' in who
        ? rings.percentOf(f.number(who.percent))
        : 'boxes' in who
          ? t.overview.boxes(f.number(who.boxes.length), who.boxes.length)
          : 'sites' in who
            ? `${rings.kinds.sites}: ${f.number(who.sites.length)}`
            : `${rings.kinds.customers}: ${f.number(who.customers.length)}`;
  const most =
    'boxes' in mayFail ? t.overview.boxes(f.number(mayFail.boxes), mayFail.boxes) : `${f.number(mayFail.percent)}%`;
  return {
    who: said,
    rule: [rings.haltsAfter(most), waitMs > 0 ? rings.waits(f.unit(waitMs / HOUR_MS, 'hour')) : '']
      .filter(Boolean)
      .join(' '),
  };
}
