/** The connection test, joined to what the machine was told: its listeners, its ports, its clock. */
import type { AuditEntry } from '@belkluis/shared/audit/event';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Config } from './config.ts';
import type { Account } from './connection/ask.ts';
import { systemResolve } from './connection/resolve.ts';
import type { Tested } from './connection/steps.ts';
import type { Tried } from './connection/target.ts';
import { type OwnListener, testBox, testConnection } from './connection/test-connection.ts';
import { systemTimeSource } from './vault/time-source.ts';

interface Parts {
  readonly config: Pick<Config, 'address' | 'sip' | 'media'>;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Appends to the audit log. @throws Problem when it cannot be written. */
  readonly append: (entry: AuditEntry) => unknown;
}

export interface ConnectionTest {
  /** `certificate`: the box's own, PEM. */
  box(certificate: string): Promise<readonly Tested[]>;
  to(
    tried: Tried,
    trust: { readonly account?: Account; readonly ca?: string },
    actor: string,
  ): Promise<readonly Tested[]>;
}

/** What is listened on now: TLS always, the others while their exception lasts. */
function listenersOf({ tls, plain }: Config['sip'], now: number): OwnListener[] {
  const own: OwnListener[] = [{ transport: 'TLS', port: tls }];
  if (!plain || Date.parse(plain.until) <= now) return own;
  if (plain.udp !== undefined) own.push({ transport: 'UDP', port: plain.udp });
  if (plain.tcp !== undefined) own.push({ transport: 'TCP', port: plain.tcp });
  return own;
}

export function joinConnection({ config, clock, chance, append }: Parts): ConnectionTest {
  const { address, sip, media } = config;
  const kept = systemTimeSource(clock);
  const parts = { address, resolve: systemResolve, clockKept: async () => (await kept.now()) !== null, clock, chance };
  return {
    box: (certificate) =>
      testBox(parts, { listeners: listenersOf(sip, clock.now()), certificate, mediaPorts: media.ports }),
    to(tried, trust, actor) {
      const { host, port, transport } = tried;
      const target = `${host}${port === null ? '' : ` port ${port}`}${transport === null ? '' : ` ${transport}`}`;
      append({ kind: 'connection_tested', actor, facts: { target: target.slice(0, 200) } });
      return testConnection(parts, tried, trust);
    },
  };
}
