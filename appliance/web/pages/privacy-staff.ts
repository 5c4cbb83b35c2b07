/** What employees are told of the recording of their calls, who has acknowledged it, and noting that somebody has signed. */
import { noticeVersion, staffNotice } from '@belkluis/shared/policy/documents/staff-notice';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import { may } from '../../access/roles.ts';
import type { ExtensionNotices } from '../privacy-services.ts';
import { problem } from '../problems.ts';
import { allowed, type DeskContext, type DeskEnv, nameOf, field as typedField, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { area, errorSummary, type FormFault, head, instant, pick, purposeName, state } from './parts.ts';
import { section } from './policy-parts.ts';
import { documentBody, documentLinks, keptPage, languageOf, policyOf, privacyNav } from './privacy-parts.ts';
import { refusal } from './refusal.ts';

const PATH = '/privacy/notice/staff';

/** Every purpose, as a choice of a form says it. */
const ALL = '*';

function noticeRow(visit: Visit, { extension, notices }: ExtensionNotices, names: ReadonlyMap<string, string>): Html {
  const { t, f } = visit;
  const { privacy } = t;
  const shapes = { acknowledged: 'ok', outdated: 'warn', missing: 'warn' } as const;
  return html`<li><strong>${extension}</strong>${
    notices.some(({ acknowledgement }) => acknowledgement !== null)
      ? html`<span><button class="small" form="withdraw-${extension}">${privacy.withdraw}<span class="visually-hidden"> ${extension}</span></button></span>`
      : html`<span></span>`
  }${notices.map(
    ({ purpose, state: is, acknowledgement }) =>
      html`<span class="full">${state(shapes[is], privacy.states[is])} ${purposeName(names.get(purpose) ?? purpose)}${
        acknowledgement
          ? html`<small>${instant(acknowledgement.at, f.date(acknowledgement.at))}, ${privacy.ways[acknowledgement.how] ?? acknowledgement.how}, ${privacy.notedBy(nameOf(visit, acknowledgement.notedBy))}</small>`
          : nothing
      }</span>`,
  )}${notices.length === 0 ? html`<span class="full soft">${privacy.notConcerned}</span>` : nothing}<form id="withdraw-${extension}" method="post" action="${PATH}/withdraw"><input type="hidden" name="extension" value="${extension}"></form></li>`;
}

interface Shown {
  readonly typed: string;
  readonly chosen: string;
  readonly fault: FormFault | null;
}

/** Who of the employees has read what: for those who note it. */
function acknowledgements(visit: Visit, { typed, chosen, fault }: Shown): Html {
  const { t, person, services } = visit;
  const { privacy } = t;
  if (!person || !may(person, 'note acknowledgements')) return nothing;
  const { purposes } = policyOf(visit);
  const all = services.privacy.notices.list();
  const names = new Map(purposes.map(({ id, name }) => [id, name]));
  const missing = all.filter(({ notices }) => notices.some(({ state: is }) => is !== 'acknowledged')).length;
  const list =
    all.length === 0
      ? html`<p class="soft">${privacy.noPhones}</p>`
      : html`<ul class="list">${all.map((one) => noticeRow(visit, one, names))}</ul>`;
  const form = section(
    'sign',
    privacy.sign,
    privacy.signLead,
    html`<form method="post" action="${PATH}" class="stack tight narrow" novalidate>
          ${area({ id: 'extensions', label: privacy.extensions, hint: privacy.extensionsHint, value: typed, required: true, fault })}
          ${pick({ id: 'purpose', label: privacy.ofPurpose, of: [[ALL, privacy.everyPurpose], ...purposes.map(({ id, name }) => [id, name] as const)], chosen, fault })}
          <p class="soft">${privacy.signLogged}</p>
          <div class="row"><button class="primary">${privacy.note}</button></div>
        </form>`,
  );
  return html`${section('who', privacy.who, missing === 0 ? privacy.nobodyMissing : privacy.someMissing(missing), list)}${form}`;
}

function staffPage(c: DeskContext, shown: Shown): Html {
  const visit = c.get('visit');
  const { privacy } = visit.t;
  const policy = policyOf(visit);
  const language = languageOf(c);
  const body = html`${head(privacy.staff, privacy.staffLead)}
    <div class="stack">${privacyNav(visit, 'staff')}${errorSummary(visit.t, shown.fault)}
      ${acknowledgements(visit, shown)}
      ${documentLinks(visit, PATH, language, [])}
      ${policy.purposes.map(
        (purpose) => html`<section aria-labelledby="notice-${purpose.id}">
        <header><h2 id="notice-${purpose.id}">${purposeName(purpose.name)}</h2><a href="${PATH}/${purpose.id}.html?in=${language}" download>${privacy.keepPage}</a><p>${privacy.noticeVersion} <code>${noticeVersion(purpose).slice(0, 12)}</code></p></header>
        <details><summary>${privacy.readNotice}</summary>${documentBody(staffNotice(policy, purpose, language), purpose.id)}</details>
      </section>`,
      )}
    </div>`;
  return layout(visit, { title: privacy.staff, place: 'privacy', body });
}

/** Lines, or what commas and spaces part. */
const extensionsIn = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean);

export const privacyStaffRoutes = new Hono<DeskEnv>()
  .get(PATH, (c) => {
    allowed(c, 'see documents');
    return c.html(staffPage(c, { typed: '', chosen: ALL, fault: null }));
  })
  .get(`${PATH}/:file{[a-z0-9-]+\\.html}`, (c) => {
    allowed(c, 'see documents');
    const policy = policyOf(c.get('visit'));
    const id = c.req.param('file').replace(/\.html$/, '');
    const purpose = policy.purposes.find((one) => one.id === id);
    if (!purpose) throw problem('purpose_unknown');
    return keptPage(c, `staff-${id}`, staffNotice(policy, purpose, languageOf(c)));
  })
  .post(PATH, async (c) => {
    const person = allowed(c, 'note acknowledgements');
    const { services } = c.get('visit');
    const typed = await typedField(c, 'extensions');
    const chosen = await typedField(c, 'purpose');
    try {
      const extensions = extensionsIn(typed);
      if (extensions.length === 0) throw problem('extension_name');
      services.privacy.notices.acknowledge(person, extensions, chosen === ALL ? null : chosen);
    } catch (error) {
      const fault = refusal(c, error, { extension_name: 'extensions', purpose_unknown: 'purpose' });
      return c.html(staffPage(c, { typed, chosen, fault }));
    }
    return c.redirect(PATH, 303);
  })
  .post(`${PATH}/withdraw`, async (c) => {
    const person = allowed(c, 'note acknowledgements');
    c.get('visit').services.privacy.notices.withdraw(person, await typedField(c, 'extension'), null);
    return c.redirect(PATH, 303);
  });
