/** Numbers whose owner does not want to be recorded (GDPR 21). They name people, so a person with that right stands for each look and change. */
import { randomHex, systemChance } from '@belkluis/shared/base/chance';
import { normalise } from '../../appliance/calls/numbers.ts';
import { places } from '../../appliance/config.ts';
import { loadLines } from '../../appliance/lines/store.ts';
import type { Objection } from '../../appliance/vault/objections.ts';
import { PERSON_USAGE, personOptions } from './as-person.ts';
import { type Command, textOf } from './command.ts';
import { asPerson } from './vault-act.ts';

const shown = ({ id, number, purpose, since, how, caseRef, expiresAt }: Objection) => ({
  ...{ id, number, purpose, how, caseRef },
  since: new Date(since).toISOString(),
  expiresAt: new Date(expiresAt).toISOString(),
});

export const objectionsAdd: Command = {
  name: 'objections add',
  usage: `objections add NUMBER [--purpose ID] [--case REF] ${PERSON_USAGE}`,
  summary: 'calls with a number are not recorded from now on, as its owner asks (GDPR 21)',
  options: {
    purpose: { type: 'string', means: 'the id of one purpose; without it, for every purpose that no law demands' },
    case: { type: 'string', means: 'the number under which the objection is filed' },
    ...personOptions,
  },
  takes: 1,
  run(invocation) {
    const [typed] = invocation.positionals as [string];
    const purpose = textOf(invocation.values, 'purpose') || null;
    const caseRef = textOf(invocation.values, 'case') || null;
    // As calls write it, so that the next one meets it.
    const number = normalise(typed.trim(), loadLines(places(invocation.data).lines).numbering);
    return asPerson(invocation, 'manage objections', ({ catalogue, append, by, at, memoryMs }) => {
      const id = randomHex(systemChance, 16);
      const wanted = { id, number, purpose, since: at, how: 'cli', caseRef, expiresAt: at + memoryMs } as const;
      const kept = catalogue.objections.keep(wanted, () =>
        append({ kind: 'objection_kept', actor: by, facts: { objection: id, purpose, how: 'cli' } }),
      );
      return {
        json: { objection: kept, number, purpose },
        text: `Calls with ${number} are not recorded${purpose === null ? '' : ` for ${purpose}`} from now on (${kept}).`,
      };
    });
  },
};

export const objectionsList: Command = {
  name: 'objections list',
  usage: `objections list ${PERSON_USAGE}`,
  summary: 'lists numbers whose owner does not want to be recorded',
  options: personOptions,
  takes: 0,
  run(invocation) {
    return asPerson(invocation, 'manage objections', ({ catalogue, append, by }) => {
      const objections = catalogue.objections.list().map(shown);
      const facts = { party: null, purpose: null, from: null, until: null, found: objections.length };
      append({ kind: 'search', actor: by, facts });
      const line = ({ id, number, purpose, since, how, caseRef, expiresAt }: (typeof objections)[number]) =>
        `${id}  ${number}  ${purpose ?? 'every purpose'}  since ${since.slice(0, 10)} (${how}${caseRef === null ? '' : `, ${caseRef}`}), until ${expiresAt.slice(0, 10)} unless a call meets it`;
      return {
        json: { objections },
        text: objections.length === 0 ? 'No objections.' : objections.map(line).join('\n'),
      };
    });
  },
};

export const objectionsRemove: Command = {
  name: 'objections remove',
  usage: `objections remove ID ${PERSON_USAGE}`,
  summary: 'takes an objection back, as the owner of the number asks',
  options: personOptions,
  takes: 1,
  run(invocation) {
    const [id] = invocation.positionals as [string];
    return asPerson(invocation, 'manage objections', ({ catalogue, append, by }) => {
      catalogue.objections.remove(id, ({ purpose }) =>
        append({ kind: 'objection_removed', actor: by, facts: { objection: id, purpose } }),
      );
      return { json: { removed: id }, text: 'Calls with this number are recorded again, as the policy says.' };
    });
  },
};
