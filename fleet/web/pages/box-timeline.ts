/** What happened at a box, from everything that is kept of it, newest first and in pages. */
import { healthCodes } from '@belkluis/shared/contract/health-codes';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { type StateKind, state } from '@belkluis/shared/web/parts';
import { z } from 'zod';
import { wordsOf } from '../../alerts/words/of.ts';
import type { CommandRow } from '../../commands/commands.ts';
import type { Page } from '../../db/page.ts';
import { keysAfter, pageOf } from '../../db/page.ts';
import type { TimelineRow } from '../../inventory/overview.ts';
import type { BoxPolicy, SignedRow } from '../../policy/standing.ts';
import type { Scope } from '../../tenants/scope.ts';
import { healthWords } from '../i18n/health.ts';
import { TIMELINE_SHOWN } from '../limits.ts';
import { may, type Visit } from '../visit.ts';
import { namesIn } from './audit.ts';
import { pathWith } from './parts.ts';

/** Sources, in the order in which they stand where all is of the same instant. */
type Source = 'act' | 'command' | 'event' | 'found' | 'policy';

interface Entry {
  readonly at: number;
  readonly source: Source;
  /** Within its source; of an act its place in the log. */
  readonly id: string;
  readonly kind: StateKind;
  readonly text: string;
  readonly more: string;
}

/** Where a page begins: behind what was shown last; and behind which place of the log, null: at its end. */
const keys = z.tuple([z.number().int(), z.string().max(10), z.string().max(40), z.number().int()]);
type Cursor = z.infer<typeof keys>;

/** No act was shown yet. */
const END = -1;

const cursor = (after: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(after)).toString('base64url');

/** Behind any id of the alphabet that ids have. */
const LAST = '~';

/** The same place for one source, which sorts by time and id. */
function placeIn(source: Source, at: Cursor | null): string | null {
  if (!at) return null;
  const [time, of, id] = at;
  return cursor([time, source === of ? id : source > of ? '' : LAST]);
}

function ofEvent({ t, f, language }: Visit, { id, at, event }: TimelineRow): Entry {
  const entry = { at, source: 'event' as const, id, more: '' };
  if (event.is === 'gap') {
    const { timeline } = t.box;
    return { ...entry, kind: 'warn', text: timeline.lost(f.number(event.lost), timeline.lostOf[event.of]) };
  }
  const words = healthWords[language];
  const { code } = event;
  if (!(code in healthCodes)) return { ...entry, kind: 'ok', text: code };
  const known = code as keyof typeof healthCodes;
  const check = words.checks[healthCodes[known].check];
  if (!event.on) return { ...entry, kind: 'ok', text: t.box.timeline.cleared(check), more: code };
  return { ...entry, kind: event.level === 'bad' ? 'bad' : 'warn', text: words.codes[known].says };
}

const kindOfCommand: Readonly<Record<CommandRow['state'], StateKind>> = {
  waiting: 'wait',
  sent: 'wait',
  accepted: 'wait',
  running: 'wait',
  done: 'ok',
  failed: 'bad',
  refused: 'warn',
  expired: 'off',
};

/** What was asked of a box, and what became of it. */
export function commandWords(
  { t, f }: Pick<Visit, 't' | 'f'>,
  row: CommandRow,
): { kind: StateKind; what: string; is: string } {
  const { commands } = t.box;
  const percent = row.state === 'running' && row.percent !== null ? ` ${f.unit(row.percent, 'percent')}` : '';
  const why = row.why ? `: ${commands.why[row.why] ?? row.why}` : '';
  return {
    kind: kindOfCommand[row.state],
    what: commands.ops[row.op],
    is: `${commands.states[row.state]}${percent}${why}`,
  };
}

const kindOfSigned: Readonly<Partial<Record<SignedRow['state'], StateKind>>> = {
  applied: 'ok',
  pending: 'wait',
  rejected: 'bad',
  failed: 'bad',
};

function ofSigned({ t, f }: Visit, row: SignedRow): Entry {
  const { timeline } = t.box;
  return {
    ...{ at: row.signedAt, source: 'policy', id: String(row.version).padStart(12, '0') },
    ...{ kind: kindOfSigned[row.state] ?? 'off', text: timeline.signed(f.number(row.version)) },
    more: timeline.signedStates[row.state],
  };
}

