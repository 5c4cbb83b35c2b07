/** Asks the servers of a trunk from here: what the DNS says, and what each answers. Changes nothing, and uses no password. */
import { isIP } from 'node:net';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { silentLog } from '@belkluis/shared/base/log';
import { places } from '../../appliance/config.ts';
import { problem as linesProblem } from '../../appliance/lines/problems.ts';
import { loadLines } from '../../appliance/lines/store.ts';
import type { Trunk } from '../../appliance/lines/trunk.ts';
import { systemDns } from '../../appliance/sip/resolve/dns.ts';
import { locate } from '../../appliance/sip/resolve/locate.ts';
import { formatAddress, type Target, type TransportName } from '../../appliance/sip/transport/flow.ts';
import { type UserAgent, userAgent } from '../../appliance/sip/user-agent.ts';
import { type Command, listOf } from './command.ts';

/** How long one server may take, ms. */
const PATIENCE_MS = 5000;

async function answerOf(agent: UserAgent, target: Target, { host, domain = host }: Trunk): Promise<string> {
  const uri = `sip:${domain}`;
  const asked = { method: 'OPTIONS', requestUri: uri, destination: target, from: `<${uri}>`, to: `<${uri}>` };
  const late = new Promise<string>((resolve) => systemClock.after(PATIENCE_MS, () => resolve('no answer')));
  const said = agent.request(asked).then(
    ({ status, reason }) => `${status} ${reason}`,
    ({ code }: { code?: string }) => code ?? 'failed',
  );
  return Promise.race([said, late]);
}

export const trunksTest: Command = {
  name: 'trunks test',
  usage: 'trunks test ID [--dns ADDRESS]...',
  summary: 'looks a trunk up in the DNS and asks each of its servers whether it is there',
  options: { dns: { type: 'string', multiple: true, means: 'a DNS server to ask; those of this machine without it' } },
  takes: 1,
  async run({ positionals, values, data }) {
    const [id] = positionals as [string];
    const trunk = loadLines(places(data).lines).trunks.find((one) => one.id === id);
    if (!trunk) throw linesProblem('trunk_unknown', id);
    const { host, port, ca, certificate, plainUntil } = trunk;
    const secure = !(plainUntil !== undefined && Date.parse(plainUntil) > systemClock.now());
    const transport = trunk.transport?.toUpperCase() as TransportName | undefined;
    const dns = systemDns(listOf(values, 'dns'));
    const found = await locate({ host, port, transport, secure }, { dns, chance: systemChance, families: [4, 6] });
    const agent = userAgent({
      listen: [{ transport: 'UDP', address: '0.0.0.0', port: 0 }],
      clock: systemClock,
      chance: systemChance,
      counters: new Counters(),
      log: silentLog,
      advertised: ({ local }) => ({ host: local.address, port: local.port }),
      serverName: 'Belkluis',
    });
    await agent.start();
    const tls = {
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(ca === undefined ? {} : { ca }),
      ...(certificate === undefined ? {} : { fingerprint: certificate }),
    };
    const servers = [];
    for (const target of found) {
      const answer = await answerOf(agent, target.transport === 'TLS' ? { ...target, tls } : target, trunk);
      servers.push({ transport: target.transport, address: formatAddress(target), answer });
    }
    await agent.close();
    const well = servers.some(({ answer }) => /^\d/.test(answer));
    return {
      json: { trunk: id, servers },
      text: servers.map(({ transport, address, answer }) => `${transport} ${address}  ${answer}`).join('\n'),
      exitCode: well ? 0 : 1,
    };
  },
};
