/**
 * Decides whom the stack listens to. What it goes by is behaviour, and whether the sender's address is proved: by a connection, or by a
 * nonce of ours that came back. A datagram alone proves nothing, so it can shut out no phone that has proved itself.
 */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import { type Flow, formatAddress } from '../transport/flow.ts';
import { type Admission, admission } from './admission.ts';
import { type Ban, type BanReach, type BanReason, openBans } from './bans.ts';
import { BoundedMap } from './bounded-map.ts';
import { buckets } from './buckets.ts';
import {
  CONNECTION_BURST,
  CONNECTIONS_PER_SECOND,
  MAX_GUESSED_NAMES,
  MAX_REMEMBERED_PROOFS,
  MAX_REMEMBERED_SOURCES,
  NEWCOMER_WRONG_BURST,
  NEWCOMER_WRONGS_PER_MINUTE,
  PEEPHOLE_MS,
  PROOF_MS,
  SEEN_MS,
  STRANGER_BURST,
  STRANGERS_PER_SECOND,
  URGENT_BURST,
  URGENT_PER_SECOND,
  USER_GUESS_BURST,
  USER_GUESSES_PER_MINUTE,
  WRONG_BURST,
  WRONGS_PER_HOUR,
} from './limits.ts';
import { nonceIn } from './nonce-in.ts';
import { type GuardMemory, type Remembered, remembering } from './remember.ts';
import { namedSource, networkOf } from './source.ts';
import { openSuspects } from './suspects.ts';
import { openTally } from './tally.ts';

/** What is counted of attacks: reasons to ban, bans, and datagrams and connections that were not looked at. */
const attacks = ['scanner', 'names', 'guesses', 'flood', 'banned', 'unheard'] as const;

export type Attack = (typeof attacks)[number];

export interface Guard {
  /** Whether anything from this flow is read at all. `datagram`: what came, when it came as one. */
  hears(flow: Flow, datagram?: Buffer): boolean;
  /** Whether a connection from this address is taken. */
  accepts(address: string): boolean;
  /** For each request that would begin something new. */
  admit(flow: Flow): Admission;
  /** Whether a call for help on this flow is let in whatever its sender has used up: it must have proved itself, and call but now and then. */
  admitsUrgent(flow: Flow): boolean;
  /** Whether this flow has proved whose it is, or the configuration says so. */
  trusts(flow: Flow): boolean;
  /** A flow that is not trusted called itself a scanner. */
  scanned(flow: Flow): void;
  /** A challenge was sent to somebody who claims to be `name`. */
  challenged(name: string, flow: Flow): void;
  /** Whether an answer to a challenge is looked at. Asked for every user, existing or not. */
  mayAnswer(user: string, flow: Flow): boolean;
  /** An answer to a challenge that this source received was wrong. */
  guessed(user: string, flow: Flow): void;
  /** An answer was right, and whoever gave it is allowed in. */
  proved(user: string, flow: Flow): void;
  /** We send to this peer of our own accord: its answers are heard. */
  dialled(flow: Flow): void;
  closed(flow: Flow): void;
  /** In force now, the newest first. */
  bans(): readonly Ban[];
  /** Ends the ban of a network, of the one that an address is in, or of a port. It stays lifted. False: there is none. */
  lift(source: string): boolean;
  /** What happened within the last 24 hours. */
  lastDay(): Readonly<Record<Attack, number>>;
  close(): void;
}

export interface GuardOptions {
  readonly clock: Clock;
  readonly counters: Counters;
  /** Addresses that are never limited nor banned: whom the configuration names. */
  readonly allowed?: (address: string) => boolean;
  /** Peers that somebody has named, and whose calls have limits of their own: a PBX, trunks, SIPREC sources. Absent: none. */
  readonly peers?: NamedPeers;
  /** Whether we gave this nonce to this network lately: what a forged source cannot know. */
  readonly gave?: (nonce: string, source: string) => boolean;
  /** What outlives the process. Absent: nothing. */
  readonly memory?: GuardMemory;
  /** It could not be written; the guard goes on. */
  readonly onNotKept?: (error: unknown) => void;
}

export interface NamedPeers {
  /** Whether one of them may connect from here. */
  mayConnect(address: string): boolean;
  /** Whether one of them speaks on this flow, in a way that it may. */
  speaks(flow: Flow): boolean;
}

const nobody: NamedPeers = { mayConnect: () => false, speaks: () => false };

const EVERYBODY = '*';

const isConnection = (flow: Flow) => flow.transport !== 'UDP';

