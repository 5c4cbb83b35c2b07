/** Parts of the overview that say how all boxes are: policy, software, room, certificates, what is proven. */
import type { FindingCode } from '@belkluis/shared/contract/finding-codes';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { type StateKind, state } from '@belkluis/shared/web/parts';
import type { WindowRow } from '../../alerts/windows.ts';
import type { Door, Proof } from '../../inventory/glance.ts';
import { standings } from '../../policy/tables.ts';
import type { Visit } from '../visit.ts';
import type { Everything } from './overview.ts';
import { pathWith } from './parts.ts';
import { standingList } from './policies.ts';
import { standingKind } from './policy-words.ts';
import { softwareCell } from './software-words.ts';

interface Share {
  readonly kind: 'ok' | 'wait' | 'warn' | 'bad' | 'off';
  readonly count: number;
}

const barOf = { ok: '', wait: ' slate', warn: ' warn', bad: ' bad', off: ' rest' } as const;

/** A whole in parts; what is small is still seen. */
function strip(shares: readonly Share[], label: string): Html {
  const total = shares.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return nothing;
  const wanted = shares
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => ({ kind, width: Math.max(2, (count / total) * 100) }));
  const scale = 100 / wanted.reduce((sum, { width }) => sum + width, 0);
  let x = 0;
  return html`<svg class="strip" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="${label}">${wanted.map(
    ({ kind, width }, at) => {
      const from = x;
      x += width * scale;
      const gap = at === wanted.length - 1 ? 0 : 0.4;
      return html`<rect class="plot-bar${barOf[kind]}" x="${from.toFixed(2)}" width="${Math.max(0.5, width * scale - gap).toFixed(2)}" height="10"/>`;
    },
  )}</svg>`;
}

const tile = (id: string, title: string, body: Html): Html =>
  html`<section aria-labelledby="${id}" data-live id="live-${id}"><header><h2 id="${id}">${title}</h2></header>${body}</section>`;

/** What is wanted of boxes and what they made of it, with the way to each; until something is wanted: what they say that they have. */
export function policyPart(visit: Visit, { counts: { policy }, policy: wanted }: Everything): Html {
  const { t, f } = visit;
  const { overview } = t;
  const shares = (
    [
      ['applied', 'ok'],
      ['pending', 'wait'],
      ['rejected', 'bad'],
      ['none', 'off'],
    ] as const
  ).map(([is, kind]) => ({ is, kind, count: policy[is] }));
  const said = shares.filter(({ count, is }) => count > 0 || is === 'applied');
  if (shares.every(({ count }) => count === 0))
    return tile('policy', overview.policy, html`<p class="soft">${overview.nothingYet}</p>`);
  if (standings.some((is) => is !== 'none' && wanted.counts[is] > 0)) {
    const stand = standings.toReversed().map((is) => ({ kind: standingKind[is], count: wanted.counts[is] }));
    const told = standings.filter((is) => wanted.counts[is] > 0);
    const label = told.map((is) => `${t.policies.standings[is]}: ${f.number(wanted.counts[is])}`).join(', ');
    return tile('policy', overview.policy, html`${strip(stand, label)}${standingList(visit, wanted)}`);
  }
  const label = said.map(({ is, count }) => `${t.common.policy[is]}: ${f.number(count)}`).join(', ');
  return tile(
    'policy',
    overview.policy,
    html`${strip(shares, label)}<dl>${said.map(({ is, kind, count }) => html`<dt>${state(kind, t.common.policy[is])}</dt><dd><a href="/boxes?policy=${is}">${overview.boxes(f.number(count), count)}</a></dd>`)}</dl>`,
  );
}

/** Versions that are listed; the rest is one line. */
const VERSIONS = 4;

export function softwarePart(visit: Visit, { counts: { software }, running }: Everything): Html {
  const { t, f } = visit;
  const { overview } = t;
  if (software.length === 0)
    return tile('software', overview.software, html`<p class="soft">${overview.nothingYet}</p>`);
  const shown = software.slice(0, VERSIONS);
  const rest = software.slice(VERSIONS).reduce((sum, { boxes }) => sum + boxes, 0);
  const kinds = ['ok', 'wait', 'off', 'off'] as const;
  const shares = [
    ...shown.map(({ boxes }, at) => ({ kind: kinds[at]!, count: boxes })),
    { kind: 'off' as const, count: rest },
  ];
  const label = shown.map(({ version, boxes }) => `${version}: ${f.number(boxes)}`).join(', ');
  return tile(
    'software',
    overview.software,
    html`${strip(shares, label)}<dl>${shown.map(({ version, boxes }) => html`<dt>${softwareCell(visit, version, running.get(version))}</dt><dd><a href="${pathWith('/boxes', { software: version })}">${overview.boxes(f.number(boxes), boxes)}</a></dd>`)}${rest > 0 ? html`<dt>${overview.otherVersions}</dt><dd>${overview.boxes(f.number(rest), rest)}</dd>` : nothing}</dl>`,
  );
}

/** Days of room under which somebody should act. */
const SHORT_DAYS = 14;

