/** Calls that should have been recorded and were not, as the logs of PBX and carriers tell. */
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { readConfig } from '../../appliance/config.ts';
import { acknowledgedByAll } from '../../appliance/join-acknowledgements.ts';
import { compareOwn, type ReconciliationParts, readSource } from '../../appliance/keep-reconciliation.ts';
import { OWN_RECORDS } from '../../appliance/lines/call-log.ts';
import { loadLines } from '../../appliance/lines/store.ts';
import { policiesSince } from '../../appliance/policy/history.ts';
import { readAcknowledgements } from '../../appliance/privacy/follow-acknowledgements.ts';
import type { Privacy } from '../../appliance/privacy/privacy.ts';
import type { Catalogue } from '../../appliance/vault/catalogue.ts';
import { PERSON_USAGE, personOptions } from './as-person.ts';
import { type Box, withCatalogue, withPrivacy } from './box.ts';
import { type Command, needed, problem, textOf } from './command.ts';
import { asPerson } from './vault-act.ts';

/** Exceptions shown at once: more than that is one cause, not many. */
const SHOWN = 200;

export const exceptionsList: Command = {
  name: 'exceptions list',
  usage: `exceptions list ${PERSON_USAGE}`,
  summary: 'lists calls that should have been recorded and were not; 1 when any is unexplained',
  options: personOptions,
  takes: 0,
  run: (invocation) =>
    asPerson(invocation, 'see exceptions', ({ catalogue, append, by }) => {
      const exceptions = catalogue.exceptions.list(SHOWN, 0);
      append({
        kind: 'search',
        actor: by,
        facts: { party: null, purpose: null, from: null, until: null, found: exceptions.length },
      });
      const line = (one: (typeof exceptions)[number]) => {
        const { id, startedAt, caller, callee, talkMs, cause, source, explained } = one;
        const when = new Date(startedAt).toISOString();
        const said = explained ? `explained: ${explained.words}` : 'not explained';
        return `${id}  ${when}  ${caller} → ${callee}  ${Math.round(talkMs / 1000)} s  ${cause}  (${source})  ${said}`;
      };
      return {
        json: { unexplained: catalogue.exceptions.unexplained(), exceptions },
        text: exceptions.length === 0 ? 'No exceptions.' : exceptions.map(line).join('\n'),
        exitCode: catalogue.exceptions.unexplained() > 0 ? 1 : 0,
      };
    }),
};

export const exceptionsExplain: Command = {
  name: 'exceptions explain',
  usage: `exceptions explain ID --words TEXT ${PERSON_USAGE}`,
  summary: 'says why a call was not recorded and what was done; the audit log keeps it',
  options: { words: { type: 'string', means: 'a sentence' }, ...personOptions },
  takes: 1,
  run(invocation) {
    const [exception] = invocation.positionals as [string];
    const words = needed(invocation.values, 'words');
    return asPerson(invocation, 'explain exceptions', ({ catalogue, append, by, at }) => {
      catalogue.exceptions.explain(exception, { at, by, words }, () =>
        append({ kind: 'exception_explained', actor: by, facts: { exception, explanation: words } }),
      );
      return { json: { exception }, text: `${exception} is explained.` };
    });
  },
};

export const callsCompare: Command = {
  name: 'calls compare',
  usage: 'calls compare --config FILE [--log ID]',
  summary: "lays the box's own records and others' call logs beside the recordings; 1 when one is missing",
  options: {
    config: { type: 'string', means: "the box's configuration" },
    log: { type: 'string', means: 'this one alone' },
  },
  takes: 0,
  run({ values, data }) {
    const { timeZone } = readConfig(needed(values, 'config'));
    const only = textOf(values, 'log');
    const compare = async (catalogue: Catalogue, { acknowledgements }: Privacy, { at, log }: Box) => {
      const lines = loadLines(at.lines);
      const sources = lines.callLogs.filter(({ id }) => only === undefined || id === only);
      if (sources.length === 0 && only !== undefined) throw problem('usage', `no call log ${only}`);
      const parts: ReconciliationParts = {
        catalogue,
        append: log.append,
        policies: () => policiesSince(at.policy),
        said: {
          timeZone,
          objected: catalogue.objections.meets,
          acknowledged: acknowledgedByAll(() => lines, readAcknowledgements(acknowledgements, systemClock.now())),
        },
        clock: systemClock,
        chance: systemChance,
      };
      const readings = [];
      if (only === undefined) readings.push({ log: OWN_RECORDS, ...compareOwn(parts) });
      for (const source of sources) readings.push({ log: source.id, ...(await readSource(parts, source)) });
      const found = readings.reduce((all, reading) => all + reading.found, 0);
      const told = readings.map(
        (one) => `${one.log}: ${one.checked} calls compared, ${one.found} not recorded and new`,
      );
      return { json: { readings }, text: told.join('\n'), exitCode: found > 0 ? (1 as const) : (0 as const) };
    };
    return withCatalogue(data, (catalogue, box) => withPrivacy(data, (privacy) => compare(catalogue, privacy, box)));
  },
};
