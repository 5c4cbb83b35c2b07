/** Documents that are read from the policy in force: the register of processing, the notice to callers, the impact assessment. */
import { callerNotice } from '@belkluis/shared/policy/documents/caller-notice';
import { checkDpia, dpiaDraft } from '@belkluis/shared/policy/documents/dpia';
import { interestsDraft } from '@belkluis/shared/policy/documents/interests';
import { registerDocument } from '@belkluis/shared/policy/documents/register-document';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { RegisterVersion } from '../privacy-services.ts';
import { problem } from '../problems.ts';
import { allowed, type DeskContext, type DeskEnv, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { head, instant, state } from './parts.ts';
import { section } from './policy-parts.ts';
import {
  documentBody,
  documentLinks,
  keptData,
  keptPage,
  languageOf,
  type PrivacyPlace,
  policyOf,
  privacyNav,
} from './privacy-parts.ts';

const shown = (
  visit: Visit,
  place: PrivacyPlace,
  { title, lead, links, body }: { title: string; lead: string; links: Html; body: Html },
): Html =>
  layout(visit, {
    title,
    place: 'privacy',
    body: html`${head(title, lead)}<div class="stack"><div class="stack tight">${privacyNav(visit, place)}${links}</div>${body}</div>`,
  });

/** Names of people of this box; whoever has left has none. */
const nameOf =
  ({ services }: Visit) =>
  (id: string): string | null =>
    services.access.people().find((one) => one.id === id)?.name ?? null;

const versionOf = (c: DeskContext): number | null => {
  const asked = c.req.query('version');
  return asked === undefined || asked === '' ? null : Number(asked) || 0;
};

/** The register as it is, or as it was in a version. @throws Problem `register_unknown`. */
function registerIn(c: DeskContext) {
  const { register } = c.get('visit').services.privacy;
  const version = versionOf(c);
  if (version === null) return { version, register: register.state().live };
  const kept = register.get(version);
  if (!kept) throw problem('register_unknown');
  return { version, register: kept };
}

function registerVersions(visit: Visit, versions: readonly RegisterVersion[]): Html {
  const { t, f, now } = visit;
  const { privacy } = t;
  if (versions.length === 0) return nothing;
  return section(
    'versions',
    privacy.versions,
    privacy.versionsLead,
    html`<ul class="list">${versions.map(
      ({ version, at, cause }) =>
        html`<li><span><a href="/privacy/register?version=${version}">${privacy.version(version)}</a><small>${privacy.causes[cause] ?? cause}</small></span>${instant(at, f.moment(at, now))}</li>`,
    )}</ul>`,
  );
}

function registerPage(c: DeskContext): Html {
  const visit = c.get('visit');
  const { privacy } = visit.t;
  const { register } = visit.services.privacy;
  const { version, register: said } = registerIn(c);
  const { recorded, drift } = register.state();
  const language = languageOf(c);
  const document = registerDocument(said, nameOf(visit), language);
  const standing =
    version !== null
      ? html`<p class="note">${privacy.earlier(version)} <a href="/privacy/register">${privacy.now}</a></p>`
      : drift.length > 0
        ? html`<p class="note warn">${privacy.drift(drift.join(', '))}</p>`
        : html`<p>${state('ok', privacy.recorded(recorded?.version ?? 0))}</p>`;
  return shown(visit, 'register', {
    title: version === null ? privacy.register : privacy.registerOf(version),
    lead: privacy.registerLead,
    links: documentLinks(visit, '/privacy/register', language, ['html', 'json']),
    body: html`${standing}${documentBody(document)}${registerVersions(visit, register.versions())}`,
  });
}

function dpiaPage(c: DeskContext): Html {
  const visit = c.get('visit');
  const { privacy } = visit.t;
  const policy = policyOf(visit);
  const counted = visit.services.privacy.counted();
  const { required, done, open } = checkDpia(policy, counted);
  const language = languageOf(c);
  const verdict = !required
    ? state('ok', privacy.dpiaNot)
    : done
      ? state('ok', privacy.dpiaDone)
      : state('bad', privacy.dpiaMissing);
  const interests = policy.purposes.filter(({ lawfulBasis }) => lawfulBasis === 'f');
  return shown(visit, 'dpia', {
    title: required ? privacy.dpiaNeeded : privacy.dpiaNotNeeded,
    lead: privacy.dpiaLead,
    links: documentLinks(visit, '/privacy/dpia', language, ['html', 'json']),
    body: html`<p>${verdict}</p>${
      open.length === 0
        ? nothing
        : section(
            'open',
            privacy.openMeasures,
            '',
            html`<ul class="list">${open.map(({ measure, field }) => html`<li><span>${measure}${field === null ? nothing : html`<small><code>${field}</code></small>`}</span>${state('wait', visit.t.policy.measureOpen)}</li>`)}</ul>`,
          )
    }${
      interests.length === 0
        ? nothing
        : section(
            'interests',
            privacy.interests,
            privacy.interestsLead,
            html`<ul class="list">${interests.map(({ id, name }) => html`<li><span>${name}</span><a href="/privacy/interests/${id}.html?in=${language}" download>${privacy.keepPage}</a></li>`)}</ul>`,
          )
    }${documentBody(dpiaDraft(policy, counted, language))}`,
  });
}

export const privacyDocumentRoutes = new Hono<DeskEnv>()
  .get('/privacy', (c) => {
    allowed(c, 'see documents');
    return c.redirect('/privacy/register', 303);
  })
  .get('/privacy/register', (c) => {
    allowed(c, 'see documents');
    return c.html(registerPage(c));
  })
  .get('/privacy/register.html', (c) => {
    allowed(c, 'see documents');
    const document = registerDocument(registerIn(c).register, nameOf(c.get('visit')), languageOf(c));
    return keptPage(c, 'register', document);
  })
  .get('/privacy/register.json', (c) => {
    allowed(c, 'see documents');
    return keptData(c, 'register', registerIn(c));
  })
  .get('/privacy/notice/callers', (c) => {
    allowed(c, 'see documents');
    const visit = c.get('visit');
    const policy = policyOf(visit);
    const { privacy } = visit.t;
    const language = languageOf(c);
    return c.html(
      shown(visit, 'callers', {
        title: privacy.callers,
        lead: privacy.callersLead(policy.controller.website),
        links: documentLinks(visit, '/privacy/notice/callers', language, ['html']),
        body: documentBody(callerNotice(policy, language)),
      }),
    );
  })
  .get('/privacy/notice/callers.html', (c) => {
    allowed(c, 'see documents');
    return keptPage(c, 'notice', callerNotice(policyOf(c.get('visit')), languageOf(c)));
  })
  .get('/privacy/dpia', (c) => {
    allowed(c, 'see documents');
    return c.html(dpiaPage(c));
  })
  .get('/privacy/dpia.html', (c) => {
    allowed(c, 'see documents');
    const visit = c.get('visit');
    return keptPage(c, 'dpia', dpiaDraft(policyOf(visit), visit.services.privacy.counted(), languageOf(c)));
  })
  .get('/privacy/dpia.json', (c) => {
    allowed(c, 'see documents');
    const visit = c.get('visit');
    return keptData(c, 'dpia', checkDpia(policyOf(visit), visit.services.privacy.counted()));
  })
  .get('/privacy/interests/:file{[a-z0-9-]+\\.html}', (c) => {
    allowed(c, 'see documents');
    const policy = policyOf(c.get('visit'));
    const id = c.req.param('file').replace(/\.html$/, '');
    const purpose = policy.purposes.find((one) => one.id === id && one.lawfulBasis === 'f');
    if (!purpose) throw problem('purpose_unknown');
    return keptPage(c, `interests-${id}`, interestsDraft(policy, purpose, languageOf(c)));
  });
