/** Acts on several boxes: a page says in numbers what will happen, and asks for what is missing; then it is done, or said what was not. */
import { hash } from 'node:crypto';
import { Problem } from '@belkluis/shared/base/problem';
import { healthCodes } from '@belkluis/shared/contract/health-codes';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { area, errorSummary, type FormFault, field, head, pick } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import type { Act } from '../../access/rights.ts';
import type { AlertCode } from '../../alerts/codes.ts';
import { problem as alertProblem } from '../../alerts/problems.ts';
import type { BoxRow } from '../../inventory/boxes.ts';
import { problem as inventoryProblem } from '../../inventory/problems.ts';
import { tagsIn } from '../../inventory/tags.ts';
import type { Scope } from '../../tenants/scope.ts';
import { type FilterWords, filterOf, filterWords } from '../box-filter.ts';
import { healthWords } from '../i18n/health.ts';
import { MAX_ACT_BOXES, MAX_COMMAND_BOXES, NAMED_BOXES } from '../limits.ts';
import { problem } from '../problems.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, fields, field as posted, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { pathWith } from './parts.ts';
import { problemText, refusal } from './problem.ts';
import { PROOF_MODULE, proofFields, proofPart, prove } from './proof.ts';
import { NO_SITE_ASK, type SiteAsk, siteAskIn, siteField, siteOffer, siteSearch } from './site-pick.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What is wrong with the form of an act, and not with a box, by the field that it is about. */
const faultFields: Readonly<Record<BoxAct['what'], Readonly<Record<string, string>>>> = {
  maintenance: {
    ...{ reason_missing: 'reason', note_invalid: 'reason', window_invalid: 'until', windows_full: 'from' },
    ...{ time_zone_invalid: 'fromTime', target_unknown: 'from' },
  },
  mute: { body_wrong: 'code', mute_invalid: 'days', mutes_full: 'code', note_invalid: 'note' },
  sync: {},
  test_call: {},
  tag: { tag_invalid: 'tags', msp_tags_too_many: 'tags' },
  untag: { tag_invalid: 'tags' },
  move: { site_unknown: 'site', archived: 'site' },
  revoke: proofFields,
};

/** Fields of a window as its room names them. */
const windowFields: Readonly<Record<string, string>> = {
  ...{ fromDate: 'from', fromTime: 'fromTime', untilDate: 'until', untilTime: 'untilTime' },
};

interface BoxAct {
  readonly what: 'maintenance' | 'mute' | 'sync' | 'test_call' | 'tag' | 'untag' | 'move' | 'revoke';
  readonly act: Act;
  readonly most: number;
}

export const boxActs: readonly BoxAct[] = [
  { what: 'maintenance', act: 'handle alerts', most: MAX_ACT_BOXES },
  { what: 'mute', act: 'handle alerts', most: MAX_ACT_BOXES },
  { what: 'sync', act: 'send commands', most: MAX_COMMAND_BOXES },
  { what: 'test_call', act: 'send commands', most: MAX_COMMAND_BOXES },
  { what: 'tag', act: 'manage boxes', most: MAX_ACT_BOXES },
  { what: 'untag', act: 'manage boxes', most: MAX_ACT_BOXES },
  { what: 'move', act: 'manage boxes', most: MAX_ACT_BOXES },
  { what: 'revoke', act: 'manage boxes', most: MAX_ACT_BOXES },
];

/** @throws Problem `not_here`. */
function actOf(what: string | undefined): BoxAct {
  const found = boxActs.find((one) => one.what === what);
  if (!found) throw problem('not_here');
  return found;
}

/** Which boxes: those that were ticked, or all of a filter. */
interface Chosen {
  readonly whole: boolean;
  readonly ids: readonly string[];
  readonly words: FilterWords;
}

interface Boxes extends Chosen {
  readonly rows: readonly BoxRow[];
  /** How many there are; of more than an act takes there are no `rows`. */
  readonly count: number;
  /** Of which boxes they are: the same only for the same. */
  readonly digest: string;
}

const ID = /^[0-9a-f]{32}$/;

