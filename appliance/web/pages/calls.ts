/** Calls now and of the last two hours, how each went, and what the signalling counts. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { Person } from '../../access/people.ts';
import { may } from '../../access/roles.ts';
import { maskedCall, maskedNumber } from '../../trace/mask.ts';
import type { TracedCall, TracedTurn } from '../../trace/traced.ts';
import { CALLS_SHOWN } from '../limits.ts';
import { problem } from '../problems.ts';
import { type CallsNow, steeringRefusal, type Wish } from '../tools-services.ts';
import { allowed, type DeskEnv, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { head, instant, state } from './parts.ts';

const shapes = { ringing: 'wait', answered: 'ok', ended: 'off', failed: 'warn' } as const;

/** How a call went, and, where it did not come about, what that usually means. */
export function outcome({ t }: Visit, { state: how, status, reason }: TracedCall): Html {
  const { calls } = t;
  const word = state(shapes[how], calls.states[how]);
  if (how !== 'failed' || status === null) return word;
  const why = calls.why[status];
  return html`${word}<small>${calls.failed(status, reason ?? '')}${why ? html`. ${why}` : nothing}</small>`;
}

/** What became of one transfer, in a line. */
export function turnLine({ t }: Visit, { how, by, to, status, reason }: TracedTurn): Html {
  const { calls } = t;
  const came = status < 300;
  const word = came ? state('ok', calls.cameAbout) : state('warn', calls.didNot);
  const why = came ? '' : `: ${calls.failed(status, reason)}${calls.why[status] ? `. ${calls.why[status]}` : ''}`;
  return html`${calls.turnedTo(calls.how[how][by], to)}. ${word}${why}`;
}

export function lengthOf({ f, now }: Visit, { answeredAt, endedAt }: TracedCall): string {
  return answeredAt === null ? '–' : f.length((endedAt ?? now) - answeredAt);
}

/** Whether a live call is recorded, and what may be asked of that. */
function recordingCell(
  { t: { calls: texts } }: Visit,
  { id, recording, paused }: CallsNow['live'][number],
  steers: boolean,
): Html {
  const is = paused
    ? state('wait', texts.paused)
    : recording === null
      ? state('off', texts.no)
      : state('ok', texts.yes);
  if (!steers) return is;
  const wishes: readonly Wish[] = recording === null ? ['record'] : [paused ? 'resume' : 'pause', 'object'];
  return html`${is}${wishes.map((wish) => html`<form method="post" action="/api/calls/${id}/${wish}"><button>${texts.steer[wish]}</button></form>`)}`;
}

function live(visit: Visit, { live: calls }: CallsNow, person: Person): Html {
  const { t, f, now } = visit;
  const { calls: texts } = t;
  if (calls.length === 0) return nothing;
  const [sees, steers] = [may(person, 'see numbers'), may(person, 'control recordings')];
  const shown = (number: string) => (sees ? number : maskedNumber(number));
  const rows = [...calls]
    .sort((a, b) => b.startedAt - a.startedAt)
    .slice(0, CALLS_SHOWN)
    .map(
      (call) => html`<tr>
      <th scope="row" class="nowrap"><a href="/calls/${call.id}">${instant(call.startedAt, f.moment(call.startedAt, now))}</a></th>
      <td data-label="${texts.from}">${shown(call.from)}</td>
      <td data-label="${texts.to}">${shown(call.to)}</td>
      <td data-label="${texts.length}" class="num">${f.length(now - call.startedAt)}</td>
      <td data-label="${texts.recording}">${recordingCell(visit, call, steers)}</td>
    </tr>`,
    );
  return html`<section aria-labelledby="live">
    <header><h2 id="live">${texts.now}</h2></header>
    <table class="cards">
      <caption class="visually-hidden">${texts.liveCaption}</caption>
      <thead><tr><th scope="col">${texts.began}</th><th scope="col">${texts.from}</th><th scope="col">${texts.to}</th><th scope="col" class="num">${texts.length}</th><th scope="col">${texts.recording}</th></tr></thead>
      <tbody>${rows}</tbody>
    </table>
    ${calls.length > CALLS_SHOWN ? html`<p class="soft">${texts.more(f.number(calls.length - CALLS_SHOWN))}</p>` : nothing}
  </section>`;
}

