/** The connection test: each step in the order in which a call needs it, until one fails on which the next ones stand. */

import { isIP, isIPv6 } from 'node:net';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { type LocateParts, locate, type Wanted } from '../sip/resolve/locate.ts';
import { formatAddress, type Target, type TransportName } from '../sip/transport/flow.ts';
import { type Account, tryOptions, tryRegister } from './ask.ts';
import { tryPorts } from './ports.ts';
import { tryConnect, tryTls } from './reach.ts';
import { found, type Step, type Tested } from './steps.ts';
import type { Tried } from './target.ts';

/** Clocks this far apart make certificates and challenges fail, ms. */
const CLOCK_APART_MS = 60_000;

export interface ConnectionParts {
  /** The box's own address. */
  readonly address: string;
  /** The DNS as calls ask it (RFC 3263), so that what the test finds is what a call finds. */
  readonly dns: LocateParts['dns'];
  /** Whether a time service keeps the clock. */
  readonly clockKept: () => Promise<boolean>;
  readonly clock: Clock;
  readonly chance: Chance;
}

export interface OwnListener {
  readonly transport: TransportName;
  readonly port: number;
}

/** Addresses of one name that are tried: a test is no scan. */
const MAX_TRIED = 4;

/** What somebody types is tried whatever it is; a line of the box where the box's own media could follow. */
const ANY_FAMILY = [4, 6] as const;
const familyOf = (address: string) => [isIPv6(address) ? 6 : 4] as const;

/** Usual port of SIP over TLS: who names it alone means TLS. */
const TLS_PORT = 5061;

interface Reached {
  readonly steps: readonly Step[];
  /** When the other side thinks it is, ms. */
  readonly date: number | null;
}

const formatTarget = (target: Target): string => `${target.transport} ${formatAddress(target)}`;

function unresolved(host: string, error: unknown): Step {
  const code = (error as { code?: string }).code ?? '';
  return code === 'name_unknown' ? found('name_unknown', 'failed', { host }) : found('name_no_dns', 'failed', { host });
}

/** Where a name leads, and what is said of it. */
async function lookUp(
  { dns, chance }: ConnectionParts,
  wanted: Wanted,
  families: LocateParts['families'],
): Promise<{ readonly step: Step; readonly targets: readonly Target[] }> {
  const { host } = wanted;
  try {
    const targets = (await locate(wanted, { dns, chance, families })).slice(0, MAX_TRIED);
    const step = isIP(host)
      ? found('name_address', 'ok', {})
      : found('name_ok', 'ok', { host, found: targets.map(formatTarget).join(', ') });
    return { step, targets };
  } catch (error) {
    return { step: unresolved(host, error), targets: [] };
  }
}

interface Asked {
  /** What a certificate must name. */
  readonly host: string;
  /** In the addresses; `host` when absent. */
  readonly domain?: string;
  readonly ca?: string;
  /** SHA-256 of the one certificate that is believed. */
  readonly certificate?: string;
  readonly account?: Account;
}

/** From the socket up to OPTIONS, and REGISTER when somebody's account is given and the other side proved who it is. */
async function reach(parts: ConnectionParts, target: Target, asked: Asked): Promise<Reached> {
  const steps: Step[] = [];
  const { host, domain = host, ca, certificate, account } = asked;
  const trust = {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { fingerprint: certificate }),
  };
  if (target.transport !== 'UDP') {
    const connected = await tryConnect(target);
    steps.push(connected);
    if (connected.state === 'failed') return { steps, date: null };
  }
  let trusted = true;
  if (target.transport === 'TLS') {
    const shaken = await tryTls(target, { host, now: parts.clock.now(), ...trust });
    steps.push(shaken);
    trusted = shaken.state !== 'failed';
    if (['tls_none', 'tls_refused', 'tls_too_old'].includes(shaken.code)) return { steps, date: null };
  }
  // Whoever did not prove who it is may still be asked whether it is there; it is told nothing.
  const tls = { servername: host, rejectUnauthorized: trusted, ...(trusted ? trust : {}) };
  const { servername: _, ...unnamed } = tls;
  const to: Target = target.transport === 'TLS' ? { ...target, tls: isIP(host) ? unnamed : tls } : target;
  const sip = { target: to, domain, address: parts.address, clock: parts.clock, chance: parts.chance };
  const { step, date } = await tryOptions(sip);
  steps.push(step);
  if (account && step.code !== 'options_silent' && step.code !== 'options_lost') {
    steps.push(trusted ? await tryRegister(sip, account) : found('register_untrusted', 'failed', {}));
  }
  return { steps, date };
}

