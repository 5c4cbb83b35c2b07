/** The connection test, joined to what the machine was told: its listeners, its ports, its clock, its lines and phones. */
import type { AuditEntry } from '@belkluis/shared/audit/event';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { phoneProblem } from './access/phones.ts';
import { type Config, places } from './config.ts';
import type { Account } from './connection/ask.ts';
import { found, type Step, type Tested } from './connection/steps.ts';
import type { Tried } from './connection/target.ts';
import { type OwnListener, type Peer, testBox, testConnection, testPeer } from './connection/test-connection.ts';
import { testedPhone } from './connection/test-phone.ts';
import { ask } from './control/client.ts';
import type { Answer } from './control/protocol.ts';
import type { Pbx } from './lines/pbx.ts';
import { problem as linesProblem } from './lines/problems.ts';
import { loadLines } from './lines/store.ts';
import type { Trunk } from './lines/trunk.ts';
import { systemDns } from './sip/resolve/dns.ts';
import type { TransportName } from './sip/transport/flow.ts';
import { systemTimeSource } from './vault/time-source.ts';

interface Parts {
  readonly config: Pick<Config, 'address' | 'sip' | 'media' | 'dns' | 'data'>;
  /** Until when an account may do without TLS and SRTP; null: there is no such account. */
  readonly exceptionOf: (user: string) => number | null;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Appends to the audit log. @throws Problem when it cannot be written. */
  readonly append: (entry: AuditEntry) => unknown;
}

/** Each test of something else than the box itself is in the audit log first. */
export interface ConnectionTest {
  /** `certificate`: the box's own, PEM. */
  box(certificate: string): Promise<readonly Tested[]>;
  to(
    tried: Tried,
    trust: { readonly account?: Account; readonly ca?: string },
    actor: string,
  ): Promise<readonly Tested[]>;
  /** @throws Problem `trunk_unknown`. */
  trunk(id: string, actor: string): Promise<readonly Tested[]>;
  /** @throws Problem `pbx_unknown`. */
  pbx(actor: string): Promise<readonly Tested[]>;
  /** @throws Problem `phone_unknown`. */
  phone(user: string, actor: string): Promise<readonly Tested[]>;
}

/** What is listened on now: TLS always, the others while their exception lasts. */
function listenersOf({ tls, plain }: Config['sip'], now: number): OwnListener[] {
  const own: OwnListener[] = [{ transport: 'TLS', port: tls }];
  if (!plain || Date.parse(plain.until) <= now) return own;
  if (plain.udp !== undefined) own.push({ transport: 'UDP', port: plain.udp });
  if (plain.tcp !== undefined) own.push({ transport: 'TCP', port: plain.tcp });
  return own;
}

const runs = (until: string | undefined, now: number): boolean => until !== undefined && Date.parse(until) > now;

const peerOf = (
  { host, port, transport, ca, certificate, plainUntil }: Trunk | Pbx,
  domain: string,
  now: number,
): Peer => ({
  host,
  port,
  transport: transport?.toUpperCase() as TransportName | undefined,
  // As the call process speaks to it: without an exception over TLS alone.
  secure: transport === undefined && !runs(plainUntil, now),
  domain,
  ca,
  certificate,
});

/** How the registration of a trunk stands, which is not tried anew; none where it does not register. */
function standing(told: Answer<'trunks'>['trunks'][number] | undefined): Step[] {
  const registration = told?.registration;
  if (!registration) return told ? [found('register_none', 'ok', {})] : [];
  const { is, until, why } = registration;
  if (is === 'registered') return [found('register_stands', 'ok', { until })];
  return is === 'asking'
    ? [found('register_begins', 'warn', {})]
    : [found('register_fails', 'failed', { why: why ?? 'refused' })];
}

/** The end of a phone's exception at the PBX; 0: it has none. */
const exceptionAt = (pbx: Pbx, user: string): number =>
  Math.max(0, ...pbx.plainPhones.filter((one) => [user, '*'].includes(one.user)).map(({ until }) => Date.parse(until)));

export function joinConnection({ config, exceptionOf, clock, chance, append }: Parts): ConnectionTest {
  const { address, sip, media } = config;
  const { lines: linesPath, controlSocket } = places(config.data);
  const kept = systemTimeSource(clock);
  const dns = systemDns(config.dns);
  const parts = { address, dns, clockKept: async () => (await kept.now()) !== null, clock, chance };
  const note = (actor: string, target: string) =>
    append({ kind: 'connection_tested', actor, facts: { target: target.slice(0, 200) } });
  return {
    box: (certificate) =>
      testBox(parts, { listeners: listenersOf(sip, clock.now()), certificate, mediaPorts: media.ports }),
    to(tried, trust, actor) {
      const { host, port, transport } = tried;
      note(actor, `${host}${port === null ? '' : ` port ${port}`}${transport === null ? '' : ` ${transport}`}`);
      return testConnection(parts, tried, trust);
    },
    async trunk(id, actor) {
      const trunk = loadLines(linesPath).trunks.find((one) => one.id === id);
      if (!trunk) throw linesProblem('trunk_unknown', id);
      note(actor, `trunk ${id}`);
      const told = await ask(controlSocket, { ask: 'trunks' });
      const more = standing(told?.trunks.find((one) => one.id === id));
      return testPeer(parts, peerOf(trunk, trunk.domain ?? trunk.host, clock.now()), more);
    },
    async pbx(actor) {
      const { pbx } = loadLines(linesPath);
      if (!pbx) throw linesProblem('pbx_unknown');
      note(actor, 'PBX');
      return testPeer(parts, peerOf(pbx, pbx.domain, clock.now()), []);
    },
    async phone(user, actor) {
      const { pbx } = loadLines(linesPath);
      const plainUntil = exceptionOf(user) ?? (pbx ? exceptionAt(pbx, user) : null);
      if (plainUntil === null) throw phoneProblem('phone_unknown', user);
      note(actor, `phone ${user}`);
      const [probed, tried] = await Promise.all([
        ask(controlSocket, { ask: 'probe phone', user }),
        ask(controlSocket, { ask: 'attempts', user }),
      ]);
      return testedPhone({
        user,
        phones: probed?.phones ?? null,
        keying: probed?.keying ?? null,
        plainUntil,
        lastTry: tried?.attempts[0] ?? null,
        now: clock.now(),
      });
    },
  };
}