function recent(visit: Visit, calls: readonly TracedCall[]): Html {
  const { t, f, now } = visit;
  const { calls: texts } = t;
  const rows = calls.slice(0, CALLS_SHOWN).map(
    (call) => html`<tr>
      <th scope="row" class="nowrap"><a href="/calls/${call.id}">${instant(call.startedAt, f.moment(call.startedAt, now))}</a></th>
      <td data-label="${texts.from}">${call.from ?? texts.unknown}</td>
      <td data-label="${texts.to}">${call.to ?? texts.unknown}</td>
      <td data-label="${texts.outcome}" class="full">${outcome(visit, call)}${call.turns.map((turn) => html`<small>${turnLine(visit, turn)}</small>`)}</td>
      <td data-label="${texts.length}" class="num">${lengthOf(visit, call)}</td>
      <td data-label="${texts.transport}">${call.transport}</td>
    </tr>`,
  );
  const table = html`<table class="cards">
      <caption class="visually-hidden">${texts.recentCaption}</caption>
      <thead><tr><th scope="col">${texts.began}</th><th scope="col">${texts.from}</th><th scope="col">${texts.to}</th><th scope="col">${texts.outcome}</th><th scope="col" class="num">${texts.length}</th><th scope="col">${texts.transport}</th></tr></thead>
      <tbody>${rows}</tbody>
    </table>
    ${calls.length > CALLS_SHOWN ? html`<p class="soft">${texts.more(f.number(calls.length - CALLS_SHOWN))}</p>` : nothing}`;
  return html`<section aria-labelledby="recent">
    <header><h2 id="recent">${texts.recent}</h2></header>
    ${calls.length === 0 ? html`<p class="soft">${texts.none}</p>` : table}
  </section>`;
}

function counters({ t, f }: Visit, { counters: all }: CallsNow): Html {
  const { calls: texts } = t;
  const counted = Object.entries(all).filter(([, count]) => count > 0);
  const known = Object.keys(texts.counterNames).flatMap((name) => counted.filter(([one]) => one === name));
  const other = counted.filter(([name]) => !Object.hasOwn(texts.counterNames, name));
  const row = ([, count]: [string, number], word: Html) =>
    html`<tr><th scope="row">${word}</th><td class="num">${f.number(count)}</td></tr>`;
  const table = (rows: readonly Html[], caption: string) => html`<table>
      <caption class="visually-hidden">${caption}</caption>
      <thead><tr><th scope="col">${texts.event}</th><th scope="col" class="num">${texts.count}</th></tr></thead>
      <tbody>${rows}</tbody>
    </table>`;
  return html`<section aria-labelledby="counters">
    <header><h2 id="counters">${texts.counters}</h2></header>
    ${table(
      known.map((one) => row(one, html`${texts.counterNames[one[0]]!}`)),
      texts.countersCaption,
    )}
    ${
      other.length === 0
        ? nothing
        : html`<details><summary>${texts.other}</summary>${table(
            other.map((one) => row(one, html`<code>${one[0]}</code>`)),
            texts.other,
          )}</details>`
    }
  </section>`;
}

function callsPage(visit: Visit, person: Person, now: CallsNow | null): Html {
  const { calls: texts } = visit.t;
  const sees = may(person, 'see numbers');
  const test = may(person, 'test connections') ? html`<a class="button" href="/connection">${texts.test}</a>` : nothing;
  if (!now) {
    const body = html`${head(texts.down, texts.downMore, test)}`;
    return layout(visit, { title: texts.down, place: 'calls', body });
  }
  const title = texts.live(now.live.length);
  const shown = sees ? now.recent : now.recent.map(maskedCall);
  const body = html`${head(title, texts.lead, test)}
    ${sees ? nothing : html`<p class="note">${texts.masked}</p>`}
    <div class="split">
      <div class="stack">${live(visit, now, person)}${recent(visit, shown)}</div>
      <div class="aside">${counters(visit, now)}</div>
    </div>`;
  return layout(visit, { title, place: 'calls', body });
}

const wishes: readonly Wish[] = ['pause', 'resume', 'record', 'object'];

export const callsRoutes = new Hono<DeskEnv>()
  .get('/calls', async (c) => {
    const person = allowed(c, 'see calls');
    const visit = c.get('visit');
    const { calls } = visit.services;
    const now = await calls.now();
    const shown = now ? now.live.length + now.recent.length : 0;
    if (now && shown > 0 && may(person, 'see numbers')) calls.noteNumbers(person, shown);
    return c.html(callsPage(visit, person, now));
  })
  // Its page, and programs beside a person's desk, which are told what became of it as JSON.
  .post('/api/calls/:id/:wish', async (c) => {
    const person = allowed(c, 'control recordings');
    const wish = wishes.find((one) => one === c.req.param('wish'));
    const id = c.req.param('id');
    if (!wish || !/^[0-9a-f]{32}$/.test(id)) throw problem('not_here');
    const became = await c.get('visit').services.calls.steer(person, id, wish);
    if (became === null) throw problem('calls_down');
    const refusal = steeringRefusal(became);
    if (refusal !== null) throw problem(refusal);
    return c.req.header('Accept')?.includes('text/html') ? c.redirect('/calls', 303) : c.json({ call: id, became });
  });
