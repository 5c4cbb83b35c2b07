/** What the call process joins when the box stands in front of a PBX, and while it is told of another one. */
import { createHmac, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { openPbx, type PbxLine, type PbxParts } from './calls/pbx/pbx.ts';
import type { Config } from './config.ts';
import type { FollowedLines } from './follow-lines.ts';
import type { Pbx } from './lines/pbx.ts';
import type { Door } from './sip/proxy/routes.ts';
import { cachedDns, systemDns } from './sip/resolve/dns.ts';
import { locate } from './sip/resolve/locate.ts';
import { uriHost } from './sip/transaction/transactions.ts';
import type { Target, TransportName } from './sip/transport/flow.ts';

/** Where the box listens for SIP, as it tells its peers: UDP and TCP while their exception lasts. */
export function doorsOf({ sip, address }: Config, now: number): readonly Door[] {
  const plain = sip.plain !== null && Date.parse(sip.plain.until) > now;
  const door = (transport: TransportName, port: number | undefined): Door[] =>
    port === undefined || (transport !== 'TLS' && !plain) ? [] : [{ transport, host: uriHost(address), port }];
  return [...door('TLS', sip.tls), ...door('UDP', sip.plain?.udp), ...door('TCP', sip.plain?.tcp)];
}

/** What phones' contacts at the PBX are made with: as lasting as the box's key, and of no use for anything else. */
const contactSecret = (tlsKey: KeyObject): Buffer =>
  createHmac('sha256', tlsKey.export({ type: 'pkcs8', format: 'der' }))
    .update('belkluis: contacts at a PBX')
    .digest();

/** The PBX's servers. Without an exception, and where nothing else is said, TLS alone. */
function locator(config: Config, clock: Clock, chance: Chance) {
  const dns = cachedDns(systemDns(config.dns), clock);
  const families = [config.address.includes(':') ? 6 : 4] as const;
  return async ({ host, port, transport, plainUntil, ca, certificate }: Pbx): Promise<readonly Target[]> => {
    const named = transport?.toUpperCase() as TransportName | undefined;
    const secure = named === undefined && !(plainUntil !== undefined && Date.parse(plainUntil) > clock.now());
    const found = await locate({ host, port, transport: named, secure }, { dns, chance, families });
    const tls = {
      ...(ca === undefined ? {} : { ca }),
      ...(certificate === undefined ? {} : { fingerprint: certificate }),
      ...(isIP(host) === 0 ? { servername: host } : {}),
    };
    return found.map((target) => (target.transport === 'TLS' ? { ...target, tls } : target));
  };
}

export interface JoinedPbx {
  /** Null: the box was told of none. */
  readonly line: PbxLine | null;
  close(): void;
}

/** Opens the PBX that the lines name, and another one when they change: phones then register anew. */
export async function joinPbx(
  parts: Pick<
    PbxParts,
    'userAgent' | 'guard' | 'told' | 'outside' | 'privatePrefix' | 'clock' | 'chance' | 'counters' | 'log'
  > & {
    readonly config: Config;
    readonly tlsKey: KeyObject;
    readonly lines: Pick<FollowedLines, 'now'>;
    readonly log: Log;
  },
): Promise<JoinedPbx & { changed(): void }> {
  const { config, tlsKey, lines, clock, chance, log } = parts;
  const locatePbx = locator(config, clock, chance);
  let line: PbxLine | null = null;
  let told = '';
  let closed = false;
  const open = async () => {
    const { pbx } = lines.now();
    const text = JSON.stringify(pbx);
    if (text === told || closed) return;
    told = text;
    line?.close();
    line = null;
    if (!pbx) return;
    // The box's own registrar keeps its domain: test calls live there.
    if (pbx.domain === config.domain) return log('pbx_domain_is_own', {});
    const opened = await openPbx({
      ...parts,
      pbx,
      doors: doorsOf(config, clock.now()),
      locate: locatePbx,
      secret: contactSecret(tlsKey),
    });
    if (text === told && !closed) line = opened;
    else opened.close();
  };
  await open();
  return {
    get line() {
      return line;
    },
    changed: () => void open(),
    close() {
      closed = true;
      line?.close();
    },
  };
}
