/** A box in front of a PBX: joins what passes, who is registered, and where calls go. */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Log } from '@belkluis/shared/base/log';
import type { Pbx } from '../../lines/pbx.ts';
import { createProxy } from '../../sip/proxy/proxy.ts';
import type { Door } from '../../sip/proxy/routes.ts';
import type { Flow, Target } from '../../sip/transport/flow.ts';
import type { UserAgent } from '../../sip/user-agent.ts';
import { watchPeer } from '../peer-health.ts';
import type { Outside } from '../phones/phones.ts';
import type { ToldOutcome } from '../phones/registration-outcome.ts';
import { twins } from '../twins.ts';
import { pbxPeer } from './peer.ts';
import { type PbxPhone, pbxPhones } from './phones.ts';
import { type RegistrationGuard, registering } from './register.ts';
import { pbxRelay } from './relay.ts';
import { type PbxRouting, type PbxRoutingParts, pbxRouting } from './routing.ts';

export interface PbxParts {
  readonly pbx: Pbx;
  readonly userAgent: UserAgent;
  /** Where the box is reached, by transport. */
  readonly doors: readonly Door[];
  readonly locate: (pbx: Pbx) => Promise<readonly Target[]>;
  /** Of this box, and the same after a restart: contacts that the PBX knows stay what they are. */
  readonly secret: Buffer;
  readonly guard: RegistrationGuard;
  /** Hears how each REGISTER ended. */
  readonly told?: ToldOutcome;
  readonly outside: Outside;
  readonly privatePrefix: PbxRoutingParts['privatePrefix'];
  readonly clock: Clock;
  readonly chance: Chance;
  readonly counters: Counters;
  readonly log: Log;
}

export interface PbxLine extends PbxRouting {
  readonly up: boolean;
  /** Whether what came over this flow is the PBX's word. */
  speaks(flow: Flow): boolean;
  /** Whether this is an address of its. */
  comesFrom(address: string): boolean;
  /** Users with at least one phone. */
  readonly registered: number;
  /** Phones that the PBX has registered: of one user, or all. */
  phones(user?: string): readonly PbxPhone[];
  flowClosed(flow: Flow): void;
  /** Nothing passes any more. */
  close(): void;
}

/** Stands the relay beside the user agent, which must have been started. */
export async function openPbx(parts: PbxParts): Promise<PbxLine> {
  const { pbx, userAgent, doors, locate, secret, guard, told, outside, privatePrefix, clock, chance, counters, log } =
    parts;
  const phones = pbxPhones(clock);
  const peer = await pbxPeer({ pbx, locate, doors, clock });
  let asked: Target | null = null;
  const ask = () => {
    const to = peer.target();
    asked = to;
    if (!to) return Promise.reject(new Error('no target'));
    const own = peer.door();
    return userAgent.request({
      method: 'OPTIONS',
      requestUri: `sip:${pbx.domain}`,
      destination: to,
      from: `<sip:belkluis@${own.host}:${own.port}>`,
      to: `<sip:${pbx.domain}>`,
    });
  };
  const health = watchPeer({
    ask,
    everyMs: pbx.optionsSeconds * 1000,
    clock,
    onSilence: () => asked && peer.failed(asked),
    onChange(up) {
      counters.add(up ? 'pbx.up' : 'pbx.down');
      log(up ? 'pbx_up' : 'pbx_down', {});
    },
  });
  const pass = createProxy({ send: userAgent.passOn, secret: chance.bytes(32) });
  const register = registering({ pbx, phones, secret, clock, door: peer.door, guard, told });
  userAgent.relay = pbxRelay({ pbx, peer, phones, register, health, pass, doors, counters });
  return {
    ...pbxRouting({
      pbx,
      peer,
      phones,
      health,
      doors,
      twins: twins(clock, chance),
      sessionOf: userAgent.sessionOf,
      outside,
      privatePrefix,
      clock,
      counters,
    }),
    get up() {
      return health.up;
    },
    get registered() {
      return phones.registered;
    },
    phones: (user) => (user === undefined ? phones.all() : phones.of(user)),
    speaks: peer.is,
    comesFrom: peer.comesFrom,
    flowClosed: phones.flowClosed,
    close() {
      userAgent.relay = null;
      health.close();
      peer.close();
    },
  };
}
