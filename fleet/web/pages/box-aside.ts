/** What one checks at a box: its facts, its log as the witness knows it, and what can be asked of it. */
import type { Gauges } from '@belkluis/shared/contract/gauges';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { state } from '@belkluis/shared/web/parts';
import type { WitnessState } from '../../audit/witness.ts';
import type { CommandRow } from '../../commands/commands.ts';
import { type CommandOp, commandOps } from '../../commands/tables.ts';
import type { Box } from '../../inventory/boxes.ts';
import type { SoftwareStanding } from '../../software/standing.ts';
import { may, type Visit } from '../visit.ts';
import { commandWords } from './box-timeline.ts';
import { ago, tagLinks } from './parts.ts';
import { softwareFact } from './software-words.ts';

const fact = (name: string, said: Html | string, small = ''): Html =>
  html`<dt>${name}</dt><dd>${said}${small ? html`<small>${small}</small>` : nothing}</dd>`;

/** Days under which a number is pointed out. */
const SOON_DAYS = 14;

function callsFacts({ t, f }: Visit, gauges: Gauges): Html {
  const { summary } = t.box;
  const { phones_known, phones_registered, trunks_configured, trunks_up, pbx_up } = gauges;
  const trunks = (all: number, up: number) =>
    up < all
      ? state('bad', summary.answer(f.number(up), f.number(all)))
      : html`${summary.answer(f.number(up), f.number(all))}`;
  return html`${
    phones_known === undefined
      ? nothing
      : fact(summary.phones, summary.registered(f.number(phones_registered ?? 0), f.number(phones_known)))
  }${trunks_configured ? fact(summary.trunks, trunks(trunks_configured, trunks_up ?? 0)) : nothing}${
    pbx_up === undefined ? nothing : fact(summary.pbx, pbx_up === 1 ? summary.pbxIs[1] : state('bad', summary.pbxIs[0]))
  }`;
}

function keepingFacts({ t, f }: Visit, gauges: Gauges): Html {
  const { summary } = t.box;
  const { disk_days_left, clock_offset_ms, backup_hours_ago, recipient_key_days_left } = gauges;
  const { uplink_certificate_days_left, certificate_days_left } = gauges;
  const days = (left: number, said: string) => (left < SOON_DAYS ? state('warn', said) : html`${said}`);
  const daysOf = (value: number) => f.unit(value, 'day');
  return html`${fact(
    summary.disk,
    disk_days_left === undefined ? summary.roomy : days(disk_days_left, summary.daysLeft(daysOf(disk_days_left))),
  )}${clock_offset_ms === undefined ? nothing : fact(summary.clock, summary.off(f.unit(clock_offset_ms, 'millisecond')))}${
    uplink_certificate_days_left === undefined
      ? nothing
      : fact(
          summary.certificate,
          days(uplink_certificate_days_left, summary.renews(daysOf(uplink_certificate_days_left))),
        )
  }${
    certificate_days_left === undefined
      ? nothing
      : fact(summary.deskCertificate, days(certificate_days_left, summary.daysLeft(daysOf(certificate_days_left))))
  }${
    recipient_key_days_left === undefined
      ? nothing
      : fact(summary.keys, days(recipient_key_days_left, daysOf(recipient_key_days_left)))
  }${backup_hours_ago === undefined ? nothing : fact(summary.backup, summary.backupAgo(f.unit(backup_hours_ago, 'hour')))}`;
}

export function summaryPart(visit: Visit, box: Box, running: SoftwareStanding | undefined): Html {
  const { t, f, now } = visit;
  const { summary } = t.box;
  const { reported, health, presence } = box;
  const hardware = reported?.hardware;
  const recipients = reported?.recipients;
  const since = presence ? f.momentWithin(presence.since, now) : '';
  const uplink =
    presence === null
      ? nothing
      : fact(
          summary.uplink,
          presence.is === 'online' ? summary.connected(since) : summary.away(since),
          reported ? summary.ways[reported.uplink] : '',
        );
  return html`<section aria-labelledby="summary" data-live id="live-summary">
      <header><h2 id="summary">${summary.title}</h2></header>
      <dl><dt>${summary.software}</dt><dd>${softwareFact(visit, box.software, running)}</dd>${uplink}${health ? html`${callsFacts(visit, health.gauges)}${keepingFacts(visit, health.gauges)}` : nothing}${
        reported && reported.calls.length > 0
          ? fact(summary.calls, f.allOf(reported.calls.map((way) => summary.callsBy[way])))
          : nothing
      }${recipients ? fact(summary.recipients, summary.custodians(f.number(recipients.custodians), recipients.custodians), summary.escrows(f.number(recipients.escrows), recipients.escrows)) : nothing}${
        hardware
          ? fact(
              summary.hardware,
              [
                hardware.epochKey === 'tpm' ? summary.tpm : summary.noTpm,
                summary.cores(f.number(hardware.cores)),
                f.bytes(Math.round(hardware.memoryMiB / 1024) * 1e9),
              ].join(', '),
            )
          : nothing
      }${box.missing > 0 ? fact(summary.missing, state('warn', f.number(box.missing))) : nothing}${box.tags.length > 0 ? fact(summary.tags, tagLinks(box.tags)) : nothing}${fact(summary.here, f.date(box.createdAt))}<dt>${summary.id}</dt><dd class="fingerprint">${box.id}</dd></dl>
    </section>`;
}