function chosenIn(
  whom: string | undefined,
  ids: readonly string[],
  value: (name: string) => string | undefined,
): Chosen {
  return { whole: whom === 'whole', ids: [...new Set(ids.filter((id) => ID.test(id)))], words: filterWords(value) };
}

/** Those of them that the person may do it to; of others nothing is said. */
async function boxesOf({ services }: Visit, scope: Scope, chosen: Chosen, most: number): Promise<Boxes> {
  const filter = chosen.whole ? filterOf(chosen.words) : { ids: chosen.ids.slice(0, most) };
  const count = await services.boxes.count(scope, filter);
  const rows: BoxRow[] = [];
  if (count <= most) {
    let after: string | null = null;
    do {
      const page = await services.boxes.list(scope, { ...filter, after, limit: 200 });
      rows.push(...page.rows);
      after = page.next;
    } while (after !== null);
  }
  const ids = rows.map(({ id }) => id).sort();
  return { ...chosen, rows, count, digest: hash('sha256', ids.join(' '), 'hex') };
}

const back = (words: FilterWords): string => pathWith('/boxes', words);

/** The choice again, for the form that acts. `expects`: which boxes the page spoke of. */
const choiceFields = ({ whole, ids, words, digest }: Boxes): Html =>
  html`<input type="hidden" name="expects" value="${digest}">${
    whole
      ? html`<input type="hidden" name="whom" value="whole">${Object.entries(words).map(([name, value]) => (value ? html`<input type="hidden" name="${name}" value="${value}">` : nothing))}`
      : ids.map((id) => html`<input type="hidden" name="box" value="${id}">`)
  }`;

function numbers(visit: Visit, what: BoxAct['what'], { rows }: Boxes): Html {
  const { t, f } = visit;
  const { numbers } = t.boxes;
  const active = rows.filter(({ state }) => state === 'active');
  const there = active.filter(({ presence }) => presence?.is === 'online').length;
  const asks = what === 'sync' || what === 'test_call';
  const line = (name: string, value: number) => html`<dt>${name}</dt><dd>${f.number(value)}</dd>`;
  const named = rows.slice(0, NAMED_BOXES).map(({ name }) => name);
  const more = rows.length - named.length;
  return html`<section aria-labelledby="numbers"><header><h2 id="numbers">${numbers.title}</h2></header>
    <dl>${line(numbers.boxes, asks ? active.length : rows.length)}${
      asks ? html`${line(numbers.active, there)}${line(numbers.away, active.length - there)}` : nothing
    }${asks && rows.length > active.length ? line(numbers.inactive, rows.length - active.length) : nothing}${line(numbers.customers, new Set(rows.map(({ customer }) => customer)).size)}${line(numbers.sites, new Set(rows.map(({ site }) => site)).size)}<dt>${numbers.which}</dt><dd>${named.join(', ')}${more > 0 ? html` ${numbers.more(f.number(more))}` : nothing}</dd></dl></section>`;
}

/** What a form was given, to stand in it again. */
type Typed = Readonly<Record<string, string>>;

const formFields = [
  'from',
  'fromTime',
  'until',
  'untilTime',
  'reason',
  'code',
  'days',
  'note',
  'site',
  'tags',
] as const;

function maintenanceFields({ t, f, now, timeZone }: Visit, typed: Typed, fault: FormFault | null): Html {
  const { fields } = t.boxes;
  const day = (id: string, label: string, at: number) =>
    field({ id, label, type: 'date', value: typed[id] ?? f.isoDate(at), autocomplete: 'off', required: true, fault });
  const time = (id: string, label: string, at: number) =>
    field({
      id,
      label,
      hint: fields.timeHint(timeZone),
      value: typed[id] ?? f.time(at),
      autocomplete: 'off',
      required: true,
      maxlength: 5,
      fault,
    });
  return html`<div class="row">${day('from', fields.from, now)}${time('fromTime', fields.fromTime, now)}</div>
    <div class="row">${day('until', fields.until, now + 2 * HOUR_MS)}${time('untilTime', fields.untilTime, now + 2 * HOUR_MS)}</div>
    ${area({ id: 'reason', label: fields.reason, hint: fields.reasonHint, value: typed.reason ?? '', required: true, maxlength: 500, fault })}`;
}

