/** Numbers whose owner does not want to be recorded (GDPR 21): listed, added and taken back. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { Person } from '../../access/people.ts';
import type { ObjectionRow } from '../privacy-services.ts';
import { allowed, type DeskEnv, line, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { errorSummary, type FormFault, field, head, instant, pick, purposeName } from './parts.ts';
import { section } from './policy-parts.ts';
import { privacyNav } from './privacy-parts.ts';
import { refusal } from './refusal.ts';

const PATH = '/privacy/objections';

function row(visit: Visit, { id, number, purpose, since, how, caseRef, expiresAt }: ObjectionRow): Html {
  const { t, f, now, services } = visit;
  const { privacy } = t;
  const name = services.policy()?.policy.purposes.find((one) => one.id === purpose)?.name ?? purpose;
  return html`<tr>
    <th scope="row">${number}</th>
    <td data-label="${privacy.ofPurpose}">${name === null ? privacy.everyPurpose : purposeName(name)}</td>
    <td data-label="${privacy.since}">${instant(since, f.moment(since, now))}<small>${privacy.hows[how] ?? how}${caseRef === null ? '' : `, ${caseRef}`}</small></td>
    <td data-label="${privacy.leaves}">${instant(expiresAt, f.date(expiresAt))}</td>
    <td class="full"><form method="post" action="${PATH}/${id}/remove"><button class="small">${privacy.takeBack}<span class="visually-hidden"> ${number}</span></button></form></td>
  </tr>`;
}

interface Shown {
  readonly number: string;
  readonly purpose: string;
  readonly caseRef: string;
  readonly fault: FormFault | null;
}

function objectionsPage(visit: Visit, person: Person, { number, purpose, caseRef, fault }: Shown): Html {
  const { t, services } = visit;
  const { privacy } = t;
  const all = services.privacy.objections.list(person);
  const purposes = services.policy()?.policy.purposes ?? [];
  const list =
    all.length === 0
      ? nothing
      : html`<table class="cards"><caption class="visually-hidden">${privacy.objections}</caption>
      <thead><tr><th scope="col">${privacy.number}</th><th scope="col">${privacy.ofPurpose}</th><th scope="col">${privacy.since}</th><th scope="col">${privacy.leaves}</th><th scope="col"><span class="visually-hidden">${privacy.takeBack}</span></th></tr></thead>
      <tbody>${all.map((one) => row(visit, one))}</tbody></table>`;
  const title = all.length === 0 ? privacy.noObjections : privacy.objectionsCount(all.length);
  const body = html`${head(title, privacy.objectionsLead)}
    <div class="stack">${privacyNav(visit, 'objections')}${errorSummary(t, fault)}${all.length === 0 ? nothing : html`<section aria-label="${privacy.objections}">${list}</section>`}
      ${section(
        'add',
        privacy.addObjection,
        '',
        html`<form method="post" action="${PATH}" class="stack tight narrow" novalidate>
          ${field({ id: 'number', label: privacy.number, hint: privacy.numberHint, value: number, autocomplete: 'off', required: true, fault })}
          ${pick({ id: 'purpose', label: privacy.ofPurpose, of: [['', privacy.everyPurpose], ...purposes.map(({ id, name }) => [id, name] as const)], chosen: purpose, fault })}
          ${field({ id: 'case', label: privacy.caseRef, hint: privacy.caseHint, value: caseRef, autocomplete: 'off', fault })}
          <p class="soft">${privacy.signLogged}</p>
          <div class="row"><button class="primary">${privacy.keepObjection}</button></div>
        </form>`,
      )}
    </div>`;
  return layout(visit, { title, place: 'privacy', body });
}

export const privacyObjectionRoutes = new Hono<DeskEnv>()
  .get(PATH, (c) => {
    const person = allowed(c, 'manage objections');
    return c.html(objectionsPage(c.get('visit'), person, { number: '', purpose: '', caseRef: '', fault: null }));
  })
  .post(PATH, async (c) => {
    const person = allowed(c, 'manage objections');
    const visit = c.get('visit');
    const [number, purpose, caseRef] = [await line(c, 'number'), await line(c, 'purpose'), await line(c, 'case')];
    try {
      visit.services.privacy.objections.add(person, number, purpose || null, caseRef || null);
    } catch (error) {
      const fields = {
        number_wrong: 'number',
        number_withheld: 'number',
        objections_full: 'number',
        case_wrong: 'case',
        purpose_unknown: 'purpose',
      };
      const fault = refusal(c, error, fields);
      return c.html(objectionsPage(visit, person, { number, purpose, caseRef, fault }));
    }
    return c.redirect(PATH, 303);
  })
  .post(`${PATH}/:id/remove`, (c) => {
    const person = allowed(c, 'manage objections');
    c.get('visit').services.privacy.objections.remove(person, c.req.param('id'));
    return c.redirect(PATH, 303);
  });