async function clockStep({ clockKept, clock }: ConnectionParts, host: string, date: number | null): Promise<Step> {
  const apart = date === null ? 0 : Math.abs(date - clock.now());
  if (apart > CLOCK_APART_MS) return found('clock_differs', 'warn', { seconds: Math.round(apart / 1000), host });
  return (await clockKept()) ? found('clock_ok', 'ok', {}) : found('clock_unkept', 'warn', {});
}

/** Another machine: a trunk, a PBX. With an account, whether it takes it. */
export async function testConnection(
  parts: ConnectionParts,
  tried: Tried,
  trust: { readonly account?: Account; readonly ca?: string } = {},
): Promise<readonly Tested[]> {
  const { host, port } = tried;
  const about = (steps: readonly Step[]) => [{ about: host, steps }];
  const transport = tried.transport ?? (port === TLS_PORT ? 'TLS' : undefined);
  const { step: name, targets } = await lookUp(
    parts,
    { host, port: port ?? undefined, transport, secure: false },
    ANY_FAMILY,
  );
  if (targets.length === 0) return about([name]);
  let last: Reached = { steps: [], date: null };
  for (const target of targets) {
    last = await reach(parts, target, { host, ...trust });
    // The next address is for when this one is not there; what answers is judged.
    if (!last.steps.some(({ code, state }) => state === 'failed' && code.startsWith('connect_'))) break;
  }
  return about([name, ...last.steps, await clockStep(parts, host, last.date)]);
}

/** A trunk or PBX as the lines document has it. */
export interface Peer {
  readonly host: string;
  readonly port?: number | undefined;
  readonly transport?: TransportName | undefined;
  /** It has no exception: nothing but TLS is spoken to it. */
  readonly secure: boolean;
  readonly domain: string;
  readonly ca?: string | undefined;
  readonly certificate?: string | undefined;
}

/** A server that is not there is passed over where another works: calls go on, and somebody should look. */
const inCompany = (steps: readonly Step[], otherWorks: boolean): readonly Step[] =>
  steps.map((step) =>
    otherWorks && step.state === 'failed' && /^connect_|^options_(silent|lost)/.test(step.code)
      ? { ...step, state: 'warn' }
      : step,
  );

/**
 * Every server of a line of the box, each for itself: a call may go to any of them. No account is tried, for the box's own registration
 * may be the one that the other side keeps; `more` says how that stands.
 */
export async function testPeer(
  parts: ConnectionParts,
  { host, port, transport, secure, domain, ca, certificate }: Peer,
  more: readonly Step[],
): Promise<readonly Tested[]> {
  const { step: name, targets } = await lookUp(parts, { host, port, transport, secure }, familyOf(parts.address));
  const asked = {
    host,
    domain,
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { certificate }),
  };
  const reached = await Promise.all(targets.map((target) => reach(parts, target, asked)));
  const works = reached.some(({ steps }) => steps.every(({ state }) => state !== 'failed'));
  const clock =
    reached.length === 0 ? [] : [await clockStep(parts, host, reached.find(({ date }) => date !== null)?.date ?? null)];
  return [
    { about: host, steps: [name, ...more, ...clock] },
    ...targets.map((target, index) => ({
      about: formatTarget(target),
      steps: inCompany(reached[index]!.steps, works),
    })),
  ];
}

/** The box itself: its own SIP ports answer with its own certificate, calls can have their ports, its clock is kept. */
export async function testBox(
  parts: ConnectionParts,
  own: {
    readonly listeners: readonly OwnListener[];
    readonly certificate: string;
    readonly mediaPorts: readonly [number, number];
  },
): Promise<readonly Tested[]> {
  const { address } = parts;
  const tested: Tested[] = [];
  for (const { transport, port } of own.listeners) {
    const target = { transport, address, port };
    const { steps } = await reach(parts, target, { host: address, ca: own.certificate });
    tested.push({ about: formatTarget(target), steps });
  }
  const box = [await tryPorts(address, own.mediaPorts), await clockStep(parts, address, null)];
  return [...tested, { about: null, steps: box }];
}
