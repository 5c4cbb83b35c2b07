/** Who helps to run the fleet, and what customers were told of changes. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { area, errorSummary, type FormFault, head, type StateKind, state } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import type { ChangeNotice } from '../../compliance/change-notices.ts';
import { NOTICE_DAYS } from '../../compliance/limits.ts';
import { problem as complianceProblem } from '../../compliance/problems.ts';
import type { Subprocessor } from '../../compliance/subprocessors.ts';
import type { Scope } from '../../tenants/scope.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, may, field as posted, type Visit } from '../visit.ts';
import { complianceNav } from './compliance-parts.ts';
import { layout } from './layout.ts';
import { refusal } from './problem.ts';

const kinds: Readonly<Record<Subprocessor['state'], StateKind>> = { announced: 'wait', live: 'ok', ended: 'off' };

const noticeKinds: Readonly<Record<ChangeNotice['state'], StateKind>> = {
  ...{ objected: 'warn', read: 'ok', told: 'wait', untold: 'wait' },
};

function register({ t, f }: Visit, all: readonly Subprocessor[]): Html {
  const { changes } = t;
  const { columns } = changes;
  return html`<table class="cards"><caption class="visually-hidden">${changes.caption}</caption>
    <thead><tr><th scope="col">${columns.name}</th><th scope="col">${columns.purpose}</th><th scope="col">${columns.country}</th><th scope="col">${columns.parent}</th><th scope="col">${columns.since}</th></tr></thead>
    <tbody>${all.map(
      (one) =>
        html`<tr><th scope="row">${one.name} ${state(kinds[one.state], changes.states[one.state])}</th><td data-label="${columns.purpose}">${one.purpose}</td><td data-label="${columns.country}">${f.country(one.country)}</td><td data-label="${columns.parent}">${f.country(one.parentCountry)}</td><td data-label="${columns.since}">${f.plainDate(one.liveAt ?? one.since)}</td></tr>`,
    )}</tbody></table>`;
}

async function noticeAt(c: ConsoleContext, scope: Scope) {
  const { services } = c.get('visit');
  const customer = await services.tenants.customer(scope, c.req.param('customer') ?? '');
  const notice = (await services.compliance.subprocessors.notices(scope)).find(
    (one) => one.customer === customer.id && one.subprocessor === c.req.param('subprocessor'),
  );
  if (!notice) throw complianceProblem('notice_unknown');
  return { customer, notice };
}

async function noticePage(c: ConsoleContext, scope: Scope, why: string, fault: FormFault | null): Promise<Html> {
  const visit = c.get('visit');
  const { t, f, now } = visit;
  const { changes } = t;
  const { customer, notice } = await noticeAt(c, scope);
  const at = `/customers/${customer.id}/changes/${notice.subprocessor}`;
  const until = notice.objectUntil;
  const over = until !== null && until <= now;
  const lead =
    until === null
      ? changes.noticeOpen(customer.name, f.number(NOTICE_DAYS))
      : (over ? changes.over : changes.noticeLead)(customer.name, f.plainDate(until));
  const read =
    notice.readAt === null && may(visit, 'manage agreements')
      ? html`<form method="post" action="${at}/read"><button>${changes.read}</button></form>`
      : nothing;
  const object =
    !over && notice.objectedAt === null && may(visit, 'object to changes')
      ? html`<form method="post" action="${at}/object" class="stack tight narrow">${errorSummary(t.frame, fault)}${area({ id: 'why', label: changes.why, hint: changes.whyHint, value: why, required: true, maxlength: 4000, fault })}<div class="row"><button class="danger">${changes.object}</button></div></form>`
      : nothing;
  const body = html`${head(changes.noticeTitle(notice.name), lead, state(noticeKinds[notice.state], changes.noticeStates[notice.state]))}
    <div class="stack">${
      notice.objection === null
        ? nothing
        : html`<section aria-labelledby="objected"><header><h2 id="objected">${changes.objected}</h2></header><p>${notice.objection}</p></section>`
    }${read}${object}<p><a href="/subprocessors">${t.agreements.back}</a></p></div>`;
  const trail = [{ href: `/customers/${customer.id}`, text: customer.name }];
  return layout(visit, { title: changes.noticeTitle(notice.name), place: 'compliance', trail, body });
}

export const subprocessorRoutes = new Hono<ConsoleEnv>()
  .get('/subprocessors', async (c) => {
    const { scope } = allowed(c, 'see agreements');
    const visit = c.get('visit');
    const { t, f, services } = visit;
    const { changes } = t;
    const [all, notices] = await Promise.all([
      services.compliance.subprocessors.list(),
      services.compliance.subprocessors.notices(scope),
    ]);
    const names = await services.glance.names(
      scope,
      notices.map(({ customer }) => customer),
    );
    const body = html`${head(changes.title, changes.lead)}
      <div class="stack">
        ${complianceNav(visit, 'changes')}
        <section aria-label="${changes.caption}">${all.length === 0 ? html`<div class="empty"><p>${changes.none}</p></div>` : register(visit, all)}</section>
        <section aria-labelledby="notices"><header><h2 id="notices">${changes.notices}</h2><p>${changes.noticesLead}</p></header>${
          notices.length === 0
            ? html`<p class="soft">${changes.noNotices}</p>`
            : html`<ul class="list">${notices.map(
                (one) =>
                  html`<li><span><a href="/customers/${one.customer}/changes/${one.subprocessor}">${names.get(one.customer)?.name ?? '–'}</a><small>${one.name}, ${changes.begins(f.plainDate(one.since))}</small></span>${state(noticeKinds[one.state], changes.noticeStates[one.state])}</li>`,
              )}</ul>`
        }</section>
      </div>`;
    return c.html(layout(visit, { title: changes.title, place: 'compliance', body }));
  })
  .get('/customers/:customer/changes/:subprocessor', async (c) => {
    const { scope } = allowed(c, 'see agreements');
    return c.html(await noticePage(c, scope, '', null));
  })
  .post('/customers/:customer/changes/:subprocessor/read', async (c) => {
    const { scope, person } = allowed(c, 'manage agreements');
    const { customer, subprocessor } = c.req.param();
    await c.get('visit').services.compliance.subprocessors.read(scope, customer, subprocessor, person.id);
    return c.redirect('/subprocessors', 303);
  })
  .post('/customers/:customer/changes/:subprocessor/object', async (c) => {
    const { scope, person } = allowed(c, 'object to changes');
    const { customer, subprocessor } = c.req.param();
    const why = await posted(c, 'why');
    try {
      await c.get('visit').services.compliance.subprocessors.object(scope, customer, subprocessor, why, person.id);
      return c.redirect(`/customers/${customer}/changes/${subprocessor}`, 303);
    } catch (error) {
      const fault = refusal(c, error, { text_invalid: 'why', notice_over: 'why' });
      return c.html(await noticePage(c, scope, why, fault));
    }
  });