/** How long, days; 0: until it gets worse. */
const muteDays = ['1', '7', '30', '0'] as const;

async function muteFields(
  visit: Visit,
  scope: Scope,
  boxes: Boxes,
  typed: Typed,
  fault: FormFault | null,
): Promise<Html> {
  const { t, f, language, services } = visit;
  const { fields } = t.boxes;
  const glances = await services.glance.boxes(
    scope,
    boxes.rows.map(({ id }) => id),
  );
  const standing = new Map<string, number>();
  for (const { codes } of glances.values()) for (const code of codes) standing.set(code, (standing.get(code) ?? 0) + 1);
  const health = healthWords[language];
  const codes = (Object.keys(healthCodes) as (keyof typeof healthCodes)[]).map((code) => {
    const n = standing.get(code) ?? 0;
    return { code, n, text: `${health.checks[healthCodes[code].check]} (${code})${n > 0 ? `: ${f.number(n)}` : ''}` };
  });
  const offered = codes.sort((a, b) => b.n - a.n).map(({ code, text }) => [code, text] as const);
  const days = muteDays.map((one) => [one, fields.forDays[one]] as const);
  return html`${pick({ id: 'code', label: fields.code, of: offered, chosen: typed.code || boxes.words.finding, fault })}
    ${pick({ id: 'days', label: fields.days, of: days, chosen: typed.days ?? '7', fault })}
    ${area({ id: 'note', label: fields.note, hint: fields.reasonHint, value: typed.note ?? '', maxlength: 500, fault })}`;
}

/** The choice as `/boxes/act` has it in its address. */
const addressFields = ({ whole, ids, words }: Chosen, what: BoxAct['what']): readonly (readonly [string, string])[] => [
  ['what', what],
  ...(whole ? [['whom', 'whole'] as const] : ids.map((id) => ['box', id] as const)),
  ...Object.entries(words).filter(([, value]) => value !== ''),
];

interface Shown {
  readonly typed: Typed;
  readonly fault: FormFault | null;
  readonly note?: string;
  readonly ask?: SiteAsk;
}

function tagField({ t }: Visit, what: 'tag' | 'untag', { rows }: Boxes, typed: Typed, fault: FormFault | null): Html {
  const { fields } = t.boxes;
  const value = typed.tags ?? '';
  if (what === 'tag')
    return field({
      id: 'tags',
      label: fields.tags,
      hint: t.box.edit.tagsHint,
      value,
      autocomplete: 'off',
      required: true,
      maxlength: 400,
      fault,
    });
  const of = [...new Set(rows.flatMap(({ tags }) => tags))].sort().map((tag) => [tag, tag] as const);
  return pick({ id: 'tags', label: fields.tag, of, chosen: value, fault });
}

/** What is asked for besides, and what stands above the form. Null: there is nothing to choose from. */
async function innerOf(
  visit: Visit,
  scope: Scope,
  what: BoxAct['what'],
  boxes: Boxes,
  { typed, fault, ask = NO_SITE_ASK }: Shown,
): Promise<{ readonly above: Html; readonly fields: Html | null }> {
  if (what === 'maintenance') return { above: nothing, fields: maintenanceFields(visit, typed, fault) };
  if (what === 'mute') return { above: nothing, fields: await muteFields(visit, scope, boxes, typed, fault) };
  if (what === 'tag' || what === 'untag') return { above: nothing, fields: tagField(visit, what, boxes, typed, fault) };
  if (what !== 'move') return { above: nothing, fields: nothing };
  const offer = await siteOffer(visit, scope, ask, { chosen: typed.site ?? '' });
  const above = siteSearch(visit, offer, '/boxes/act', addressFields(boxes, what));
  return { above, fields: offer.of.length === 0 ? null : siteField(visit, offer, typed.site ?? '', fault) };
}