/** Later ones first; of the same instant as their sources and ids say. */
const later = (a: Entry, b: Entry): number =>
  b.at - a.at || (a.source < b.source ? 1 : a.source > b.source ? -1 : a.id < b.id ? 1 : a.id > b.id ? -1 : 0);

async function entriesOf(
  visit: Visit,
  scope: Scope,
  box: string,
  policy: Pick<BoxPolicy, 'signed'> | null,
  at: Cursor | null,
): Promise<Entry[]> {
  const { services, f, t, now, language } = visit;
  const ask = (source: Source) => ({ after: placeIn(source, at), limit: TIMELINE_SHOWN + 1 });
  const position = at && at[3] !== END ? at[3] : null;
  const [events, found, commands, acts] = await Promise.all([
    services.overview.timeline(scope, box, ask('event')),
    services.alerts.history.of(scope, box, ask('found')),
    services.commands.of(scope, box, ask('command')),
    may(visit, 'see audit log')
      ? services.audit.aboutBox(scope.msp, box, {
          after: position === null ? null : cursor([position]),
          limit: TIMELINE_SHOWN + 1,
        })
      : null,
  ]);
  // Its own entries tell of commands already.
  const rows = (acts?.rows ?? []).filter(({ event }) => event.kind !== 'command_sent');
  const names = rows.length > 0 ? await namesIn(visit, scope, rows) : new Map<string, string>();
  const signed = (policy?.signed ?? []).map((row) => ofSigned(visit, row));
  const behind = (entry: Entry): boolean =>
    !at || later(entry, { ...entry, at: at[0], source: at[1] as Source, id: at[2] }) > 0;
  return [
    ...events.rows.map((row) => ofEvent(visit, row)),
    ...found.rows.map(
      ({ id, code, level, since, clearedAt }): Entry => ({
        ...{ at: since, source: 'found', id, kind: clearedAt === null ? level : 'off' },
        text: wordsOf(language, code).title,
        more: clearedAt === null ? '' : t.box.timeline.until(f.momentWithin(clearedAt, now)),
      }),
    ),
    ...commands.rows.map((row): Entry => {
      const { kind, what, is } = commandWords(visit, row);
      return { at: row.madeAt, source: 'command', id: row.id, kind, text: what, more: is };
    }),
    ...rows.map(
      ({ index, event }): Entry => ({
        ...{ at: event.at, source: 'act', id: String(index).padStart(16, '0'), kind: 'off' },
        text: `${names.get(event.actor) ?? t.audit.gone} ${t.audit.kinds[event.kind]}`,
        more: '',
      }),
    ),
    ...signed.filter(behind),
  ];
}

/** @throws Problem `cursor_invalid`. */
export async function timelineOf(
  visit: Visit,
  scope: Scope,
  box: string,
  policy: Pick<BoxPolicy, 'signed'> | null,
  after: string | undefined,
): Promise<Page<Entry>> {
  const at = keysAfter({ after }, keys as z.ZodType<Cursor>);
  const entries = (await entriesOf(visit, scope, box, policy, at)).sort(later);
  const shown = entries.slice(0, TIMELINE_SHOWN);
  const acts = shown.filter(({ source }) => source === 'act').map(({ id }) => Number(id));
  const position = acts.length > 0 ? Math.min(...acts) : (at?.[3] ?? END);
  return pageOf(entries, { limit: TIMELINE_SHOWN }, ({ at, source, id }) => [at, source, id, position]);
}

export function timelinePart(visit: Visit, box: string, page: Page<Entry>, after: string | undefined): Html {
  const { t, f, now } = visit;
  const { timeline } = t.box;
  const link = (text: string, next: string | null) =>
    html`<a href="${pathWith(`/boxes/${box}`, { after: next })}#timeline">${text}</a>`;
  const rows = page.rows.map(
    ({ at, kind, text, more }) =>
      html`<li><time datetime="${new Date(at).toISOString()}">${f.momentWithin(at, now)}</time><span>${state(kind, text)}${more ? html`<small>${more}</small>` : nothing}</span></li>`,
  );
  return html`<section aria-labelledby="timeline" data-live id="live-timeline">
      <header><h2 id="timeline">${timeline.title}</h2><span class="row">${after ? link(timeline.newest, null) : nothing}${page.next ? link(timeline.older, page.next) : nothing}</span></header>
      ${rows.length === 0 ? html`<p class="soft">${timeline.none}</p>` : html`<ul class="list timeline">${rows}</ul>`}
    </section>`;
}
