/** Trunks one by one, for whoever does not want to write the whole document of lines. */
import { places } from '../../appliance/config.ts';
import { ask } from '../../appliance/control/client.ts';
import { problem as linesProblem } from '../../appliance/lines/problems.ts';
import { checkLines, loadLines } from '../../appliance/lines/store.ts';
import { type Command, listOf, needed, problem, textOf } from './command.ts';
import { applyLines, CHANGE_USAGE, changeOptions, readInput } from './lines.ts';

/** `+31201234567=10,11` or `+3120123*=reception`. */
function didOf(text: string): { did: string; to: string[] } {
  const [did = '', to = '', ...more] = text.split('=');
  if (did === '' || to === '' || more.length > 0) throw problem('usage', '--did is NUMBER=PHONE[,PHONE...]');
  return { did, to: to.split(',') };
}

const numberOf = (text: string | undefined, name: string): number | undefined => {
  if (text !== undefined && !/^\d{1,6}$/.test(text)) throw problem('usage', `--${name} is a number`);
  return text === undefined ? undefined : Number(text);
};

export const trunksAdd: Command = {
  name: 'trunks add',
  usage: `trunks add ID --host HOST [--port N] [--transport udp|tcp|tls] [--plain-until DATE] [--user USER --password-file FILE] [--caller-id NUMBER] [--did NUMBER=PHONE[,PHONE...]]... ${CHANGE_USAGE}`,
  summary: 'adds a trunk: a carrier that brings and takes calls; `lines show` has all its settings',
  options: {
    host: { type: 'string', means: 'name or address of the server' },
    port: { type: 'string', means: 'its port; without it the DNS says' },
    transport: { type: 'string', means: 'udp, tcp or tls; without it the DNS says' },
    'plain-until': { type: 'string', means: 'until this day it may do without TLS and SRTP' },
    user: { type: 'string', means: 'the account there; without it the server knows the box by its address' },
    'password-file': {
      type: 'string',
      means: 'a file that holds the password of the account; - reads it from the input',
    },
    'caller-id': { type: 'string', means: 'number shown for phones that have none of their own' },
    did: { type: 'string', multiple: true, means: 'a number, and the phones that ring when it is called' },
    ...changeOptions,
  },
  takes: 1,
  async run(invocation) {
    const { positionals, values } = invocation;
    const [id] = positionals as [string];
    const user = textOf(values, 'user');
    const until = textOf(values, 'plain-until');
    if (until !== undefined && Number.isNaN(Date.parse(until))) {
      throw problem('usage', '--plain-until is a date, such as 2027-01-31');
    }
    const password = user === undefined ? '' : (await readInput(needed(values, 'password-file'))).trim();
    const trunk = {
      id,
      host: needed(values, 'host'),
      port: numberOf(textOf(values, 'port'), 'port'),
      transport: textOf(values, 'transport'),
      plainUntil: until === undefined ? undefined : new Date(until).toISOString(),
      account: user === undefined ? undefined : { user, password },
      callerId: textOf(values, 'caller-id'),
      inbound: listOf(values, 'did').map(didOf),
    };
    const { next } = await applyLines(invocation, (kept) => {
      if (kept.trunks.some((other) => other.id === id)) throw linesProblem('trunk_exists', id);
      return checkLines({ ...kept, trunks: [...kept.trunks, trunk] });
    });
    const closed = next.outbound.allow.length === 0;
    return {
      json: { added: id },
      text: [
        `Trunk ${id} is in force within a second; \`belkluis trunks list\` says how it is.`,
        ...(closed ? ['Only emergency calls go out: say in `outbound.allow` of the lines what may be called.'] : []),
      ].join('\n'),
    };
  },
};

export const trunksRemove: Command = {
  name: 'trunks remove',
  usage: `trunks remove ID ${CHANGE_USAGE}`,
  summary: 'takes a trunk out; calls of it that go on are not cut',
  options: changeOptions,
  takes: 1,
  async run(invocation) {
    const [id] = invocation.positionals as [string];
    await applyLines(invocation, (kept) => {
      if (!kept.trunks.some((trunk) => trunk.id === id)) throw linesProblem('trunk_unknown', id);
      return { ...kept, trunks: kept.trunks.filter((trunk) => trunk.id !== id) };
    });
    return { json: { removed: id }, text: `Trunk ${id} is taken out.` };
  },
};

/** What keeps a registration from standing, as a person reads it. */
const faults: Readonly<Record<string, string>> = {
  wrong_password: 'the account or its password is refused',
  no_answer: 'no answer: the address is wrong, or a firewall drops it',
  unreachable: 'cannot be reached, or shows another certificate',
  name_unknown: 'the DNS knows no server of this name that may be spoken to',
  busy: 'takes nothing at the moment',
  refused: 'the registration is refused',
};

export const trunksList: Command = {
  name: 'trunks list',
  usage: 'trunks list',
  summary: 'lists the trunks, whether they are there, and what has reached its limit today',
  options: {},
  takes: 0,
  async run({ data }) {
    const { lines: path, controlSocket } = places(data);
    const configured = loadLines(path).trunks.map(({ id, host }) => ({ id, host }));
    const state = await ask(controlSocket, { ask: 'trunks' });
    const lines = configured.map(({ id, host }) => {
      const now = state?.trunks.find((trunk) => trunk.id === id);
      if (!now) return `${id}  ${host}  not in use: calls are not running`;
      const { registration, up, calls, maxCalls } = now;
      const until = registration?.until ? ` until ${new Date(registration.until).toISOString()}` : '';
      const registered = registration
        ? `  ${registration.is}${until}${registration.why ? ` (${faults[registration.why] ?? registration.why})` : ''}`
        : '';
      return `${id}  ${host}  ${up ? 'answers' : 'does not answer'}${registered}  ${calls} of ${maxCalls} calls`;
    });
    const caps = (state?.capped ?? []).map(({ cap, kind, name }) => `Limit reached today: ${cap} by ${kind} ${name}`);
    return { json: { trunks: configured, state }, text: [...lines, ...caps].join('\n') || 'No trunks yet.' };
  },
};
