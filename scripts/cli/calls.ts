import { ask } from '../../appliance/control/client.ts';
import { ladderOf, ladderText } from '../../appliance/trace/ladder.ts';
import { masked, maskedCall } from '../../appliance/trace/mask.ts';
import { pcapOf } from '../../appliance/trace/pcap.ts';
import type { TracedCall } from '../../appliance/trace/traced.ts';
import { writeFileDurably } from '../../appliance/vault/durable.ts';
import { PERSON_USAGE, personFrom, personOptions } from './as-person.ts';
import { withBox } from './box.ts';
import { type Command, freshPath, type Options, problem, textOf, type Values } from './command.ts';

const numbersOption: Options = {
  'show-numbers': { type: 'boolean', means: 'with numbers and names, for whom --as names, if their role may see them' },
  ...personOptions,
};

const NUMBERS_USAGE = `[--show-numbers ${PERSON_USAGE}]`;

/** Who looks, and whether at numbers too. @throws Problem of signing in, `role_missing`. */
async function viewer(values: Values, data: string): Promise<{ actor: string; numbers: boolean }> {
  if (values['show-numbers'] !== true) return { actor: 'cli', numbers: false };
  const { id } = await personFrom(values, data, 'see numbers');
  return { actor: id, numbers: true };
}

const lengthOf = ({ answeredAt, endedAt }: TracedCall): string =>
  answeredAt === null ? '' : `  ${Math.round(((endedAt ?? Date.now()) - answeredAt) / 1000)} s`;

const outcomeOf = ({ state, status, reason }: TracedCall): string =>
  state === 'failed' ? `failed: ${status} ${reason}` : state;

const done = {
  transferred: 'transferred it',
  attended: 'transferred it after asking',
  replaced: 'gave its place to another phone',
  forwarded: 'sent it on',
  returned: 'came back in from the PBX',
} as const;

/** Where a call came from and where it went, a line each. */
const linesOf = ({ origins, turns }: TracedCall): string[] => [
  ...origins.map(({ call, how, by }) => `came out of ${call}, whose ${by} ${done[how]}`),
  ...turns.map(({ how, by, to, status, reason, call }) => {
    const led = call === null ? '' : `  ${call}`;
    return `${by} ${done[how]}${to === null ? '' : ` to ${to}`}: ${status < 300 ? 'came about' : `failed: ${status} ${reason}`}${led}`;
  }),
];

export const callsList: Command = {
  name: 'calls list',
  usage: `calls list ${NUMBERS_USAGE}`,
  summary: 'lists the calls of the last two hours and how they ended, newest first',
  options: numbersOption,
  takes: 0,
  async run({ values, data }) {
    const { actor, numbers } = await viewer(values, data);
    return withBox(data, async ({ at, log }) => {
      const told = await ask(at.controlSocket, { ask: 'calls' });
      if (!told) throw problem('not_running');
      if (numbers) log.append({ kind: 'calls_viewed', actor, facts: { calls: told.length } });
      const calls = numbers ? told : told.map(maskedCall);
      const lines = calls.flatMap((call) => {
        const { id, startedAt, from, to } = call;
        const line = `${id}  ${new Date(startedAt).toISOString()}  ${from ?? '–'} → ${to ?? '–'}  ${outcomeOf(call)}${lengthOf(call)}`;
        return [line, ...linesOf(call).map((text) => `    ${text}`)];
      });
      return { json: { calls }, text: lines.join('\n') || 'No calls in the last two hours.' };
    });
  },
};

export const callsTrace: Command = {
  name: 'calls trace',
  usage: `calls trace ID [--pcap FILE] [--messages] ${NUMBERS_USAGE}`,
  summary: 'shows what was said between the box and its peers in one call, as a ladder',
  options: {
    pcap: { type: 'string', means: 'also as a new file for Wireshark: signalling alone, never sound' },
    messages: { type: 'boolean', means: 'with the whole text of each message' },
    ...numbersOption,
  },
  takes: 1,
  async run({ positionals, values, data }) {
    const [id] = positionals as [string];
    const path = textOf(values, 'pcap');
    const file = path === undefined ? null : freshPath(path);
    const { actor, numbers } = await viewer(values, data);
    return withBox(data, async ({ at, log }) => {
      if (!(await ask(at.controlSocket, { ask: 'status' }))) throw problem('not_running');
      const told = /^[\x21-\x7e]{1,64}$/.test(id) ? await ask(at.controlSocket, { ask: 'trace', call: id }) : null;
      if (!told) throw problem('call_unknown', id);
      log.append({ kind: 'trace_viewed', actor, facts: { call: told.call.id, numbers } });
      const messages = numbers ? told.messages : masked(told.messages);
      const call = numbers ? told.call : maskedCall(told.call);
      const ladder = ladderOf(messages);
      if (file) writeFileDurably(file, pcapOf(messages));
      const dropped = call.dropped === 0 ? [] : [`${call.dropped} messages were too many to keep.`];
      const texts = values.messages === true ? ladder.steps.flatMap(({ text }) => ['', text.trimEnd()]) : [];
      return {
        json: { call, peers: ladder.peers, steps: ladder.steps, pcap: file },
        text: [
          `${call.from ?? '–'} → ${call.to ?? '–'}, ${new Date(call.startedAt).toISOString()}, ${outcomeOf(call)}${lengthOf(call)}`,
          ...linesOf(call),
          '',
          ladderText(ladder),
          ...texts,
          ...dropped,
          ...(file ? ['', `Capture: ${file}`] : []),
        ].join('\n'),
      };
    });
  },
};