async function askPage(visit: Visit, scope: Scope, { what, most }: BoxAct, boxes: Boxes, shown: Shown): Promise<Html> {
  const { t, f } = visit;
  const { fault, note } = shown;
  const { count, words } = boxes;
  const refuse = count === 0 ? t.boxes.nothingChosen : count > most ? t.boxes.tooMany(f.number(most)) : null;
  const title = t.boxes.titles[what](f.number(count), count);
  const { above, fields: inner } = refuse
    ? { above: nothing, fields: nothing }
    : await innerOf(visit, scope, what, boxes, shown);
  const verb = what === 'revoke' ? t.boxes.verbs.revoke(f.number(count), count) : t.boxes.verbs[what];
  const body = html`${head(title, t.boxes.leads[what])}
    <div class="stack">
      ${note ? html`<p class="note warn" role="alert">${note}</p>` : nothing}
      ${
        refuse
          ? html`<p class="note warn" role="alert">${refuse}</p><p><a href="${back(words)}">${t.boxes.back}</a></p>`
          : html`${numbers(visit, what, boxes)}${above}${
              inner === null
                ? html`<p><a href="${back(words)}">${t.common.cancel}</a></p>`
                : html`
      <form method="post" action="/boxes/act/${what}" class="${what === 'revoke' ? 'door ' : ''}stack tight narrow">
        ${errorSummary(t.frame, fault)}${choiceFields(boxes)}${inner}
        <p class="soft">${t.boxes.logged}</p>
        ${what === 'revoke' ? await proofPart(visit, verb, fault) : html`<div class="row"><button class="primary">${verb}</button></div>`}
        <p><a href="${back(words)}">${t.common.cancel}</a></p>
      </form>`
            }`
      }
    </div>`;
  return layout(visit, { title, place: 'boxes', modules: what === 'revoke' ? [PROOF_MODULE] : [], body });
}

/** What became of it. */
interface Outcome {
  readonly done: number;
  /** Asked for the same a moment ago. */
  readonly busy: number;
  readonly refused: readonly { readonly name: string; readonly why: string }[];
}

/** One after the other; what one box refuses stops no other. What is wrong with the form itself is thrown while nothing was done yet. */
async function each(
  visit: Visit,
  rows: readonly BoxRow[],
  ofForm: Readonly<Record<string, string>>,
  act: (row: BoxRow) => Promise<unknown>,
): Promise<Outcome> {
  const refused: { name: string; why: string }[] = [];
  for (const [at, row] of rows.entries()) {
    try {
      await act(row);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (at === refused.length && Object.hasOwn(ofForm, error.code)) throw error;
      refused.push({ name: row.name, why: problemText(visit, error) });
    }
  }
  return { done: rows.length - refused.length, busy: 0, refused };
}

async function perform(
  visit: Visit,
  { scope, by }: { readonly scope: Scope; readonly by: string },
  what: BoxAct['what'],
  { rows }: Boxes,
  typed: Typed,
): Promise<Outcome> {
  const { services, now, timeZone } = visit;
  if (what === 'maintenance') {
    const when = {
      ...{ zone: timeZone, days: null, fromDate: typed.from ?? '', fromTime: typed.fromTime ?? '' },
      ...{ untilDate: typed.until ?? '', untilTime: typed.untilTime ?? '' },
    };
    const target = { of: 'boxes' as const, boxes: rows.map(({ id }) => id) };
    await services.alerts.windows.plan(scope, target, when, typed.reason ?? '', by);
    return { done: rows.length, busy: 0, refused: [] };
  }
  if (what === 'mute') {
    if (!Object.hasOwn(healthCodes, typed.code ?? '')) throw problem('body_wrong');
    const code = typed.code as AlertCode & keyof typeof healthCodes;
    const days = muteDays.find((one) => one === typed.days);
    if (days === undefined) throw alertProblem('mute_invalid');
    const until = days === '0' ? null : now + Number(days) * DAY_MS;
    const mute = { code, level: healthCodes[code].level, until, note: typed.note ?? '' };
    return each(visit, rows, faultFields.mute, ({ id }) =>
      services.alerts.list.muteCode(scope, { of: 'box', box: id }, mute, by),
    );
  }
  if (what === 'tag' || what === 'untag') {
    const tags = tagsIn(typed.tags ?? '');
    if (tags.length === 0) throw inventoryProblem('tag_invalid');
    const change = what === 'tag' ? { add: tags } : { remove: tags };
    return each(visit, rows, faultFields[what], ({ id }) => services.tags.change(scope, id, change, by));
  }
  if (what === 'move')
    return each(visit, rows, faultFields.move, ({ id }) => services.boxes.move(scope, id, typed.site ?? '', by));
  if (what === 'revoke')
    return each(
      visit,
      rows.filter(({ state }) => state !== 'revoked'),
      faultFields.revoke,
      ({ id }) => services.revoke(id, by),
    );
  const active = rows.filter(({ state }) => state === 'active').map(({ id }) => id);
  if (active.length === 0) return { done: 0, busy: 0, refused: [] };
  const { commands, busy } = await services.commands.send(scope, active, what, by);
  return { done: commands.length, busy, refused: [] };
}

