/** Rollouts: how far each is, why it stopped, and what somebody does about it. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { errorSummary, type FormFault, head, pick, type StateKind, state } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { problem } from '../../policy/problems.ts';
import type { Rollout, RolloutBox, RolloutCounts } from '../../policy/rollouts.ts';
import { type SignedState, signedStates } from '../../policy/tables.ts';
import { csvLine } from '../csv.ts';
import { BOXES_SHOWN } from '../limits.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, may, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { moment, nextPage } from './parts.ts';
import { ringWords } from './policy-rings.ts';
import { policyNav, whyWords } from './policy-words.ts';
import { refusal } from './problem.ts';
import { PROOF_MODULE, proofFields, proofPart, prove } from './proof.ts';
import { peopleNames } from './who.ts';

const rolloutKind: Readonly<Record<Rollout['state'], StateKind>> = {
  running: 'wait',
  halted: 'bad',
  done: 'ok',
  cancelled: 'off',
};

const boxKind: Readonly<Record<SignedState, StateKind>> = {
  ...{
    held: 'off',
    due: 'off',
    sending: 'off',
    sent: 'off',
    applied: 'ok',
    pending: 'wait',
    rejected: 'bad',
    failed: 'bad',
  },
  ...{ withdraw: 'off', cancelled: 'off', superseded: 'off', renewed: 'off' },
};

const sum = (counts: RolloutCounts, ...of: readonly SignedState[]): number =>
  of.reduce((total, is) => total + (counts[is] ?? 0), 0);
const all = (counts: RolloutCounts): number => sum(counts, ...signedStates);
/** Those that have answered: applied, or waiting for a person there. */
const answered = (counts: RolloutCounts): number => sum(counts, 'applied', 'pending');

const stateOf = ({ t }: Visit, { state: is, halted }: Rollout): Html =>
  state(rolloutKind[is], halted ? t.rollouts.halted[halted] : t.rollouts.states[is]);

function listTable(visit: Visit, rows: readonly Rollout[], by: (id: string) => string): Html {
  const { f, t } = visit;
  const { columns } = t.rollouts;
  return html`<table class="cards"><caption class="visually-hidden">${t.rollouts.heading}</caption>
    <thead><tr><th scope="col">${columns.title}</th><th scope="col">${columns.state}</th><th scope="col">${columns.progress}</th><th scope="col" class="num">${columns.failed}</th><th scope="col">${columns.by}</th></tr></thead>
    <tbody>${rows.map((one) => {
      const failed = sum(one.counts, 'rejected', 'failed');
      const done = t.rollouts.of(f.number(answered(one.counts)), f.number(all(one.counts)));
      return html`<tr><th scope="row"><a href="/rollouts/${one.id}">${one.title}</a></th><td data-label="${columns.state}">${stateOf(visit, one)}</td><td data-label="${columns.progress}"><progress max="${Math.max(1, all(one.counts))}" value="${answered(one.counts)}" aria-label="${done}"></progress> ${done}</td><td data-label="${columns.failed}" class="num">${f.number(failed)}</td><td data-label="${columns.by}">${by(one.by)}<small>${moment(visit, one.createdAt)}</small></td></tr>`;
    })}</tbody></table>`;
}

function ringsTable(visit: Visit, rollout: Rollout): Html {
  const { f, t } = visit;
  const { columns } = t.rollouts;
  const row = (ring: Rollout['rings'][number], at: number): Html => {
    const { who, rule } = ringWords(visit, ring);
    const [total, done] = [all(ring.counts), answered(ring.counts)];
    const failed = sum(ring.counts, 'rejected', 'failed');
    const open = at <= rollout.ring;
    const said = open ? t.rollouts.of(f.number(done), f.number(total)) : t.rollouts.notOpen;
    return html`<tr><th scope="row">${at + 1} ${ring.name}<small>${who}</small></th><td data-label="${columns.progress}"><progress max="${Math.max(1, total)}" value="${done}" aria-label="${t.policies.rings.ring(at + 1)}: ${said}"${failed > 0 ? html` class="warn"` : nothing}></progress></td><td data-label="${columns.applied}" class="num">${f.number(sum(ring.counts, 'applied'))}</td><td data-label="${columns.waiting}" class="num">${f.number(sum(ring.counts, 'pending'))}</td><td data-label="${columns.failed}" class="num">${f.number(failed)}</td><td data-label="${columns.rule}">${open ? nothing : html`${t.rollouts.notOpen}. `}${rule}</td></tr>`;
  };
  return html`<table class="cards"><caption class="visually-hidden">${t.policies.rings.title}</caption>
    <thead><tr><th scope="col">${columns.ring}</th><th scope="col">${columns.progress}</th><th scope="col" class="num">${columns.applied}</th><th scope="col" class="num">${columns.waiting}</th><th scope="col" class="num">${columns.failed}</th><th scope="col">${columns.rule}</th></tr></thead>
    <tbody>${rollout.rings.map(row)}</tbody></table>`;
}

