/** The policy in force, as people read it. */

import type { Purpose } from '@belkluis/shared/policy/purpose';
import { fleetParts, type Policy } from '@belkluis/shared/policy/schema';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import { may } from '../../access/roles.ts';
import type { SignedPolicy } from '../policy-services.ts';
import { neverSentence, ruleSentence } from '../policy-words.ts';
import { allowed, type DeskEnv, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { head, instant, state } from './parts.ts';
import { waits } from './policy-changes.ts';
import { facts, policyNav, purposeLink, section, signerOf, termRow, termTable } from './policy-parts.ts';

const nameOf = ({ purposes }: Policy, id: string): string => purposes.find((one) => one.id === id)?.name ?? id;

function purposes(visit: Visit, policy: Policy): Html {
  const { t } = visit;
  const { overview } = t;
  const told = ({ announcement, consent }: Purpose): string =>
    announcement.by === 'source' ? overview.toldBySource : overview.consent[consent.mode];
  const body =
    policy.purposes.length === 0
      ? html`<p class="soft">${t.policy.noPurposes}</p>`
      : html`<table class="cards">
      <caption class="visually-hidden">${t.policy.purposesCaption}</caption>
      <thead><tr><th scope="col">${overview.purpose}</th><th scope="col">${overview.caller}</th><th scope="col">${overview.kept}</th><th scope="col">${t.purpose.level}</th><th scope="col">${overview.mayOpen}</th></tr></thead>
      <tbody>${policy.purposes.map(
        (purpose) =>
          html`<tr><th scope="row">${purposeLink(purpose)}<small>${overview.basis[purpose.lawfulBasis]}</small></th><td data-label="${overview.caller}">${told(purpose)}</td><td data-label="${overview.kept}">${t.policy.days(purpose.retention.contentDays)}</td><td data-label="${t.purpose.level}">${t.purpose.levels[purpose.level].split(':')[0]!}</td><td data-label="${overview.mayOpen}">${purpose.mayOpen.map((role) => t.roles[role]).join(', ')}</td></tr>`,
      )}</tbody>
    </table>`;
  return section('purposes', t.policy.purposes, '', body);
}

function rules(visit: Visit, { rules: all, purposes: known }: Policy): Html {
  const { policy } = visit.t;
  const body =
    all.length === 0
      ? html`<p class="soft">${policy.noRules}</p>`
      : html`<ol class="list">${all.map((rule, at) => html`<li><span>${at + 1}. ${ruleSentence(visit, rule, known)}<small>${rule.id}</small></span></li>`)}</ol>`;
  return section('rules', policy.rules, policy.rulesLead, body);
}

function never(visit: Visit, { neverRecord }: Policy): Html {
  const { policy } = visit.t;
  const body =
    neverRecord.length === 0
      ? html`<p class="soft">${policy.noNever}</p>`
      : html`<ul class="list">${neverRecord.map((one) => html`<li><span>${neverSentence(visit, one)}<small>${one.id}</small></span><span class="soft">${policy.neverWhys[one.why]}</span></li>`)}</ul>`;
  return section('never', policy.never, policy.neverLead, body);
}

function together(visit: Visit, { groups, holidays }: Policy): Html {
  const { t, f } = visit;
  const { policy } = t;
  return html`${section(
    'groups',
    policy.groups,
    '',
    groups.length === 0
      ? html`<p class="soft">${policy.noGroups}</p>`
      : facts(groups.map(({ id, extensions }) => [id, extensions.join(', ')] as const)),
  )}${section(
    'holidays',
    policy.holidays,
    '',
    holidays.length === 0
      ? html`<p class="soft">${policy.noHolidays}</p>`
      : facts(holidays.map(({ date, name }) => [f.calendarDay(date), name] as const)),
  )}`;
}

function general(visit: Visit, { retention }: Policy): Html {
  const { policy } = visit.t;
  const { because } = retention;
  const rows = [
    termRow(visit, policy.generalNames.access, retention.accessDays, because.access),
    termRow(visit, policy.generalNames.request, retention.requestDays, because.request),
    termRow(visit, policy.generalNames.directory, retention.directoryDays, because.directory),
  ];
  return section('general', policy.general, '', termTable(visit, policy.general, policy.general, rows));
}

function dpia(visit: Visit, { dpia: one }: Policy): Html {
  const { t, f } = visit;
  const { policy } = t;
  if (!one) return section('dpia', policy.dpia, '', html`<p>${policy.noDpia}</p>`);
  const measures =
    one.measures.length === 0
      ? nothing
      : html`<table class="cards"><caption class="visually-hidden">${policy.measure}</caption>
      <thead><tr><th scope="col">${policy.measure}</th><th scope="col">${policy.measureAt}</th></tr></thead>
      <tbody>${one.measures.map(({ measure, field }) => html`<tr><th scope="row">${measure}</th><td data-label="${policy.measureAt}">${field === null ? state('wait', policy.measureOpen) : html`<code>${field}</code>`}</td></tr>`)}</tbody></table>`;
  return section('dpia', policy.dpia, policy.dpiaOf(one.reference, f.calendarDay(one.completedOn)), measures);
}

function council({ t, f }: Visit, { worksCouncil: said }: Policy): Html {
  const words = t.policyForm.councils[said?.council ?? '']!;
  const more =
    said === null
      ? nothing
      : html`<small>${said.council === 'agreed' ? t.policy.dpiaOf(said.reference, f.calendarDay(said.completedOn)) : said.why}</small>`;
  return html`${words}${more}`;
}

function about(visit: Visit, { policy, hash, signer, since }: SignedPolicy & { readonly since: number | null }): Html {
  const { t, f, now } = visit;
  const texts = t.policy;
  const until = Date.parse(policy.expiresAt);
  return section(
    'about',
    texts.about,
    '',
    html`${facts([
      [texts.version, String(policy.version)],
      since === null ? null : [texts.since, instant(since, f.momentWithin(since, now))],
      [texts.applyUntil, instant(until, f.date(until))],
      [texts.audience, policy.audience.includes('*') ? texts.anyBox : html`<code>${policy.audience.join(' ')}</code>`],
      [texts.signer, html`<code>${signer.slice(0, 16)}…</code>`],
      [texts.hash, html`<code>${hash.slice(0, 16)}…</code>`],
    ])}${until <= now ? html`<p>${state('warn', texts.stale(f.date(until)))}</p>` : nothing}`,
  );
}

function aside(visit: Visit, policy: Policy): Html {
  const { t, f } = visit;
  const texts = t.policy;
  const { controller, numbering, keys, traffic, bounds } = policy;
  const names = texts.controllerNames;
  const kept = (purpose: string | null) =>
    purpose === null ? html`<span class="soft">${texts.notKept}</span>` : texts.forPurpose(nameOf(policy, purpose));
  const may = fleetParts.filter((part) => bounds.fleetMayChange.includes(part)).map((part) => texts.parts[part]);
  return html`${section(
    'controller',
    texts.controller,
    '',
    facts([
      [names.name, controller.name],
      [names.contact, controller.contact],
      [names.dpo, controller.dpo ? html`${controller.dpo.name}<small>${controller.dpo.contact}</small>` : texts.noDpo],
      [names.authority, controller.authority],
      [names.moreAt, controller.moreAt],
      [names.website, html`<span class="whole">${controller.website}</span>`],
    ]),
  )}${section(
    'law',
    texts.law,
    '',
    facts([
      [texts.council, council(visit, policy)],
      ...policy.packCorrections.map(
        ({ provision, value, why }) =>
          [provision, html`${value === null ? texts.doesNotBind : String(value)}<small>${why}</small>`] as const,
      ),
      [texts.packs, policy.lawPacks.map(f.country).join(', ') || texts.noPacks],
      [texts.regions, policy.regions.map((code) => (code === 'EEA' ? texts.eea : f.country(code))).join(', ')],
      [texts.numbering, texts.numberingOf(numbering.country, numbering.national, numbering.international)],
    ]),
  )}${section(
    'keys',
    texts.keys,
    texts.keysLead,
    facts([
      [texts.keyNames.private, html`<kbd>${keys.private}</kbd>`],
      [texts.keyNames.pause, html`<kbd>${keys.pause}</kbd>`],
      [texts.keyNames.start, html`<kbd>${keys.start}</kbd>`],
    ]),
  )}${section(
    'traffic',
    texts.traffic,
    '',
    facts([
      [texts.trafficNames.digits, kept(traffic.digits)],
      [texts.trafficNames.waits, kept(traffic.waits)],
      [texts.trafficNames.linkChannels, kept(traffic.linkChannels)],
    ]),
  )}${section(
    'bounds',
    texts.bounds,
    '',
    html`<p>${may.length === 0 ? texts.boundsNothing : f.allOf(may)}</p><p class="soft">${texts.boundsMax(bounds.maxContentDays)}</p>`,
  )}`;
}

function policyPage(visit: Visit): Html {
  const { t, f, now, person, services } = visit;
  const texts = t.policy;
  const inForce = services.policies.inForce();
  if (!inForce) {
    const body = html`${head(texts.none, texts.noneLead)}<div class="stack">${policyNav(visit, 'read')}<div class="empty"><p>${texts.noneMore}</p></div></div>`;
    return layout(visit, { title: texts.none, place: 'policy', body });
  }
  const { policy, since } = inForce;
  const title = texts.title(policy.version);
  const who = signerOf(visit, inForce);
  const lead = since === null ? texts.leadAlways(who) : texts.lead(who, f.momentWithin(since, now));
  const edits = person !== null && may(person, 'edit policy');
  const right = edits ? html`<a class="button" href="/policy/edit">${texts.edit}…</a>` : nothing;
  const body = html`${head(title, lead, right)}
    <div class="stack close">${policyNav(visit, 'read')}${waits(visit)}
    <div class="split">
      <div class="stack">${purposes(visit, policy)}${rules(visit, policy)}${never(visit, policy)}${together(visit, policy)}${general(visit, policy)}${dpia(visit, policy)}</div>
      <div class="aside">${about(visit, inForce)}${aside(visit, policy)}</div>
    </div></div>`;
  return layout(visit, { title, place: 'policy', body });
}

export const policyRoutes = new Hono<DeskEnv>().get('/policy', (c) => {
  allowed(c, 'see policy');
  return c.html(policyPage(c.get('visit')));
});
