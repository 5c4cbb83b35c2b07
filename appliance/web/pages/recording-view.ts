/** The page of one recording, as markup. The module browser/recording-player.ts brings it to life. */
import { TEST_CALL_PURPOSE } from '@belkluis/shared/policy/purpose';
import { isUse } from '@belkluis/shared/policy/uses';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { may, mayOpen } from '../../access/roles.ts';
import type { RecordingRow } from '../services.ts';
import type { Visit } from '../visit.ts';
import { keepingActs, keepingFacts, keepingNotes, keepingOf } from './keeping.ts';
import { fingerprint, instant, purposeName } from './parts.ts';
import { partyText, recordingState } from './recordings.ts';

export const recordingTitle = ({ f }: Visit, { startedAt }: RecordingRow): string =>
  `${f.longDate(startedAt)}, ${f.time(startedAt)}`;

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

type Openable = 'yes' | 'test call' | 'not you' | 'running' | 'restricted' | 'gone';

function openableNow(
  { person }: Visit,
  { purpose, mayOpen: roles, end, erasedAt }: RecordingRow,
  restricted: boolean,
): Openable {
  if (erasedAt !== null) return 'gone';
  // Its one key was in memory for as long as the test lasted.
  if (purpose === TEST_CALL_PURPOSE) return 'test call';
  if (!person || !mayOpen(person, roles)) return 'not you';
  if (restricted) return 'restricted';
  return end ? 'yes' : 'running';
}

/** Names of those whose key opens it: by the list in force; a key that is no longer in it has no name any more. */
const sealedTo = ({ services, t }: Visit, { recipients }: RecordingRow) => {
  const listed = new Map(services.recipients().map((key) => [key.fingerprint, key]));
  return recipients.map((hex) => {
    const key = listed.get(hex);
    const name = key ? key.name : t.recording.unknownKey;
    return { hex, name, note: key?.role === 'escrow' ? t.recording.escrow : null };
  });
};

function askDialog({ t, services }: Visit, row: RecordingRow): Html {
  const { recording } = t;
  const purpose = services.policy()?.policy.purposes.find(({ id }) => id === row.purpose);
  return html`<dialog id="ask" class="door" aria-labelledby="ask-title">
    <div class="stack tight">
      <div><h2 id="ask-title" tabindex="-1" autofocus>${recording.ask}</h2><p>${recording.askMore}</p></div>
      <div class="errors" id="ask-errors" role="alert" hidden><h2>${t.errorSummary}</h2><p><a href="#key"></a></p></div>
      <form id="ask-form" method="post" action="/recordings/${row.id}/release" class="stack tight" novalidate>
        <fieldset id="why"><legend>${recording.why}</legend>
          ${row.uses
            .filter(isUse)
            .map(
              (use) =>
                html`<div class="choice"><input type="radio" id="why-${use}" name="why" value="${use}"><label for="why-${use}">${t.uses[use]}</label></div>`,
            )}
        </fieldset>
        <div class="field"><label for="case">${recording.caseNumber}</label><span class="hint" id="case-hint">${recording.caseHint}</span><input id="case" name="case" aria-describedby="case-hint" autocomplete="off" maxlength="60"></div>
      </form>
      <div class="field"><label for="key">${recording.keyFile}</label><span class="hint" id="key-hint">${recording.keyHint}</span><input id="key" type="file" accept=".asc,.gpg,.pgp,.key,.txt" aria-describedby="key-hint"></div>
      <div class="field"><label for="passphrase">${recording.passphrase}</label><span class="hint" id="passphrase-hint">${recording.passphraseHint}</span><input id="passphrase" type="password" autocomplete="off" aria-describedby="passphrase-hint"></div>
      ${purpose && purpose.notUsedFor.length > 0 ? html`<p class="note">${recording.notUsedFor(purpose.notUsedFor.join(', '))}</p>` : nothing}
      <div class="row"><button class="primary" form="ask-form" id="ask-open">${recording.openAndLog}</button><button type="button" id="ask-cancel">${recording.cancel}</button></div>
      <p class="note" id="ask-progress" role="status" hidden></p>
    </div>
  </dialog>`;
}