export function storagePart({ t, f }: Visit, { room, names }: Everything): Html {
  const { overview } = t;
  const { rows, short, roomy, unknown } = room;
  if (short + roomy === 0) return tile('storage', overview.storage, html`<p class="soft">${overview.nothingYet}</p>`);
  if (short + unknown === 0) return tile('storage', overview.storage, html`<p>${overview.roomy}</p>`);
  const some = (text: string, count: number): Html =>
    count > 0 ? html`<dt>${text}</dt><dd>${overview.boxes(f.number(count), count)}</dd>` : nothing;
  const left = (days: number): Html =>
    days < SHORT_DAYS
      ? state('warn', overview.daysLeft(f.unit(days, 'day')))
      : html`${overview.daysLeft(f.unit(days, 'day'))}`;
  return tile(
    'storage',
    overview.storage,
    html`<dl>${rows.map(({ name, site, diskDays }) => html`<dt>${name}<small>${names.get(site)?.name ?? ''}</small></dt><dd>${left(diskDays)}</dd>`)}${some(overview.alsoShort, short - rows.length)}${some(overview.notShort, roomy)}${some(overview.roomUnknown, unknown)}</dl>`,
  );
}

const recipientCodes: readonly FindingCode[] = ['recipient_expires', 'recipient_expired', 'recipient_revoked'];
const certificateCodes: readonly FindingCode[] = ['certificate_expires', 'certificate_expired'];
const uplinkCodes: readonly FindingCode[] = ['uplink_certificate_expires'];

export function certificatesPart({ t, f, services }: Visit, { groups }: Everything): Html {
  const { overview } = t;
  const counted = (codes: readonly FindingCode[], quiet: string): Html => {
    const found = groups.filter(({ code, level }) => level !== 'ok' && codes.includes(code));
    const count = found.reduce((sum, { boxes }) => sum + boxes, 0);
    if (count === 0) return html`${quiet}`;
    return state(found.some(({ level }) => level === 'bad') ? 'bad' : 'warn', overview.needs(f.number(count), count));
  };
  const { root, boxes } = services.ends();
  return tile(
    'certificates',
    overview.certificates,
    html`<dl><dt>${overview.recipients}</dt><dd>${counted(recipientCodes, overview.inOrder)}</dd><dt>${overview.deskCertificates}</dt><dd>${counted(certificateCodes, overview.inOrder)}</dd><dt>${overview.boxCertificates}</dt><dd>${counted(uplinkCodes, overview.renewThemselves)}</dd><dt>${overview.issuer}</dt><dd>${f.plainDate(boxes)}</dd><dt>${overview.root}</dt><dd>${f.plainDate(root)}</dd></dl>`,
  );
}

/** Windows that are open, and the next, each in its own time zone. */
export function maintenancePart({ t, now, mspName, formatsIn }: Visit, { windows, names }: Everything): Html {
  const { overview } = t;
  const row = (kind: 'wait' | 'off', { place, boxes, reason, when, occurrence }: WindowRow): Html => {
    const f = formatsIn(when.zone);
    const of = place.site ?? place.customer;
    const where =
      of === null
        ? boxes === null
          ? mspName
          : overview.boxes(f.number(boxes.size), boxes.size)
        : (names.get(of)?.name ?? '');
    const { from, until } = occurrence!;
    const said =
      kind === 'wait'
        ? overview.openUntil(f.momentWithin(until, now))
        : `${f.momentWithin(from, now)}–${f.time(until)}`;
    return html`<dt>${where}<small>${reason}</small></dt><dd>${kind === 'wait' ? state(kind, said) : said}<small>${when.zone}</small></dd>`;
  };
  const rows = [...windows.now.map((one) => row('wait', one)), ...windows.next.map((one) => row('off', one))];
  return tile(
    'maintenance',
    overview.maintenance,
    rows.length === 0 ? html`<p>${overview.noMaintenance}</p>` : html`<dl>${rows}</dl>`,
  );
}

/** Doors in a row of the wall. */
const PER_ROW = 26;

const shapes: Readonly<Record<Proof, (x: number, y: number) => Html>> = {
  late: (x, y) => html`<path class="bad" d="M${x + 5} ${y + 0.5}l4.5 4.5l-4.5 4.5l-4.5-4.5z"/>`,
  unknown: (x, y) => html`<rect class="off" x="${x + 1}" y="${y + 1}" width="8" height="8" rx="1.5"/>`,
  proven: (x, y) => html`<rect x="${x + 1}" y="${y + 1}" width="8" height="8" rx="1.5"/>`,
};

const wall = (doors: readonly Door[], label: string): Html =>
  html`<svg class="wall" viewBox="0 0 ${PER_ROW * 10} ${Math.ceil(doors.length / PER_ROW) * 10}" role="img" aria-label="${label}">${doors.map(({ proof }, at) => shapes[proof]((at % PER_ROW) * 10, Math.floor(at / PER_ROW) * 10))}</svg>`;

export function provenPart({ t, f }: Visit, { proof }: Everything): Html {
  const { overview } = t;
  const { boxes, late, unknown, of, doors } = proof;
  if (boxes === 0) return nothing;
  const proven = Math.max(0, boxes - late - unknown);
  const said = overview.provenSaid(f.number(proven), f.number(boxes));
  const counts: readonly (readonly [StateKind, number, string])[] = [
    ['bad', late, overview.late(f.number(late))],
    ['off', unknown, overview.unproven(f.number(unknown))],
  ];
  return html`<section aria-labelledby="proven" data-live id="live-proven">
      <header><h2 id="proven">${overview.proven}</h2><p>${said}</p></header>
      ${wall(doors, `${said} ${overview.late(f.number(late))}, ${overview.unproven(f.number(unknown))}`)}
      <ul class="legend"><li>${overview.door[of]}</li>${counts.map(([kind, count, text]) => (count > 0 ? html`<li>${state(kind, text)}</li>` : nothing))}</ul>
    </section>`;
}