function donePage(visit: Visit, what: BoxAct['what'], words: FilterWords, { done, busy, refused }: Outcome): Html {
  const { t, f } = visit;
  const title = t.boxes.done[what](f.number(done), done);
  const body = html`<div class="head"><div><h1>${title}</h1></div></div>
    <div class="stack">
      ${busy > 0 ? html`<p>${t.boxes.busy(f.number(busy), busy)}</p>` : nothing}
      ${refused.length > 0 ? html`<section><p>${t.boxes.notDone(f.number(refused.length), refused.length)}</p><ul class="list">${refused.map(({ name, why }) => html`<li><span>${name}<small>${why}</small></span></li>`)}</ul></section>` : nothing}
      <p><a href="${back(words)}">${t.boxes.back}</a></p>
    </div>`;
  return layout(visit, { title, place: 'boxes', body });
}

export const boxesActRoutes = new Hono<ConsoleEnv>()
  .get('/boxes/act', async (c) => {
    // Who may act on nothing is refused before what is asked for is looked at.
    const first = boxActs.find(({ what }) => what === c.req.query('what')) ?? boxActs[0]!;
    const { scope } = allowed(c, first.act);
    const visit = c.get('visit');
    const what = actOf(c.req.query('what'));
    const chosen = chosenIn(c.req.query('whom'), c.req.queries('box') ?? [], (name) => c.req.query(name));
    const boxes = await boxesOf(visit, scope, chosen, what.most);
    return c.html(await askPage(visit, scope, what, boxes, { typed: {}, fault: null, ask: siteAskIn(c) }));
  })
  .post('/boxes/act/:what', async (c: ConsoleContext) => {
    const first = boxActs.find(({ what }) => what === c.req.param('what')) ?? boxActs[0]!;
    const { scope, person } = allowed(c, first.act);
    const visit = c.get('visit');
    const what = actOf(c.req.param('what'));
    const body = await c.req.parseBody({ all: true });
    const value = (name: string): string | undefined => {
      const one = [body[name] ?? []].flat()[0];
      return typeof one === 'string' ? one : undefined;
    };
    const chosen = chosenIn(value('whom'), await fields(c, 'box'), value);
    const boxes = await boxesOf(visit, scope, chosen, what.most);
    const typed: Typed = Object.fromEntries(
      formFields.flatMap((name) => {
        const text = value(name);
        return text === undefined ? [] : [[name, text]];
      }),
    );
    if (boxes.count === 0 || boxes.count > what.most) {
      c.status(409);
      return c.html(await askPage(visit, scope, what, boxes, { typed, fault: null }));
    }
    // What the page said is what happens, or nothing.
    if ((await posted(c, 'expects')) !== boxes.digest) {
      c.status(409);
      const note = visit.t.boxes.changed(visit.f.number(boxes.count), boxes.count);
      return c.html(await askPage(visit, scope, what, boxes, { typed, fault: null, note }));
    }
    try {
      if (what.what === 'revoke') await prove(c);
      const outcome = await perform(visit, { scope, by: person.id }, what.what, boxes, typed);
      return c.html(donePage(visit, what.what, boxes.words, outcome));
    } catch (error) {
      const fault = refusal(c, error, faultFields[what.what]);
      const field = windowFields[(error as Problem).detail ?? ''] ?? fault.field;
      return c.html(await askPage(visit, scope, what, boxes, { typed, fault: { ...fault, field } }));
    }
  });
