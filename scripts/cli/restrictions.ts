/** Restriction of processing (GDPR 18): a recording that is neither opened nor erased while something is settled. */
import { type RestrictionGround, restrictionGrounds } from '../../appliance/vault/restrictions.ts';
import { PERSON_USAGE, personOptions } from './as-person.ts';
import { withCatalogue } from './box.ts';
import { type Command, needed, problem } from './command.ts';
import { asPerson } from './vault-act.ts';

export const restrictAdd: Command = {
  name: 'restrict add',
  usage: `restrict add ID --ground ${restrictionGrounds.join('|')} --reason TEXT ${PERSON_USAGE}`,
  summary: 'restricts a recording: neither opened nor erased (GDPR 18)',
  options: {
    ground: { type: 'string', means: 'which point of GDPR 18(1)' },
    reason: { type: 'string', means: 'who asked and why; the audit log keeps it' },
    ...personOptions,
  },
  takes: 1,
  run(invocation) {
    const [recording] = invocation.positionals as [string];
    const ground = needed(invocation.values, 'ground') as RestrictionGround;
    if (!restrictionGrounds.includes(ground))
      throw problem('usage', `--ground is one of ${restrictionGrounds.join(', ')}`);
    const reason = needed(invocation.values, 'reason');
    return asPerson(invocation, 'restrict', ({ catalogue, append, by, at, memoryMs }) => {
      catalogue.restrictions.place({ recording, ground, reason, at, by, expiresAt: at + memoryMs }, () =>
        append({ kind: 'restriction_placed', actor: by, facts: { recording, ground, reason } }),
      );
      return {
        json: { recording, ground },
        text: `${recording} is restricted: nobody opens it, and it is not erased.`,
      };
    });
  },
};

export const restrictLift: Command = {
  name: 'restrict lift',
  usage: `restrict lift ID --reason TEXT ${PERSON_USAGE}`,
  summary: 'lifts a restriction; tell the data subject before (GDPR 18(3))',
  options: { reason: { type: 'string', means: 'why; the audit log keeps it' }, ...personOptions },
  takes: 1,
  run(invocation) {
    const [recording] = invocation.positionals as [string];
    const reason = needed(invocation.values, 'reason');
    return asPerson(invocation, 'restrict', ({ catalogue, append, by }) => {
      catalogue.restrictions.lift(recording, () =>
        append({ kind: 'restriction_lifted', actor: by, facts: { recording, reason } }),
      );
      return { json: { recording }, text: `${recording} is no longer restricted. It follows its own terms again.` };
    });
  },
};

export const restrictList: Command = {
  name: 'restrict list',
  usage: 'restrict list',
  summary: 'lists restricted recordings',
  options: {},
  takes: 0,
  run: ({ data }) =>
    withCatalogue(data, ({ restrictions }) => {
      const list = restrictions.list();
      const lines = list.map(
        ({ recording, ground, at }) => `${recording}  ${ground}  since ${new Date(at).toISOString()}`,
      );
      return { json: { restrictions: list }, text: lines.length === 0 ? 'No restrictions.' : lines.join('\n') };
    }),
};
