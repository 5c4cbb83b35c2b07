/** One call: its ladder, what each message offered, and the messages themselves. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import { may } from '../../access/roles.ts';
import { type Ladder, type LadderStep, ladderOf } from '../../trace/ladder.ts';
import { masked, maskedCall } from '../../trace/mask.ts';
import { pcapOf } from '../../trace/pcap.ts';
import type { TracedCall, TracedMessage } from '../../trace/traced.ts';
import { problem } from '../problems.ts';
import { allowed, type DeskContext, type DeskEnv, type Visit } from '../visit.ts';
import { lengthOf, outcome, turnLine } from './calls.ts';
import { layout } from './layout.ts';
import { instant } from './parts.ts';

interface Shown {
  readonly call: TracedCall;
  readonly messages: readonly TracedMessage[];
  /** Whether numbers are there. */
  readonly numbers: boolean;
}

/** Columns: the caller, the box, then every other peer. */
const BOX = 1;
const columnOf = (peer: number): number => (peer === 0 ? 0 : peer + 1);

const offset = (ms: number): string => `+${(ms / 1000).toFixed(3)}`;

/** One message: an arrow over as many columns as lie between its peer and the box. */
function step({ t }: Visit, { peers }: Ladder, one: LadderStep): Html {
  const { calls: texts } = t;
  const column = columnOf(one.peer);
  const [left, right] = [Math.min(column, BOX), Math.max(column, BOX)];
  const toRight = one.received === column < BOX;
  const peer = peers[one.peer]!;
  const [from, to] = one.received ? [peer, texts.box] : [texts.box, peer];
  const empty = (count: number) => Array.from({ length: count }, () => html`<td class="line"></td>`);
  return html`<tr>
    <th scope="row" class="num">${offset(one.offsetMs)}</th>
    ${empty(left)}
    <td colspan="${right - left + 1}" class="over-${right - left + 1}"><div class="arrow ${toRight ? 'right' : 'left'} ${one.kind}"><span>${one.label}</span>${one.again ? html` <em>${texts.again}</em>` : nothing}<span class="visually-hidden">, ${texts.sends(from, to)}</span></div>${one.streams.map((stream) => html`<small>${stream}</small>`)}</td>
    ${empty(peers.length - right)}
  </tr>`;
}

function ladderTable(visit: Visit, ladder: Ladder): Html {
  const { calls: texts } = visit.t;
  const [caller, ...others] = ladder.peers;
  const names = [caller ?? '', texts.box, ...others];
  return html`<section aria-labelledby="ladder">
    <header><h2 id="ladder">${texts.ladder}</h2><p>${texts.ladderLead}</p></header>
    <div class="sideways" role="group" tabindex="0" aria-label="${texts.ladderCaption}">
      <table class="ladder">
        <caption class="visually-hidden">${texts.ladderCaption}</caption>
        <thead><tr><th scope="col" class="num">${texts.time}</th>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
        <tbody>${ladder.steps.map((one) => step(visit, ladder, one))}</tbody>
      </table>
    </div>
  </section>`;
}

function messageTexts({ t, f }: Visit, { steps }: Ladder, { call }: Shown): Html {
  const { calls: texts } = t;
  return html`<section aria-labelledby="messages">
    <header><h2 id="messages">${texts.messages}</h2><p>${texts.messagesLead}</p></header>
    ${call.dropped > 0 ? html`<p class="note">${texts.dropped(f.number(call.dropped))}</p>` : nothing}
    ${steps.map(
      ({ offsetMs, label, answers, text }) =>
        html`<details><summary>${offset(offsetMs)} ${label}${answers ? ` (${answers})` : ''}</summary><pre tabindex="0"><code>${text.trimEnd()}</code></pre></details>`,
    )}
  </section>`;
}