/** One peer behind an address that others have as well: a connection, or a UDP port. */
const peerOf = (flow: Flow) => (isConnection(flow) ? flow.id : formatAddress(flow.remote));

export function openGuard(options: GuardOptions): Guard {
  const { clock, counters, allowed = () => false, peers = nobody, gave = () => false } = options;
  const { memory, onNotKept = () => {} } = options;
  const before = memory?.load() ?? { bans: [], homes: [] };
  /** Limits and bans are for others. */
  const isNamed = (flow: Flow) => allowed(flow.remote.address) || peers.speaks(flow);
  const bans = openBans(clock, before.bans);
  const suspects = openSuspects(clock);
  /** The same for each peer of a network with phones. */
  const suspectPeers = openSuspects(clock);
  /** Connections that are listened to no more; each ends with the next that it says. */
  const shutConnections = new Set<string>();
  const tally = openTally(clock, attacks);
  const admit = admission(clock);
  const maxKeys = MAX_REMEMBERED_SOURCES;
  const peephole = buckets(clock, { burst: 1, perSecond: 1000 / PEEPHOLE_MS, maxKeys });
  const strangers = buckets(clock, { burst: STRANGER_BURST, perSecond: STRANGERS_PER_SECOND, maxKeys: 1 });
  const urgent = buckets(clock, { burst: URGENT_BURST, perSecond: URGENT_PER_SECOND, maxKeys });
  const connections = buckets(clock, { burst: CONNECTION_BURST, perSecond: CONNECTIONS_PER_SECOND, maxKeys });
  const userRule = { burst: USER_GUESS_BURST, perSecond: USER_GUESSES_PER_MINUTE / 60, maxKeys: MAX_GUESSED_NAMES };
  const answers = buckets(clock, userRule);
  const wrongRule = { burst: WRONG_BURST, perSecond: WRONGS_PER_HOUR / 3600, maxKeys: MAX_REMEMBERED_PROOFS };
  const wrongs = buckets(clock, wrongRule);
  const newcomerRule = { burst: NEWCOMER_WRONG_BURST, perSecond: NEWCOMER_WRONGS_PER_MINUTE / 60, maxKeys };
  const newcomers = buckets(clock, newcomerRule);
  /** Until when each counts, monotonic ms: flows, users on flows, networks, and users at networks. */
  const proofs = new BoundedMap<string, number>(MAX_REMEMBERED_PROOFS);
  const provedOn = new BoundedMap<string, number>(MAX_REMEMBERED_PROOFS);
  const homes = new BoundedMap<string, number>(MAX_REMEMBERED_SOURCES);
  for (const { source, until } of before.homes)
    homes.set(source, clock.monotonic() + Math.min(PROOF_MS, until - clock.now()));
  const seenAt = new BoundedMap<string, number>(MAX_REMEMBERED_PROOFS);
  const holds = (map: BoundedMap<string, number>, key: string) => (map.get(key) ?? 0) > clock.monotonic();

  const note = (attack: Attack) => {
    tally.add(attack);
    counters.add(`sip.defence.${attack}`);
  };
  const leftOf = (until: number) => Math.ceil(until - clock.monotonic());
  const state = (): Remembered => ({
    bans: bans.list(),
    homes: [...homes.entries()]
      .filter(([, until]) => leftOf(until) > 0)
      .map(([source, until]) => ({ source, until: clock.now() + leftOf(until) })),
  });
  const kept = memory && remembering({ clock, memory, state, onFailed: onNotKept });
  // From here on what ends leaves the disk.
  if (before.bans.length + before.homes.length > 0) kept?.changed();
  const trusts = (flow: Flow) => holds(proofs, flow.id) || isNamed(flow);
  const shut = (source: string, why: BanReason, proven: boolean) => {
    note(why);
    if (!bans.add(source, why, proven ? 'all' : 'datagrams')) return;
    note('banned');
    kept?.changed();
  };
  const ban = (flow: Flow, why: BanReason, proven: boolean) => shut(networkOf(flow.remote.address), why, proven);
  /** Where phones have proved themselves, one peer alone is shut out: the others are somebody else. */
  const banPeer = (flow: Flow, why: BanReason, proven: boolean) => {
    if (!isConnection(flow)) return shut(peerOf(flow), why, proven);
    note(why);
    note('banned');
    shutConnections.add(flow.id);
  };
  const reachTo = (flow: Flow, network: string): BanReach | null => {
    if (isConnection(flow)) return shutConnections.has(flow.id) ? 'all' : bans.reach(network);
    const [wide, narrow] = [bans.reach(network), bans.reach(peerOf(flow))];
    return wide === 'all' ? wide : (narrow ?? wide);
  };
  const knocks = (datagram: Buffer | undefined, source: string): boolean => {
    const nonce = datagram && nonceIn(datagram);
    return nonce !== undefined && nonce !== null && gave(nonce, source);
  };

  return {
    hears(flow, datagram) {
      if (trusts(flow)) return true;
      const source = networkOf(flow.remote.address);
      const reach = reachTo(flow, source);
      const isShut = reach === 'all' || (reach === 'datagrams' && !isConnection(flow) && !peephole.take(source));
      const heard = !isShut && (isConnection(flow) || strangers.take(EVERYBODY));
      if (heard || (reach !== 'all' && knocks(datagram, source))) return true;
      note('unheard');
      return false;
    },
    accepts(address) {
      const source = networkOf(address);
      if (allowed(address) || peers.mayConnect(address) || (bans.reach(source) !== 'all' && connections.take(source)))
        return true;
      note('unheard');
      return false;
    },
    admit(flow) {
      if (isNamed(flow)) return 'admit';
      // What comes as datagrams in somebody's name takes nothing from their connections, nor from a flow that is proved.
      const proved = holds(proofs, flow.id);
      const source = networkOf(flow.remote.address);
      const verdict = admit(proved ? flow.id : `${isConnection(flow) ? 'connections' : 'datagrams'} ${source}`);
      if (verdict !== 'flood' || proved) return verdict;
      if (isConnection(flow) && holds(homes, source)) banPeer(flow, 'flood', true);
      else ban(flow, 'flood', isConnection(flow));
      return verdict;
    },
    admitsUrgent: (flow) => trusts(flow) && urgent.take(networkOf(flow.remote.address)),
    trusts,
    scanned(flow) {
      if (holds(homes, networkOf(flow.remote.address))) banPeer(flow, 'scanner', isConnection(flow));
      else ban(flow, 'scanner', isConnection(flow));
    },
    challenged(name, flow) {
      if (trusts(flow)) return;
      const source = networkOf(flow.remote.address);
      const tooMany = suspects.claimed(source, name, flow.id);
      const inHome = holds(homes, source);
      if (inHome && suspectPeers.claimed(peerOf(flow), name, flow.id)) banPeer(flow, 'names', isConnection(flow));
      else if (inHome && tooMany) note('names');
      else if (tooMany) ban(flow, 'names', isConnection(flow));
    },
    mayAnswer(user, flow) {
      if (isNamed(flow) || holds(provedOn, `${user} ${flow.id}`)) return true;
      const source = networkOf(flow.remote.address);
      const here = `${user} ${source}`;
      if (!wrongs.has(here)) return false;
      return holds(seenAt, here) || ((!holds(homes, source) || newcomers.has(source)) && answers.take(user));
    },
    guessed(user, flow) {
      if (isNamed(flow)) return;
      const source = networkOf(flow.remote.address);
      const here = `${user} ${source}`;
      const looked = wrongs.take(here);
      const tooMany = suspects.guessed(source, user);
      if (!holds(homes, source)) return tooMany ? ban(flow, 'guesses', true) : note('guesses');
      if (looked && !holds(seenAt, here)) newcomers.take(source);
      if (suspectPeers.guessed(peerOf(flow), user) !== 'users') return note('guesses');
      // A phone that guesses at others is no phone.
      proofs.delete(flow.id);
      banPeer(flow, 'guesses', true);
    },
    proved(user, flow) {
      const source = networkOf(flow.remote.address);
      const until = clock.monotonic() + PROOF_MS;
      const wasHome = homes.get(source) ?? 0;
      proofs.set(flow.id, until);
      provedOn.set(`${user} ${flow.id}`, until);
      homes.set(source, until);
      if (wasHome - clock.monotonic() < PROOF_MS / 2) kept?.changed();
      seenAt.set(`${user} ${source}`, clock.monotonic() + SEEN_MS);
      suspects.cleared(source, flow.id);
    },
    dialled: (flow) => proofs.set(flow.id, clock.monotonic() + PROOF_MS),
    closed(flow) {
      proofs.delete(flow.id);
      shutConnections.delete(flow.id);
      suspectPeers.forget(peerOf(flow));
    },
    bans: () => bans.list(),
    lift(source) {
      const named = namedSource(source);
      suspects.forget(named);
      suspectPeers.forget(named);
      const lifted = bans.lift(named);
      if (lifted) kept?.now();
      return lifted;
    },
    lastDay: () => tally.lastDay(),
    close: () => kept?.close(),
  };
}