function player(visit: Visit, row: RecordingRow, can: Openable): Html {
  const { t } = visit;
  const { recording } = t;
  const names = sealedTo(visit, row).map(({ name }) => name);
  const note = {
    yes: null,
    'test call': null,
    running: recording.running,
    restricted: null,
    gone: null,
    'not you': recording.mayNot(row.mayOpen.map((role) => t.roles[role as keyof typeof t.roles] ?? role).join(', ')),
  }[can];
  return html`<section aria-labelledby="listen">
    <h2 id="listen" class="visually-hidden">${recording.listen}</h2>
    <div class="wave door" id="wave">
      <canvas role="img" aria-label="${recording.waveSealed}" data-open-label="${recording.wave}" width="1200" height="248"></canvas>
      <audio controls hidden aria-label="${recording.audio(recordingTitle(visit, row))}"></audio>
    </div>
    ${note ? html`<p class="note">${note}</p>` : nothing}
    <p class="note" id="status" role="status" hidden></p>
    <noscript><p class="note warn">${recording.noScript}</p></noscript>
    <recording-player
      data-id="${row.id}"
      data-duration="${row.end?.durationMs ?? 0}"
      data-segments="${row.end?.segments ?? 0}"
      data-root="${row.end?.contentRoot ?? ''}"
      data-recipients="${row.recipients.join(' ')}"
      data-names="${names.join(', ')}"
      data-language="${visit.language}"
      data-time-zone="${visit.services.timeZone}"
      data-texts="${JSON.stringify(t.player)}"></recording-player>
  </section>
  <section aria-labelledby="marks" id="marks-section" hidden>
    <header><h2 id="marks">${recording.marks}</h2></header>
    <table>
      <caption class="visually-hidden">${recording.marks}</caption>
      <thead><tr><th scope="col">${recording.mark}</th><th scope="col">${recording.at}</th><th scope="col">${recording.lasts}</th><th scope="col">${recording.happened}</th></tr></thead>
      <tbody></tbody>
    </table>
    <p id="no-marks" hidden>${t.player.noMarks}</p>
    <p><small>${recording.keys}</small></p>
  </section>`;
}

function openedBefore({ t, f, now, services, person }: Visit, { id }: RecordingRow): Html {
  const { recording } = t;
  const names = new Map(services.access.people().map((one) => [one.id, one.name]));
  const openings = services.audit
    .releasesOf(id)
    .flatMap(({ event }) => (event?.kind === 'release' || event?.kind === 'export' ? [event] : []));
  const entries = openings.map(({ actor, at, kind, facts: { use = '', reason } }) => {
    const who = actor === person?.id ? recording.you : (names.get(actor) ?? recording.former);
    // The desk writes the use before the case; the command line has a reason of its own.
    const why = isUse(use) && !reason.startsWith(use) ? `${t.uses[use]}: ${reason}` : reason;
    const words = kind === 'export' ? recording.saved(who, why) : recording.by(who, why);
    return html`<li><span>${words}</span>${instant(at, f.moment(at, now))}</li>`;
  });
  return html`<p class="soft" id="never-opened"${entries.length > 0 ? html` hidden` : nothing}>${recording.neverOpened}</p>
    <ul class="list" id="openings"${entries.length === 0 ? html` hidden` : nothing}>${entries}</ul>`;
}

/** Who was told and asked: it outlives what was said, and the numbers. */
function consented(visit: Visit, { id }: RecordingRow): Html | typeof nothing {
  const { t, f, now, services } = visit;
  const consents = services.recordings.consentsOf(id);
  if (consents.length === 0) return nothing;
  const entries = consents.map(({ at, act, side, how, key, promptHash }) => {
    const words = t.consents.line(
      t.consents.sides[side],
      t.consents.acts[act],
      how === null ? '' : t.consents.how[how](key ?? ''),
    );
    return html`<li><span>${words}</span>${instant(at, f.moment(at, now))}<span class="full soft">${t.consents.heard(promptHash.slice(0, 16))}</span></li>`;
  });
  return html`<section aria-labelledby="consents">
    <header><h2 id="consents">${t.consents.title}</h2></header>
    <ul class="list">${entries}</ul>
  </section>`;
}

/** Who came and left: traffic data, as the two that are named above it. */
function moved(visit: Visit, { id }: RecordingRow): Html | typeof nothing {
  const { t, f, now, services } = visit;
  const movements = services.recordings.movementsOf(id);
  if (movements.length === 0) return nothing;
  const entries = movements.map(
    ({ at, party, did }) =>
      html`<li><span>${t.recording[did](partyText(visit, party))}</span>${instant(at, f.moment(at, now))}</li>`,
  );
  return html`<section aria-labelledby="moved">
    <header><h2 id="moved">${t.recording.moved}</h2></header>
    <ul class="list">${entries}</ul>
  </section>`;
}

