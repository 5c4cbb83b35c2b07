/** The PBX behind the box, for whoever does not want to write the whole document of lines. */
import { places } from '../../appliance/config.ts';
import { ask, askStatus } from '../../appliance/control/client.ts';
import { problem as linesProblem } from '../../appliance/lines/problems.ts';
import { checkLines, loadLines } from '../../appliance/lines/store.ts';
import { formatAddress } from '../../appliance/sip/transport/flow.ts';
import { type Command, listOf, needed, problem, readText, textOf } from './command.ts';
import { applyLines, CHANGE_USAGE, changeOptions } from './lines.ts';

/** `202=2027-01-31` or `*=2027-01-31`. */
function exceptionOf(text: string): { user: string; until: string } {
  const [user = '', date = '', ...more] = text.split('=');
  if (user === '' || more.length > 0 || Number.isNaN(Date.parse(date))) {
    throw problem('usage', '--plain-phone is USER=DATE, or *=DATE for all of them');
  }
  return { user, until: new Date(date).toISOString() };
}

export const pbxSet: Command = {
  name: 'pbx set',
  usage: `pbx set DOMAIN --host HOST [--port N] [--transport udp|tcp|tls] [--ca FILE] [--plain-until DATE] [--plain-phone USER=DATE]... [--path] [--no-local-calls] ${CHANGE_USAGE}`,
  summary: 'puts the box in front of a PBX: its phones register through the box, with their passwords there',
  options: {
    host: { type: 'string', means: 'name or address of the PBX' },
    port: { type: 'string', means: 'its port; without it the DNS says' },
    transport: { type: 'string', means: 'udp, tcp or tls; without it the DNS says' },
    ca: { type: 'string', means: 'PEM of the authority that its certificate comes from' },
    'plain-until': { type: 'string', means: 'until this day the PBX may do without TLS and SRTP' },
    'plain-phone': { type: 'string', multiple: true, means: 'a phone that may do without, and until when; * for all' },
    path: { type: 'boolean', means: 'the PBX does RFC 3327: phones keep their own Contact' },
    'no-local-calls': { type: 'boolean', means: 'phones do not call each other while the PBX is gone' },
    ...changeOptions,
  },
  takes: 1,
  async run(invocation) {
    const { positionals, values } = invocation;
    const [domain] = positionals as [string];
    const port = textOf(values, 'port');
    const until = textOf(values, 'plain-until');
    const ca = textOf(values, 'ca');
    if (port !== undefined && !/^\d{1,5}$/.test(port)) throw problem('usage', '--port is a number');
    if (until !== undefined && Number.isNaN(Date.parse(until))) {
      throw problem('usage', '--plain-until is a date, such as 2027-01-31');
    }
    const pbx = {
      domain,
      host: needed(values, 'host'),
      port: port === undefined ? undefined : Number(port),
      transport: textOf(values, 'transport'),
      ca: ca === undefined ? undefined : readText(ca),
      plainUntil: until === undefined ? undefined : new Date(until).toISOString(),
      plainPhones: listOf(values, 'plain-phone').map(exceptionOf),
      wayBack: values.path === true ? 'path' : 'contact',
      localCallsWithoutIt: values['no-local-calls'] !== true,
    };
    await applyLines(invocation, (kept) => checkLines({ ...kept, pbx }));
    const text = `PBX ${domain} is in force within a second. Point the phones at this box as their outbound proxy; \`belkluis pbx show\` says how it is.`;
    return { json: { pbx: domain }, text };
  },
};

export const pbxShow: Command = {
  name: 'pbx show',
  usage: 'pbx show',
  summary: 'says whether the PBX answers, and who is registered through the box; 1 when it does not',
  options: {},
  takes: 0,
  async run({ data }) {
    const { pbx } = loadLines(places(data).lines);
    if (!pbx) return { json: { pbx: null }, text: 'The box stands in front of no PBX.' };
    const socket = places(data).controlSocket;
    const now = (await askStatus(socket))?.pbx ?? null;
    const phones = (await ask(socket, { ask: 'pbx phones' })) ?? [];
    const { domain, host } = pbx;
    const how = now
      ? `${now.up ? 'answers' : 'does not answer'}; ${now.registered} users are registered through the box`
      : 'is set, but the call process does not say how it is';
    const lines = phones.map(
      ({ user, transport, remote, expiresInS }) =>
        `${user}  ${transport} ${formatAddress(remote)}  renews within ${expiresInS} s`,
    );
    return {
      json: { pbx: { domain, host, now, phones } },
      text: [`PBX ${domain} (${host}) ${how}.`, ...lines].join('\n'),
      exitCode: now?.up ? 0 : 1,
    };
  },
};

export const pbxRemove: Command = {
  name: 'pbx remove',
  usage: `pbx remove ${CHANGE_USAGE}`,
  summary: 'takes the PBX out; calls that go on are not cut',
  options: changeOptions,
  takes: 0,
  async run(invocation) {
    await applyLines(invocation, (kept) => {
      if (!kept.pbx) throw linesProblem('pbx_unknown');
      return { ...kept, pbx: null };
    });
    return { json: { removed: true }, text: 'The PBX is taken out.' };
  },
};
