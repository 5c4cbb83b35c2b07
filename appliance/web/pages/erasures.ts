/** What was erased, each with its certificate, to read here and to take away. */
import { type Html, html } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import { CERTIFICATES_SHOWN } from '../limits.ts';
import { problem } from '../problems.ts';
import { allowed, type DeskContext, type DeskEnv, type Visit } from '../visit.ts';
import { pageOf } from './audit.ts';
import { type Certified, certified } from './certificate.ts';
import { layout } from './layout.ts';
import { fingerprint, head, instant, pager, state } from './parts.ts';
import { recordingId } from './recording.ts';

function erasuresPage(visit: Visit, page: number): Html {
  const { t, f, now, services } = visit;
  const { erasures, recordings } = t;
  const offset = (page - 1) * CERTIFICATES_SHOWN;
  const { certificates, total } = services.erasure.certificates(CERTIFICATES_SHOWN, offset);
  const last = offset + certificates.length;
  const list =
    total === 0
      ? html`<section aria-labelledby="certificates"><div class="empty"><h2 id="certificates">${erasures.empty}</h2><p>${erasures.emptyMore}</p></div></section>`
      : html`<section aria-label="${erasures.title}">
      <table class="cards">
        <caption class="visually-hidden">${erasures.caption}</caption>
        <thead><tr><th scope="col">${erasures.recording}</th><th scope="col">${erasures.issued}</th><th scope="col">${erasures.kept}</th></tr></thead>
        <tbody>${certificates.map(
          ({ recording, issuedAt, expiresAt }) =>
            html`<tr><th scope="row"><a href="/erasures/${recording}"><code>${recording}</code></a></th><td data-label="${erasures.issued}" class="nowrap">${instant(issuedAt, f.moment(issuedAt, now))}</td><td data-label="${erasures.kept}" class="nowrap">${instant(expiresAt, f.date(expiresAt))}</td></tr>`,
        )}</tbody>
      </table>
      ${pager({
        label: recordings.pages,
        range: erasures.newest(f.number(Math.min(offset + 1, last)), f.number(last), f.number(total)),
        newer: page > 1 ? { href: `/erasures?page=${page - 1}`, text: recordings.newer } : null,
        older: last < total ? { href: `/erasures?page=${page + 1}`, text: recordings.older } : null,
      })}
    </section>`;
  return layout(visit, {
    title: erasures.title,
    place: 'erasures',
    body: html`${head(erasures.title, erasures.lead)}${list}`,
  });
}

function said(visit: Visit, recording: string, certificate: Certified): Html {
  const { t, f } = visit;
  const { erasure } = t;
  const { facts, index, size } = certificate;
  return html`<section aria-labelledby="proof">
    <header><h2 id="proof">${erasure.proof}</h2></header>
    <dl>
      <dt>${erasure.recording}</dt><dd class="fingerprint">${recording}</dd>
      <dt>${erasure.commitment}</dt><dd class="fingerprint">${facts.commitment}</dd>
      <dt>${erasure.reason}</dt><dd>${erasure.reasons[facts.reason] ?? facts.reason}</dd>
      <dt>${erasure.policy}</dt><dd>${f.number(facts.policyVersion)}</dd>
      <dt>${erasure.epoch}</dt><dd>${erasure.epochMore(f.number(facts.epochBefore), f.number(facts.epochAfter))}</dd>
      <dt>${erasure.here}</dt><dd>${instant(facts.unreadableHereAt, `${f.date(facts.unreadableHereAt)}, ${f.time(facts.unreadableHereAt)}`)}</dd>
      <dt>${erasure.backups}</dt><dd>${instant(facts.unreadableInBackupsBy, f.date(facts.unreadableInBackupsBy))}</dd>
      <dt>${erasure.entry}</dt><dd>${erasure.entryMore(f.number(index), f.number(size))}</dd>
    </dl>
    <p class="note${facts.epochKey === 'file' ? ' warn' : ''}">${erasure[facts.epochKey]}</p>
  </section>`;
}

function erasurePage(visit: Visit, recording: string, text: string): Html {
  const { t, f, services } = visit;
  const { erasure } = t;
  const certificate = certified(text);
  const title = erasure.title(f.date(certificate.facts.unreadableHereAt));
  const body = html`<div class="head"><div><p><a href="/erasures">${t.erasures.title}</a></p><h1>${title}</h1><p>${erasure.lead}</p></div><a class="button primary" href="/erasures/${recording}/certificate.json" download>${erasure.download}</a></div>
    <div class="split">
      <div class="stack">${said(visit, recording, certificate)}</div>
      <div class="aside">
        <section aria-labelledby="verify"><header><h2 id="verify">${erasure.verifyTitle}</h2></header><p>${erasure.verify}</p></section>
        <section aria-labelledby="key"><header><h2 id="key">${erasure.keyTitle}</h2></header><p class="fingerprint">${fingerprint(services.audit.state().keyFingerprint)}</p><p class="soft">${erasure.keyMore}</p></section>
      </div>
    </div>`;
  return layout(visit, { title, place: 'erasures', body });
}

function pendingPage(visit: Visit): Html {
  const { erasure, erasures } = visit.t;
  const body = html`<div class="head"><div><p><a href="/erasures">${erasures.title}</a></p><h1>${erasure.pendingTitle}</h1></div></div>
    <div class="stack tight narrow"><p>${state('wait', erasure.pendingTitle)}</p><p>${erasure.pending}</p></div>`;
  return layout(visit, { title: erasure.pendingTitle, place: 'erasures', body });
}

/** The recording that the address names, and its certificate; null: it was erased and waits for one. @throws Problem `certificate_unknown`. */
function certificateOf(c: DeskContext): { recording: string; text: string | null } {
  const recording = c.req.param('recording') ?? '';
  const { services } = c.get('visit');
  if (!recordingId.test(recording)) throw problem('certificate_unknown');
  const text = services.erasure.certificate(recording);
  // Erased or not is told of no recording that is here: only of one that left.
  if (text === null && (services.recordings.get(recording)?.erasedAt ?? null) === null)
    throw problem('certificate_unknown');
  return { recording, text };
}

export const erasuresRoutes = new Hono<DeskEnv>()
  .get('/erasures', (c) => {
    allowed(c, 'see certificates');
    return c.html(erasuresPage(c.get('visit'), pageOf(c.req.query('page'))));
  })
  .get('/erasures/:recording', (c) => {
    allowed(c, 'see certificates');
    const visit = c.get('visit');
    const { recording, text } = certificateOf(c);
    return c.html(text === null ? pendingPage(visit) : erasurePage(visit, recording, text));
  })
  .get('/erasures/:recording/certificate.json', (c) => {
    allowed(c, 'see certificates');
    const { recording, text } = certificateOf(c);
    if (text === null) throw problem('certificate_unknown');
    return c.body(text, 200, {
      'Content-Type': 'application/json',
      'Content-Disposition': `attachment; filename="belkluis-erased-${recording.slice(0, 8)}.json"`,
    });
  });
