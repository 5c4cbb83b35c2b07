/** Every field that a box can send, in words, for anybody. */
import type { GaugeName } from '@belkluis/shared/contract/gauges';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { head } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { boxesSend, type Form, type SentField, type SentMessage } from '../boxes-send.ts';
import { healthWords } from '../i18n/health.ts';
import { VALUES_SHOWN } from '../limits.ts';
import type { ConsoleEnv, Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { forAnybody } from './trust.ts';

function formText({ t, f }: Visit, form: Form): Html {
  const { forms } = t.boxesSend;
  switch (form.is) {
    case 'number':
      return html`${forms.number(f.number(form.min), f.number(form.max))}`;
    case 'text':
      return html`${forms.upTo(f.number(form.max))}`;
    case 'one': {
      const values = html`<code>${form.of.join(', ')}</code>`;
      if (form.of.length === 1) return html`${forms.fixed} ${values}`;
      return form.of.length <= VALUES_SHOWN
        ? html`${forms.one} ${values}`
        : html`<details><summary>${forms.oneOf(f.number(form.of.length))}</summary>${values}</details>`;
    }
    default:
      return html`${forms[form.is]}`;
  }
}

const GAUGES = /^health\.gauges\.(.+)$/;

/** What a field says; its own name where nobody has found words, which a test refuses. */
export function sentWords(
  { t, language }: Pick<Visit, 't' | 'language'>,
  message: string,
  { path }: SentField,
): string {
  const name = `${message}.${path}`;
  const gauge = GAUGES.exec(name)?.[1] as GaugeName | undefined;
  return (gauge ? healthWords[language].gauges[gauge] : t.boxesSend.fields[name]) ?? path;
}

function messageTable(visit: Visit, { name, fields }: SentMessage): Html {
  const { boxesSend: b } = visit.t;
  const [title, says] = b.messages[name] ?? [name, ''];
  const { columns } = b;
  return html`<section aria-labelledby="${name}"><header><h2 id="${name}">${title}</h2><p>${says}</p></header>
    <table class="cards"><caption class="visually-hidden">${title}</caption>
      <thead><tr><th scope="col">${columns.says}</th><th scope="col">${columns.form}</th><th scope="col">${columns.field}</th></tr></thead>
      <tbody>${fields.map(
        (field) =>
          html`<tr><th scope="row">${sentWords(visit, name, field)}</th><td data-label="${columns.form}">${formText(visit, field.form)}${field.upTo === null ? nothing : html`<small>${b.forms.many(visit.f.number(field.upTo))}</small>`}${field.maybe ? html`<small>${b.forms.maybe}</small>` : nothing}</td><td data-label="${columns.field}"><code>${field.path}</code></td></tr>`,
      )}</tbody></table></section>`;
}

export const boxesSendRoutes = new Hono<ConsoleEnv>().get('/boxes-send', (c) => {
  const visit = c.get('visit');
  const { boxesSend: b } = visit.t;
  const body = html`${head(b.title, b.lead)}
    <div class="stack"><p class="note">${b.never}</p><p>${b.names}</p>${boxesSend.map((message) => messageTable(visit, message))}</div>`;
  forAnybody(c);
  return c.html(layout(visit, { title: b.title, body }));
});