/** Other calls that this one came out of, or went on as. */
function linked(visit: Visit, { id }: RecordingRow): Html | typeof nothing {
  const { t, f, now, services } = visit;
  const all = services.recordings.linksOf(id);
  const list = (way: 'from' | 'to', title: string) => {
    const entries = all
      .filter((link) => link.way === way)
      .map(({ how, side, startedAt, recording }) => {
        const name = t.calls.otherCall(f.momentWithin(startedAt, now));
        const other =
          recording === null
            ? html`${name}, ${t.calls.otherUnrecorded}`
            : html`<a href="/recordings/${recording}">${name}</a>`;
        return html`<li><span>${t.calls.how[how][side]}</span><span class="full soft">${other}</span></li>`;
      });
    return entries.length === 0
      ? nothing
      : html`<section aria-labelledby="linked-${way}">
    <header><h2 id="linked-${way}">${title}</h2></header>
    <ul class="list">${entries}</ul>
  </section>`;
  };
  return html`${list('from', t.calls.cameFrom)}${list('to', t.calls.wentOn)}`;
}

export function recordingBody(visit: Visit, row: RecordingRow): Html {
  const { t, f, now } = visit;
  const { recording, recordings } = t;
  const keeping = keepingOf(visit, row);
  const can = openableNow(visit, row, keeping.restriction !== null);
  const parties =
    can === 'gone' ? '' : `, ${recording.from(partyText(visit, row.caller), partyText(visit, row.callee))}`;
  return html`<div class="head">
      <div>
        <p><a href="/recordings">${recordings.title}</a></p>
        <h1>${upperFirst(recordingTitle(visit, row))}</h1>
        <p>${purposeName(row.purposeName)}${parties}. ${row.erasedAt === null ? (keeping.holds.length > 0 || keeping.restriction ? nothing : recording.leaves(f.inDays(row.expiresAt, now), f.date(row.expiresAt))) : recordingState(visit, row)}</p>
      </div>
      <div class="row">${can === 'yes' ? html`<button type="button" class="primary" id="open" hidden>${recording.open}</button>` : nothing}<a class="button" id="save" hidden>${t.player.save}</a>${keepingActs(visit, row, keeping)}${
        row.erasedAt !== null && visit.person && may(visit.person, 'see certificates')
          ? html`<a class="button" href="/erasures/${row.id}">${t.keeping.certificate}</a>`
          : nothing
      }</div>
    </div>
    <div class="split">
      <div class="stack close">${can === 'gone' ? html`<p class="note">${t.keeping.gone}</p>` : can === 'test call' ? html`<p class="note">${recordings.testCallMore}</p>` : html`${keepingNotes(visit, keeping)}${player(visit, row, can)}`}</div>
      <div class="aside">
        <section aria-labelledby="verification">
          <header><h2 id="verification">${recording.verification}</h2></header>
          <ul class="list">
            ${row.end && can !== 'gone' && can !== 'test call' ? html`<li id="whole"><span class="state ok">${recording.segments(f.number(row.end.segments), row.end.segments === 1)}</span><span class="full soft">${recording.segmentsMore} ${recording.losses(f.number(row.end.lost), f.number(row.end.gaps))}</span></li>` : nothing}
            <li><span class="state ok">${recording.bound}</span><span class="full soft">${recording.boundMore(row.purposeName, row.policyVersion)} ${t.mayBeUsedFor(row.uses.filter(isUse).map((use) => t.uses[use]))}</span></li>
          </ul>
        </section>
        ${consented(visit, row)}
        ${row.erasedAt === null ? html`${moved(visit, row)}${linked(visit, row)}${keepingFacts(visit, row, keeping)}` : nothing}
        <section aria-labelledby="sealed">
          <header><h2 id="sealed">${recording.sealedTo}</h2></header>
          <dl>${sealedTo(visit, row).map(({ name, hex, note }) => html`<dt>${name}</dt><dd class="fingerprint">${fingerprint(hex)}${note ? html`<small>${note}</small>` : nothing}</dd>`)}</dl>
        </section>
        <section aria-labelledby="before">
          <header><h2 id="before">${recording.openedBefore}</h2></header>
          ${openedBefore(visit, row)}
        </section>
      </div>
    </div>
    ${can === 'yes' ? askDialog(visit, row) : nothing}`;
}
