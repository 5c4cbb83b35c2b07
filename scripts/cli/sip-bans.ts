/** Whom SIP does not listen to, because of what came from there. Bans are the call process's: it is asked. */
import { ask } from '../../appliance/control/client.ts';
import { namedSource } from '../../appliance/sip/defence/source.ts';
import { PERSON_USAGE, personFrom, personOptions } from './as-person.ts';
import { withBox } from './box.ts';
import { type Command, problem } from './command.ts';

const explained = {
  scanner: 'called itself a scanner',
  names: 'claimed many names and proved none',
  guesses: 'gave wrong passwords',
  flood: 'sent far too much',
};

/** @throws Problem `calls_not_running`. */
async function bansOf(controlSocket: string) {
  const answer = await ask(controlSocket, { ask: 'sip bans' });
  if (!answer) throw problem('calls_not_running');
  return answer;
}

export const sipBansList: Command = {
  name: 'sip bans list',
  usage: 'sip bans list',
  summary: 'lists addresses that SIP does not listen to, and what was refused within a day',
  options: {},
  takes: 0,
  run: ({ data }) =>
    withBox(data, async ({ at }) => {
      const { bans, lastDay } = await bansOf(at.controlSocket);
      const lines = bans.map(({ source, why, reach, until, times }) => {
        const what = reach === 'all' ? '' : '  (datagrams only: they may be forged)';
        const again = times === 1 ? '' : ` (ban ${times} of this address)`;
        return `${source}  until ${new Date(until).toISOString()}  ${explained[why]}${again}${what}`;
      });
      const day = Object.entries(lastDay).map(([kind, count]) => `${kind} ${count}`);
      const text = [...(lines.length === 0 ? ['Nobody is banned.'] : lines), `Within 24 hours: ${day.join(', ')}`];
      return { json: { bans, lastDay }, text: text.join('\n') };
    }),
};

export const sipBansLift: Command = {
  name: 'sip bans lift',
  usage: `sip bans lift ADDRESS ${PERSON_USAGE}`,
  summary: 'has SIP listen to an address again; what led to the ban is forgotten',
  options: personOptions,
  takes: 1,
  async run({ positionals, values, data }) {
    const [named] = positionals as [string];
    const source = namedSource(named);
    const { id } = await personFrom(values, data, 'lift bans');
    return withBox(data, async ({ at, log }) => {
      const { bans } = await bansOf(at.controlSocket);
      if (!bans.some((ban) => ban.source === source)) throw problem('ban_unknown', named);
      log.append({ kind: 'sip_ban_lifted', actor: id, facts: { source } });
      const answer = await ask(at.controlSocket, { ask: 'lift sip ban', source });
      if (!answer) throw problem('calls_not_running');
      return { json: { source, lifted: answer.lifted }, text: `SIP listens to ${source} again.` };
    });
  },
};