export function witnessPart(visit: Visit, box: string, known: WitnessState | undefined, root: string | null): Html {
  const { t, f, now } = visit;
  const { witness } = t.box;
  const said =
    !known || known.size === null
      ? state('off', witness.none)
      : known.evidence > 0
        ? state('bad', witness.contradicted)
        : !known.watched
          ? state('off', witness.left)
          : known.silent
            ? state('warn', witness.said.silent(f.ago(known.heardAt, now)))
            : state('ok', witness.said.well(f.ago(known.heardAt, now)));
  return html`<section aria-labelledby="audit" data-live id="live-audit">
      <header><h2 id="audit">${witness.title}</h2></header>
      <p>${said}</p>
      ${
        known && known.size !== null
          ? html`<dl>${fact(witness.size, witness.entries(f.number(known.size)))}${root === null ? nothing : html`<dt>${witness.head}</dt><dd class="fingerprint">${root}</dd>`}${known.evidence > 0 ? fact(witness.evidence, state('bad', f.number(known.evidence))) : nothing}</dl>`
          : nothing
      }
      <p><a href="/witness/${box}">${witness.notes}</a></p>
    </section>`;
}

const asks: readonly { readonly op: CommandOp; readonly verb: 'start' | 'ask' }[] = [
  { op: 'test_call', verb: 'start' },
  { op: 'sync', verb: 'ask' },
  { op: 'renew', verb: 'ask' },
];

export const isOp = (text: string): text is CommandOp => commandOps.some((op) => op === text);

const openStates = ['waiting', 'sent', 'accepted', 'running'];

export function actsPart(visit: Visit, box: Box, recent: readonly CommandRow[]): Html {
  const { t } = visit;
  const { acts } = t.box;
  const running = new Set<string>(recent.filter(({ state: is }) => openStates.includes(is)).map(({ op }) => op));
  const row = (name: string, hint: string, act: Html) =>
    html`<li><span>${name}<small>${hint}</small></span>${act}</li>`;
  const link = (href: string, text: string, danger = false) =>
    html`<a class="button small${danger ? ' danger' : ''}" href="${href}">${text}</a>`;
  const shown: Html[] = [];
  if (box.state === 'active' && may(visit, 'send commands'))
    for (const { op, verb } of asks)
      shown.push(
        row(
          acts[op],
          acts[`${op}Hint`],
          html`<button class="small" form="ask" name="op" value="${op}"${running.has(op) ? html` disabled` : nothing} aria-label="${acts[verb]}: ${acts[op]}">${acts[verb]}</button>`,
        ),
      );
  if (box.state !== 'revoked' && may(visit, 'handle alerts'))
    shown.push(
      row(acts.maintenance, acts.maintenanceHint, link(`/boxes/act?what=maintenance&box=${box.id}`, acts.plan)),
    );
  if (may(visit, 'manage boxes')) {
    shown.push(row(acts.edit, acts.editHint, link(`/boxes/${box.id}/edit`, acts.change)));
    if (box.state !== 'revoked')
      shown.push(row(acts.revoke, acts.revokeHint, link(`/boxes/${box.id}/revoke`, acts.revokeVerb, true)));
  }
  const form = html`<form method="post" action="/boxes/${box.id}/commands" id="ask"></form>`;
  const asked = recent.map((one) => {
    const { kind, what, is } = commandWords(visit, one);
    return html`<li><span>${what}<small>${ago(visit, one.answeredAt ?? one.madeAt)}</small></span>${state(kind, is)}</li>`;
  });
  return html`<section aria-labelledby="acts" data-live id="live-acts">
      <header><h2 id="acts">${acts.title}</h2></header>
      ${shown.length === 0 ? html`<p class="soft">${acts.none}</p>` : html`${form}<ul class="list">${shown}</ul>`}
      ${asked.length === 0 ? nothing : html`<h3>${acts.recent}</h3><ul class="list">${asked}</ul>`}
    </section>`;
}

/** When a box was last proven to record, in a few words for its head. */
export function provenWords(visit: Visit, provenAt: number | null): Html | string {
  const { t, f, now } = visit;
  if (provenAt === null) return t.box.unproven;
  return now - provenAt < 3_600_000 ? t.box.provenThisHour : t.box.provenAgo(f.ago(provenAt, now));
}
