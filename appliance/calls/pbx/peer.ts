/** The PBX as a peer: where it is, which requests are its own, and how its media is spoken to. */
import { BlockList, isIPv6 } from 'node:net';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Pbx } from '../../lines/pbx.ts';
import type { Door } from '../../sip/proxy/routes.ts';
import { avoided } from '../../sip/resolve/avoid.ts';
import type { Flow, Target } from '../../sip/transport/flow.ts';
import { Keyings } from '../phones/keyings.ts';
import type { MediaTerms } from '../route.ts';

/** How often its name is looked up anew, ms. */
const LOCATE_EVERY_MS = 60_000;

export interface PbxPeer {
  /** Where requests to it go; null: its name could not be resolved yet, or it has no TLS and no exception. */
  target(): Target | null;
  /** A server that did not answer is passed over for a while, where there is another (RFC 3263 4.3). */
  failed(target: Target): void;
  /** Whether this is an address of its, as it was told or, where it was not, as the DNS says. */
  comesFrom(address: string): boolean;
  /** Whether what came over this flow is its word. */
  is(flow: Flow): boolean;
  /** Whether a URI's host means it. */
  names(host: string): boolean;
  media(over: Pick<Flow, 'transport'>): MediaTerms;
  /** By which it reaches us. */
  door(): Door;
  close(): void;
}

export interface PbxPeerParts {
  readonly pbx: Pbx;
  /** Its servers, best first (RFC 3263). */
  readonly locate: (pbx: Pbx) => Promise<readonly Target[]>;
  readonly doors: readonly Door[];
  readonly clock: Clock;
}

/** Addresses and networks as one question. */
function networks(sources: readonly string[]): BlockList {
  const list = new BlockList();
  for (const source of sources) {
    const [address = '', length] = source.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (length === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(length), family);
  }
  return list;
}

export async function pbxPeer({ pbx, locate, doors, clock }: PbxPeerParts): Promise<PbxPeer> {
  let targets: readonly Target[] = [];
  let sources = networks(pbx.sources);
  let closed = false;
  let stopWaiting = () => {};

  const mayBePlain = () => pbx.plainUntil !== undefined && Date.parse(pbx.plainUntil) > clock.now();
  const look = async () => {
    const found = await locate(pbx).catch(() => null);
    // What was known stays in use while the DNS does not answer.
    if (found && found.length > 0) {
      targets = found;
      if (pbx.sources.length === 0) sources = networks(found.map(({ address }) => address));
    }
    if (!closed) stopWaiting = clock.after(LOCATE_EVERY_MS, () => void look());
  };
  await look();

  const keyings = new Keyings();
  const avoid = avoided(clock);
  const target = () => avoid.among(targets.filter(({ transport }) => transport === 'TLS' || mayBePlain()))[0] ?? null;
  /** A connection that we opened leaves from a port that nobody listens on; its certificate was checked when it was opened. */
  const openedByUs = ({ transport, local }: Flow) =>
    transport !== 'UDP' && !doors.some((door) => door.transport === transport && door.port === local.port);

  const comesFrom = (address: string) => sources.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

  return {
    target,
    failed: (one) => avoid.failed(one),
    comesFrom,
    is(flow) {
      if (!comesFrom(flow.remote.address)) return false;
      if (!flow.secure) return mayBePlain();
      return pbx.certificate === undefined || openedByUs(flow) || flow.peerFingerprint === pbx.certificate;
    },
    names: (host) => host === pbx.domain || host === pbx.host || targets.some(({ address }) => address === host),
    media({ transport }) {
      const plain = mayBePlain();
      return {
        keying: keyings.for(pbx.domain, { secure: transport === 'TLS', mayBePlain: plain }),
        mayBePlain: plain,
        inClear: transport !== 'TLS',
        onKeying: (keying) => keyings.saw(pbx.domain, keying),
      };
    },
    door() {
      const transport = target()?.transport ?? 'TLS';
      return doors.find((door) => door.transport === transport) ?? doors[0]!;
    },
    close() {
      closed = true;
      stopWaiting();
    },
  };
}