function facts(visit: Visit, { call }: Shown): Html {
  const { t, f } = visit;
  const { calls: texts } = t;
  return html`<section aria-labelledby="facts">
    <header><h2 id="facts">${texts.facts}</h2></header>
    <p>${outcome(visit, call)}</p>
    <dl><dt>${texts.from}</dt><dd>${call.from ?? texts.unknown}</dd><dt>${texts.to}</dt><dd>${call.to ?? texts.unknown}</dd><dt>${texts.began}</dt><dd>${instant(call.startedAt, `${f.date(call.startedAt)} ${f.time(call.startedAt)}`)}</dd><dt>${texts.length}</dt><dd>${lengthOf(visit, call)}</dd><dt>${texts.transport}</dt><dd>${call.transport}</dd></dl>
    <p><a href="/calls/${call.id}/signalling.pcap" download>${texts.capture}</a></p>
    <p class="soft">${texts.captureMore}</p>
  </section>`;
}

/** Where it came from and where it went: other calls by their pages, as long as they are remembered. */
function links(visit: Visit, { call: { origins, turns } }: Shown): Html {
  const { t, f, now } = visit;
  const { calls: texts } = t;
  const to = (id: string) => html`<a class="full" href="/calls/${id}">${texts.otherCall(null)}</a>`;
  const came = html`<section aria-labelledby="came">
    <header><h2 id="came">${texts.cameFrom}</h2></header>
    <ul class="list">${origins.map(({ call, how, by }) => html`<li><span>${texts.how[how][by]}</span>${to(call)}</li>`)}</ul>
  </section>`;
  const turned = html`<section aria-labelledby="turns">
    <header><h2 id="turns">${texts.turns}</h2></header>
    <ul class="list">${turns.map((turn) => html`<li><span>${turnLine(visit, turn)}</span>${instant(turn.at, f.moment(turn.at, now))}${turn.call === null ? nothing : to(turn.call)}</li>`)}</ul>
  </section>`;
  return html`${origins.length > 0 ? came : nothing}${turns.length > 0 ? turned : nothing}`;
}

function callPage(visit: Visit, shown: Shown): Html {
  const { t, f, now } = visit;
  const { calls: texts } = t;
  const { call, messages, numbers } = shown;
  const title = texts.title(f.momentWithin(call.startedAt, now));
  const lead = texts.between(call.from ?? texts.unknown, call.to ?? texts.unknown);
  const ladder = ladderOf(messages);
  const body = html`<div class="head"><div><p><a href="/calls">${t.nav.calls}</a></p><h1>${title}</h1><p>${lead}</p></div></div>
    ${numbers ? nothing : html`<p class="note">${texts.masked}</p>`}
    <div class="split">
      <div class="stack">${ladderTable(visit, ladder)}${messageTexts(visit, ladder, shown)}</div>
      <div class="aside">${facts(visit, shown)}${links(visit, shown)}</div>
    </div>`;
  return layout(visit, { title, place: 'calls', body });
}

/** The call that was asked for, masked for whom it must be, after it was written down who looks. @throws Problem `call_unknown`. */
async function asked(c: DeskContext): Promise<Shown> {
  const person = allowed(c, 'see calls');
  const { calls } = c.get('visit').services;
  const id = c.req.param('id') ?? '';
  const told = /^[0-9a-f]{32}$/.test(id) ? await calls.trace(id) : null;
  if (!told) throw problem('call_unknown');
  const numbers = may(person, 'see numbers');
  calls.noteTrace(person, told.call.id, numbers);
  return numbers ? { ...told, numbers } : { call: maskedCall(told.call), messages: masked(told.messages), numbers };
}

export const callRoutes = new Hono<DeskEnv>()
  .get('/calls/:id', async (c) => {
    const shown = await asked(c);
    return c.html(callPage(c.get('visit'), shown));
  })
  .get('/calls/:id/signalling.pcap', async (c) => {
    const { messages } = await asked(c);
    return c.body(Uint8Array.from(pcapOf(messages)), 200, {
      'Content-Type': 'application/vnd.tcpdump.pcap',
      'Content-Disposition': 'attachment; filename="signalling.pcap"',
    });
  });
