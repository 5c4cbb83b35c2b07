/** The state of the audit log: its head, who else remembers it, and what reading it again said. */
import { type Html, html } from '@belkluis/shared/web/html';
import type { LogState } from '../box-services.ts';
import type { Visit } from '../visit.ts';
import { fingerprint, state } from './parts.ts';

function verdict({ t, f, now }: Visit, { verified }: LogState): Html {
  const { log } = t;
  if (!verified) return html`<p>${state('wait', log.notRead)}</p>`;
  if (verified.fault) {
    const { index, what } = verified.fault;
    return html`<p>${state('bad', log.fault)}</p><p class="note bad">${log.faultMore(f.number(index), log.faults[what] ?? what)}</p>`;
  }
  return html`<p>${state('ok', log.whole)}</p><p class="soft">${log.wholeMore(f.number(verified.upTo - 1), f.momentWithin(verified.at, now))}</p>`;
}

export function logState(visit: Visit): Html {
  const { t, f, now, services } = visit;
  const { log } = t;
  const current = services.audit.state();
  const { checkpoint, witnesses } = current;
  return html`<section aria-labelledby="log-state">
      <header><h2 id="log-state">${log.state}</h2></header>
      ${verdict(visit, current)}
      <dl>
        <dt>${log.size}</dt><dd>${f.number(current.size)}</dd>
        <dt>${log.generation}</dt><dd>${f.number(current.generation)}</dd>
        <dt>${log.root}</dt><dd class="fingerprint">${current.root}</dd>
        <dt>${log.checkpoint}</dt><dd>${checkpoint ? log.checkpointMore(f.moment(checkpoint.at, now), f.number(checkpoint.size - 1)) : log.none}</dd>
      </dl>
    </section>
    <section aria-labelledby="witnesses">
      <header><h2 id="witnesses">${log.witnesses}</h2></header>
      ${
        witnesses.length > 0
          ? html`<dl>${witnesses.map(({ name, size, at }) => html`<dt>${name}</dt><dd>${log.witnessMore(f.number(size - 1), f.momentWithin(at, now))}</dd>`)}</dl>`
          : html`<p>${state('warn', log.noWitness)}</p><p class="soft">${log.noWitnessMore}</p>`
      }
    </section>
    <section aria-labelledby="log-key">
      <header><h2 id="log-key">${log.key}</h2></header>
      <p class="fingerprint">${fingerprint(current.keyFingerprint)}</p>
      <p class="soft">${log.keyMore}</p>
    </section>`;
}
