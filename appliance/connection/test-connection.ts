/** The connection test: each step in the order in which a call needs it, until one fails on which the next ones stand. */

import { isIP } from 'node:net';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { formatAddress, type Target, type TransportName } from '../sip/transport/flow.ts';
import { type Account, tryOptions, tryRegister } from './ask.ts';
import { tryPorts } from './ports.ts';
import { tryConnect, tryTls } from './reach.ts';
import type { Resolve } from './resolve.ts';
import { found, type Step, type Tested } from './steps.ts';
import type { Tried } from './target.ts';

/** Clocks this far apart make certificates and challenges fail, ms. */
const CLOCK_APART_MS = 60_000;

export interface ConnectionParts {
  /** The box's own address. */
  readonly address: string;
  readonly resolve: Resolve;
  /** Whether a time service keeps the clock. */
  readonly clockKept: () => Promise<boolean>;
  readonly clock: Clock;
  readonly chance: Chance;
}

export interface OwnListener {
  readonly transport: TransportName;
  readonly port: number;
}

interface Reached {
  readonly steps: readonly Step[];
  /** When the other side thinks it is, ms. */
  readonly date: number | null;
}

const formatTarget = (target: Target): string => `${target.transport} ${formatAddress(target)}`;

function unresolved(host: string, error: unknown): Step {
  const code = (error as { code?: string }).code ?? '';
  return ['ENOTFOUND', 'ENODATA', 'name_unknown'].includes(code)
    ? found('name_unknown', 'failed', { host })
    : found('name_no_dns', 'failed', { host });
}

/** From the socket up to OPTIONS, and REGISTER when somebody's account is given and the other side proved who it is. */
async function reach(
  parts: ConnectionParts,
  target: Target,
  asked: { readonly host: string; readonly ca?: string; readonly account?: Account },
): Promise<Reached> {
  const steps: Step[] = [];
  const { host, ca, account } = asked;
  if (target.transport !== 'UDP') {
    const connected = await tryConnect(target);
    steps.push(connected);
    if (connected.state === 'failed') return { steps, date: null };
  }
  let trusted = true;
  if (target.transport === 'TLS') {
    const shaken = await tryTls(target, { host, now: parts.clock.now(), ...(ca === undefined ? {} : { ca }) });
    steps.push(shaken);
    trusted = shaken.state !== 'failed';
    if (['tls_none', 'tls_refused', 'tls_too_old'].includes(shaken.code)) return { steps, date: null };
  }
  // Whoever did not prove who it is may still be asked whether it is there; it is told nothing.
  const tls = { servername: host, rejectUnauthorized: trusted, ...(ca === undefined ? {} : { ca }) };
  const { servername: _, ...unnamed } = tls;
  const to: Target = target.transport === 'TLS' ? { ...target, tls: isIP(host) ? unnamed : tls } : target;
  const sip = { target: to, domain: host, address: parts.address, clock: parts.clock, chance: parts.chance };
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
  const { host } = tried;
  const about = (steps: readonly Step[]) => [{ about: host, steps }];
  let targets: readonly Target[];
  try {
    targets = await parts.resolve(tried);
  } catch (error) {
    return about([unresolved(host, error)]);
  }
  if (targets.length === 0) return about([found('name_unknown', 'failed', { host })]);
  const name = isIP(host)
    ? found('name_address', 'ok', {})
    : found('name_ok', 'ok', { host, found: targets.map(formatTarget).join(', ') });
  let last: Reached = { steps: [], date: null };
  for (const target of targets) {
    last = await reach(parts, target, { host, ...trust });
    // The next address is for when this one is not there; what answers is judged.
    if (!last.steps.some(({ code, state }) => state === 'failed' && code.startsWith('connect_'))) break;
  }
  return about([name, ...last.steps, await clockStep(parts, host, last.date)]);
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
