/** What the machine does for the promises: the key of keys, the clock, the room on the disk. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { may } from '../../access/roles.ts';
import type { DiskState } from '../box-services.ts';
import type { Visit } from '../visit.ts';
import { fleetNow } from './fleet.ts';
import { instant, state } from './parts.ts';

function keystore({ t, f, now, services }: Visit): Html {
  const { state: texts } = t;
  const { epoch, kind, lastAdvanceAt, waiting } = services.keystore();
  return html`<section aria-labelledby="keystore">
    <header><h2 id="keystore">${texts.keystore}</h2></header>
    <dl><dt>${texts.heldBy}</dt><dd>${texts.kinds[kind]}</dd><dt>${texts.epoch}</dt><dd>${f.number(epoch)}</dd><dt>${texts.advanced}</dt><dd>${lastAdvanceAt === null ? texts.never : instant(lastAdvanceAt, f.moment(lastAdvanceAt, now))}</dd><dt>${texts.waiting}</dt><dd>${f.number(waiting)}</dd></dl>
    <p class="soft">${kind === 'tpm' ? texts.tpmMore : texts.fileMore}</p>
  </section>`;
}

function time({ t, person, services }: Visit): Html {
  const { state: texts } = t;
  const now = services.time.state().state;
  return html`<section aria-labelledby="time">
    <header><h2 id="time">${texts.time}</h2></header>
    ${
      now === 'ok'
        ? html`<p>${state('ok', texts.timeTrusted)}</p>`
        : now === 'behind'
          ? html`<p>${state('bad', texts.timeBehind)}</p><p class="soft">${texts.timeBehindMore}</p>`
          : html`<p>${state('bad', texts.timeDoubted)}</p><p class="soft">${texts.timeDoubtedMore}</p>${person && may(person, 'confirm time') ? html`<p><a href="/time">${texts.confirm}</a></p>` : nothing}`
    }
  </section>`;
}

const diskShapes = { ok: 'ok', early: 'warn', reserve: 'bad' } as const satisfies Record<DiskState['state'], string>;

function disk({ t, f, services }: Visit): Html {
  const { state: texts } = t;
  const { freeBytes, reserveBytes, forecastDays, state: now } = services.disk();
  return html`<section aria-labelledby="room">
    <header><h2 id="room">${texts.disk}</h2></header>
    <p>${state(diskShapes[now], texts.diskStates[now])}</p>
    <dl><dt>${texts.free}</dt><dd>${f.bytes(freeBytes)}</dd><dt>${texts.reserve}</dt><dd>${f.bytes(reserveBytes)}</dd><dt>${texts.fills}</dt><dd>${forecastDays === null ? texts.doesNotFill : texts.fillsIn(Math.floor(forecastDays))}</dd></dl>
  </section>`;
}

export const boxState = (visit: Visit): Html => html`${fleetNow(visit)}${time(visit)}${disk(visit)}${keystore(visit)}`;