const act = (rollout: Rollout, name: string, text: string, danger = false): Html =>
  html`<form method="post" action="/rollouts/${rollout.id}/${name}"><button${danger ? html` class="danger"` : nothing}>${text}</button></form>`;

async function actsPart(visit: Visit, rollout: Rollout, fault: FormFault | null): Promise<Html> {
  const { rollouts, frame } = visit.t;
  const { state: is, counts } = rollout;
  const open = is === 'running' || is === 'halted';
  const failed = sum(counts, 'rejected', 'failed');
  const retry = is !== 'cancelled' && failed > 0;
  if (!open && !retry) return html`<section hidden data-live id="live-acts"></section>`;
  return html`<section aria-labelledby="acts" data-live id="live-acts"><header><h2 id="acts">${rollouts.acts}</h2></header><div class="stack tight">
      ${is === 'running' ? html`<p class="soft">${rollouts.haltSays}</p>${act(rollout, 'halt', rollouts.halt)}` : nothing}
      ${is === 'halted' ? html`<p class="soft">${rollouts.resumeSays}</p>${act(rollout, 'resume', rollouts.resume)}` : nothing}
      ${open ? html`<p class="soft">${rollouts.cancelSays}</p>${act(rollout, 'cancel', rollouts.cancel, true)}` : nothing}
      ${
        retry
          ? html`<form method="post" action="/rollouts/${rollout.id}/retry" class="door stack tight">${errorSummary(frame, fault)}<h3>${rollouts.retryOf(visit.f.number(failed))}</h3><p>${rollouts.retrySays}</p>${await proofPart(visit, rollouts.retry, fault)}</form>`
          : nothing
      }</div></section>`;
}

const shownStates: readonly SignedState[] = signedStates.filter((one) => one !== 'renewed');

async function boxesPart(c: ConsoleContext, rollout: Rollout): Promise<Html> {
  const { scope } = allowed(c, 'see policies');
  const visit = c.get('visit');
  const { services, t } = visit;
  const { columns } = t.rollouts;
  const is = shownStates.find((one) => one === c.req.query('state'));
  const after = c.req.query('after');
  const { rows, next } = await services.policies.rollouts.boxes(scope, rollout.id, {
    state: is,
    after,
    limit: BOXES_SHOWN,
  });
  const names = await services.glance.names(
    scope,
    rows.flatMap(({ customer, site }) => [customer, site]),
  );
  const at = `/rollouts/${rollout.id}`;
  return html`<section aria-labelledby="boxes"><header><h2 id="boxes">${t.rollouts.boxes}</h2><a href="${at}/boxes.csv" download>${t.rollouts.csv}</a></header>
      <form method="get" action="${at}" class="filter">${pick({ id: 'state', label: columns.state, of: [['', t.policies.allStates], ...shownStates.map((one) => [one, t.rollouts.boxStates[one]] as const)], chosen: is ?? '', fault: null })}<div class="acts"><button>${t.common.filter}</button></div></form>
      <div data-live id="live-boxes">${
        rows.length === 0
          ? html`<div class="empty"><p>${t.policies.noBoxes}</p></div>`
          : html`<table class="cards"><caption class="visually-hidden">${t.rollouts.boxes}</caption>
        <thead><tr><th scope="col">${columns.box}</th><th scope="col">${columns.customer}</th><th scope="col" class="num">${columns.ring}</th><th scope="col">${columns.state}</th><th scope="col">${columns.answered}</th></tr></thead>
        <tbody>${rows.map((row) => html`<tr><th scope="row"><a href="/boxes/${row.box}">${row.name}</a></th><td data-label="${columns.customer}">${names.get(row.customer)?.name ?? '–'}<small>${names.get(row.site)?.name ?? ''}</small></td><td data-label="${columns.ring}" class="num">${row.ring + 1}</td><td data-label="${columns.state}">${state(boxKind[row.state], t.rollouts.boxStates[row.state])}${row.why ? html`<small>${whyWords(visit, row.why)}</small>` : nothing}</td><td data-label="${columns.answered}">${row.answeredAt === null ? '–' : moment(visit, row.answeredAt)}</td></tr>`)}</tbody></table>`
      }${nextPage(visit, at, { state: is }, { said: '', after, next })}</div></section>`;
}

