/** Letting the desk of a box without fleet sign policies. */
import { existsSync } from 'node:fs';
import { keyName } from '@belkluis/shared/policy/dsse';
import { makeDeskKey } from '../../appliance/identity/desk-key.ts';
import { problem as policyProblem } from '../../appliance/policy/problems.ts';
import { policyFiles } from '../../appliance/policy/store.ts';
import { trustDesk } from '../../appliance/policy/trust-desk.ts';
import { writeFileDurably } from '../../appliance/vault/durable.ts';
import { PERSON_USAGE, personFrom, personOptions } from './as-person.ts';
import { withBox } from './box.ts';
import type { Command } from './command.ts';

export const trustDeskCommand: Command = {
  name: 'trust desk',
  usage: `trust desk [--off] ${PERSON_USAGE}`,
  summary: 'lets a data protection officer sign policies at the desk',
  options: { off: { type: 'boolean', means: 'lets the desk sign no more' }, ...personOptions },
  takes: 0,
  async run({ values, data }) {
    const person = await personFrom(values, data, 'approve policy');
    return withBox(data, (box) => {
      const { at, log } = box;
      if (!existsSync(policyFiles(at.policy).trust)) throw policyProblem('trust_missing');
      // The identity of the box first: its folder appears as a whole, and the key lies in it.
      box.device;
      const { publicKey } = makeDeskKey(at.identity);
      const key = keyName(publicKey);
      const trusted = values.off !== true;
      trustDesk(at.policy, publicKey, trusted, {
        before: () => log.append({ kind: 'desk_key_trusted', actor: person.id, facts: { key, trusted } }),
        writeFile: writeFileDurably,
      });
      return {
        json: { key, trusted },
        text: trusted
          ? `The desk may sign policies with key ${key.slice(0, 16)}, for a data protection officer, and never who may open recordings.`
          : 'The desk signs no policies any more. What it signed stays in force.',
      };
    });
  },
};
