/** Pieces of the pages of the fleet: what it is told and may do, what it is known by, how the connection is, and what a refusal says. */
import { Problem } from '@belkluis/shared/base/problem';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import type { Person } from '../../access/people.ts';
import { may } from '../../access/roles.ts';
import type { ShownFleet } from '../../uplink/enrol/enrol.ts';
import type { Texts } from '../i18n/en.ts';
import { told } from '../problems.ts';
import type { DeskContext, Visit } from '../visit.ts';
import { type FormFault, field, instant, state } from './parts.ts';
import { refusal } from './refusal.ts';

/** What a page says besides: a form that was refused, or a fleet that could not be asked. */
export interface Said {
  readonly typed: Readonly<Record<string, string>>;
  readonly fault: FormFault | null;
  readonly note: string | null;
}

export const nothingSaid: Said = { typed: {}, fault: null, note: null };

export const decides = (person: Person | null): person is Person => person !== null && may(person, 'join fleet');

/** What may pass, or is for the MSP: said on the page, which shows how things stand now. */
const notes = new Set([
  'fleet_unreachable',
  'fleet_unproven',
  'fleet_locked',
  'fleet_not_the_pinned',
  'fleet_answer',
  'fleet_refused',
  'fleet_not_offered',
  'code_lapsed',
  'offer_lapsed',
  'certificate_wrong',
  'trust_missing',
]);

/** How the page says what was refused; anything else is not its matter. `fields`: where each code belongs. */
export function saidOf(
  c: DeskContext,
  error: unknown,
  fields: Readonly<Record<string, string>>,
  typed: Said['typed'] = {},
): Said {
  if (!(error instanceof Problem) || !notes.has(error.code))
    return { typed, fault: refusal(c, error, fields), note: null };
  const { t } = c.get('visit');
  c.status(told(error).status);
  const text = t.problems[error.code as keyof typeof t.problems];
  const why = (t.fleet.refusals as Readonly<Record<string, string>>)[error.detail ?? ''];
  const note = error.code === 'fleet_refused' && why !== undefined ? t.fleet.because(text, why) : text;
  return { typed, fault: null, note };
}

export const codeField = ({ t: { fleet } }: Visit, fault: FormFault | null): Html =>
  field({
    id: 'code',
    label: fleet.authenticator,
    hint: fleet.authenticatorHint,
    autocomplete: 'one-time-code',
    inputmode: 'numeric',
    required: true,
    fault,
  });

export const urlField = (label: string, { t: { fleet } }: Visit, { typed, fault }: Said): Html =>
  field({ id: 'url', label, hint: fleet.urlHint, value: typed.url ?? '', autocomplete: 'off', required: true, fault });

const list = (lines: readonly string[]): Html => html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;

/** What box and fleet say to each other, message by message, as the contract has it. */
export const contract = ({ t: { fleet } }: Visit): Html => html`<section aria-labelledby="never">
    <header><h2 id="never">${fleet.never}</h2></header>
    ${list(fleet.nevers)}
  </section>
  <section aria-labelledby="told">
    <header><h2 id="told">${fleet.sees}</h2></header>
    ${list(Object.values(fleet.told))}
    <p class="soft">${fleet.seesLead}</p>
  </section>
  <section aria-labelledby="may">
    <header><h2 id="may">${fleet.may}</h2></header>
    ${list(Object.values(fleet.acts))}
  </section>`;

/** Bytes of a fingerprint on a line, and those that stay together where a line is too narrow. */
const [LINE, GROUP] = [16, 4];

/** Whole, in lines that two people can compare. `text`: `AB:CD:…`. */
function comparable(text: string): Html {
  const bytes = text.split(':');
  return html`${bytes.map((byte, at) => {
    if (at === bytes.length - 1) return byte;
    const ends = (at + 1) % LINE === 0 ? html`<br>` : (at + 1) % GROUP === 0 ? html`<wbr>` : nothing;
    return html`${byte}:${ends}`;
  })}`;
}

/** By what a fleet is known, whole: somebody compares it. */
export const identity = (
  { t: { fleet: texts } }: Visit,
  { msp, site, url, root, policyKey }: ShownFleet,
  labels: Pick<Texts['fleet'], 'msp' | 'site'>,
): Html =>
  html`<dt>${labels.msp}</dt><dd>${msp}</dd><dt>${labels.site}</dt><dd>${site}</dd><dt>${texts.at}</dt><dd>${url}</dd><dt>${texts.root}</dt><dd><code>${comparable(root)}</code></dd><dt>${texts.policyKey}</dt><dd><code>${comparable(policyKey)}</code></dd>`;

/** How the connection is. */
export function connection({ t: { fleet: texts }, f, now, services }: Visit): Html {
  const current = services.fleet.connection();
  const moment = (at: number) => instant(at, f.momentWithin(at, now));
  const facts = () => {
    const { connected, since, lastAt, fault, waiting, witness } = current!;
    return html`<p>${connected ? state('ok', texts.connected) : state('warn', texts.notConnected)}</p>
      ${!connected && fault !== null ? html`<p class="soft">${texts.faults[fault]}</p>` : nothing}
      <dl><dt>${texts.since}</dt><dd>${moment(since)}</dd>${
        connected ? nothing : html`<dt>${texts.lastAt}</dt><dd>${lastAt === null ? texts.notYet : moment(lastAt)}</dd>`
      }<dt>${texts.waiting}</dt><dd>${texts.messages(waiting, f.number(waiting))}</dd><dt>${texts.witnessed}</dt><dd>${
        witness === null
          ? texts.notReached
          : texts.witnessedMore(f.number(witness.size - 1), f.momentWithin(witness.at, now))
      }</dd></dl>`;
  };
  return html`<section aria-labelledby="connection">
    <header><h2 id="connection">${texts.connection}</h2></header>
    ${current ? facts() : html`<p class="soft">${texts.beginning}</p>`}
  </section>`;
}
