/** Pieces of the pages about what people are told, and what they said. */
import type { Document } from '@belkluis/shared/policy/documents/document';
import { type Language, languages } from '@belkluis/shared/policy/fields';
import type { Policy } from '@belkluis/shared/policy/schema';
import { blockHtml, documentPage } from '@belkluis/shared/web/document-page';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { may } from '../../access/roles.ts';
import { problem } from '../problems.ts';
import type { DeskContext, Visit } from '../visit.ts';

const places = [
  { id: 'register', path: '/privacy/register', act: 'see documents' },
  { id: 'callers', path: '/privacy/notice/callers', act: 'see documents' },
  { id: 'staff', path: '/privacy/notice/staff', act: 'see documents' },
  { id: 'dpia', path: '/privacy/dpia', act: 'see documents' },
  { id: 'objections', path: '/privacy/objections', act: 'manage objections' },
  { id: 'data', path: '/privacy/data', act: 'see documents' },
] as const;

export type PrivacyPlace = (typeof places)[number]['id'];

export function privacyNav({ t, person }: Visit, place: PrivacyPlace): Html {
  const there = places.filter(({ act }) => person !== null && may(person, act));
  return html`<nav aria-label="${t.privacy.nav}"><ul class="chips">${there.map(
    ({ id, path }) =>
      html`<li><a href="${path}"${id === place ? html` aria-current="page"` : nothing}>${t.privacy.places[id]}</a></li>`,
  )}</ul></nav>`;
}

function blocks({ sections }: Pick<Document, 'sections'>, name: string): Html {
  return html`${sections.map(
    ({ heading, blocks: all }, at) => html`<section aria-labelledby="${name}-${at}">
      <header><h2 id="${name}-${at}">${heading}</h2></header>
      ${all.map(blockHtml)}
    </section>`,
  )}`;
}

/** A document within a page of the desk, in its own language. `name`: of it on that page. */
export const documentBody = (document: Document, name = 'part'): Html =>
  html`<div class="stack document" lang="${document.language}">${blocks(document, name)}</div>`;

/** The language of a document: which the address names, or that of the desk. */
export function languageOf(c: DeskContext): Language {
  const asked = c.req.query('in');
  return languages.find((one) => one === asked) ?? c.get('visit').language;
}

/** Links to the same document in other languages, and to be kept. */
export function documentLinks(
  { t, f }: Visit,
  path: string,
  language: Language,
  forms: readonly ('html' | 'json')[],
): Html {
  const { privacy } = t;
  return html`<div class="row"><nav aria-label="${privacy.inLanguage}"><ul class="chips">${languages.map(
    (one) =>
      html`<li><a href="${path}?in=${one}" hreflang="${one}"${one === language ? html` aria-current="true"` : nothing}>${f.languageName(one)}</a></li>`,
  )}</ul></nav>${forms.map(
    (form) =>
      html`<a href="${path}.${form}?in=${language}" download>${form === 'html' ? privacy.keepPage : privacy.keepData}</a>`,
  )}</div>`;
}

/** As a page that stands alone, to keep, print or put on a website. */
export async function keptPage(c: DeskContext, name: string, document: Document): Promise<Response> {
  const page = (await documentPage(document)).toString();
  return c.body(page, 200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Disposition': `attachment; filename="${name}-${document.language}.html"`,
  });
}

export function keptData(c: DeskContext, name: string, data: unknown): Response {
  return c.body(`${JSON.stringify(data, null, 2)}\n`, 200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Disposition': `attachment; filename="${name}.json"`,
  });
}

/** @throws Problem `policy_none`. */
export function policyOf({ services }: Visit): Policy {
  const policy = services.policy()?.policy;
  if (!policy) throw problem('policy_none');
  return policy;
}