async function onePage(c: ConsoleContext, id: string, fault: FormFault | null): Promise<Html> {
  const { scope } = allowed(c, 'see policies');
  const visit = c.get('visit');
  const { t, f, services } = visit;
  const rollout = await services.policies.rollouts.one(scope, id);
  const by = await peopleNames(visit, scope);
  const signs = may(visit, 'sign policies');
  const numbers = shownStates.filter((one) => (rollout.counts[one] ?? 0) > 0);
  const body = html`${head(rollout.title, t.rollouts.signedBy(by(rollout.by), f.momentWithin(rollout.createdAt, visit.now)), html`<span data-live id="live-state">${stateOf(visit, rollout)}</span>`)}
    <div class="stack">${policyNav(visit, 'rollouts')}
      <section aria-labelledby="rings" data-live id="live-rings"><header><h2 id="rings">${t.policies.rings.title}</h2></header>${rollout.halted ? html`<p class="note bad">${t.rollouts.haltedSays[rollout.halted]}</p>` : nothing}${ringsTable(visit, rollout)}</section>
      <div class="split"><div class="stack">${await boxesPart(c, rollout)}</div>
        <div class="aside">
          <section aria-labelledby="numbers" data-live id="live-numbers"><header><h2 id="numbers">${t.rollouts.numbers}</h2></header><dl>${numbers.map((one) => html`<dt>${state(boxKind[one], t.rollouts.boxStates[one])}</dt><dd><a href="/rollouts/${id}?state=${one}">${t.overview.boxes(f.number(rollout.counts[one]!), rollout.counts[one]!)}</a></dd>`)}</dl></section>
          ${signs ? await actsPart(visit, rollout, fault) : html`<p class="soft">${t.policies.signersSign}</p>`}
        </div></div>
    </div>`;
  const trail = [
    { href: '/rollouts', text: t.rollouts.heading },
    { href: `/rollouts/${id}`, text: rollout.title },
  ];
  return layout(visit, {
    title: rollout.title,
    place: 'policies',
    trail,
    live: true,
    modules: signs ? [PROOF_MODULE] : [],
    body,
  });
}

async function csv(c: ConsoleContext, id: string): Promise<string> {
  const { scope } = allowed(c, 'see policies');
  const { policies, glance } = c.get('visit').services;
  const lines = [['box', 'name', 'customer', 'site', 'ring', 'version', 'state', 'why', 'sent', 'answered']];
  const time = (at: number | null) => (at === null ? '' : new Date(at).toISOString());
  let after: string | null | undefined;
  do {
    const page: { readonly rows: readonly RolloutBox[]; readonly next: string | null } = await policies.rollouts.boxes(
      scope,
      id,
      { after, limit: 500 },
    );
    const names = await glance.names(
      scope,
      page.rows.flatMap(({ customer, site }) => [customer, site]),
    );
    for (const row of page.rows)
      lines.push([
        ...[row.box, row.name, names.get(row.customer)?.name ?? '', names.get(row.site)?.name ?? ''],
        ...[
          String(row.ring + 1),
          String(row.version),
          row.state,
          row.why ?? '',
          time(row.sentAt),
          time(row.answeredAt),
        ],
      ]);
    after = page.next;
  } while (after !== null);
  return lines.map(csvLine).join('');
}

const steered = (name: 'halt' | 'resume' | 'cancel') => async (c: ConsoleContext) => {
  const { scope, person } = allowed(c, 'sign policies');
  const { policies, live } = c.get('visit').services;
  const id = c.req.param('rollout')!;
  await policies.rollouts[name](scope, id, person.id);
  live.touched(scope.msp);
  return c.redirect(`/rollouts/${id}`, 303);
};

export const rolloutRoutes = new Hono<ConsoleEnv>()
  .get('/rollouts', async (c) => {
    const { scope } = allowed(c, 'see policies');
    const visit = c.get('visit');
    const { t, services } = visit;
    const after = c.req.query('after');
    const { rows, next } = await services.policies.rollouts.list(scope, { after, limit: BOXES_SHOWN });
    const by = await peopleNames(visit, scope);
    const body = html`${head(t.rollouts.heading, t.rollouts.lead, may(visit, 'sign policies') ? html`<a href="/policies/preview">${t.policies.previewVerb}</a>` : nothing)}
      <div class="stack">${policyNav(visit, 'rollouts')}
        <section aria-label="${t.rollouts.heading}" data-live id="live-rollouts">${rows.length === 0 ? html`<div class="empty"><p>${t.rollouts.none}</p></div>` : listTable(visit, rows, by)}${nextPage(visit, '/rollouts', {}, { said: '', after, next })}</section>
      </div>`;
    return c.html(layout(visit, { title: t.rollouts.heading, place: 'policies', live: true, body }));
  })
  .get('/rollouts/:rollout', async (c) => c.html(await onePage(c, c.req.param('rollout'), null)))
  .get('/rollouts/:rollout/boxes.csv', async (c) => {
    const text = await csv(c, c.req.param('rollout'));
    return c.body(text, 200, {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': 'attachment; filename="rollout.csv"',
    });
  })
  .post('/rollouts/:rollout/halt', steered('halt'))
  .post('/rollouts/:rollout/resume', steered('resume'))
  .post('/rollouts/:rollout/cancel', steered('cancel'))
  .post('/rollouts/:rollout/retry', async (c) => {
    const { scope, person } = allowed(c, 'sign policies');
    const { policies, live } = c.get('visit').services;
    const id = c.req.param('rollout');
    const { state: is } = await policies.rollouts.one(scope, id);
    if (is === 'cancelled') throw problem('rollout_over');
    try {
      await prove(c);
    } catch (error) {
      return c.html(await onePage(c, id, refusal(c, error, proofFields)));
    }
    await policies.rollouts.retry(scope, id, person.id);
    live.touched(scope.msp);
    return c.redirect(`/rollouts/${id}`, 303);
  });
