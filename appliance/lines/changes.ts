/**
 * What one document of lines changes against another, field by field, and which of it lowers a guard. A pure function, so that whoever asks
 * before, and whoever refuses, say the same.
 */
import { createHash } from 'node:crypto';
import { pbxSchema } from './pbx.ts';
import type { Lines } from './schema.ts';
import { HIDDEN } from './secrets.ts';
import { trunkSchema } from './trunk.ts';

/**
 * What is lowered: `plain`, something may do without encryption, or for longer; `identity`, a certificate or password is asked for no more;
 * `sources`, more is believed of who somebody is; `disclosure`, the outside is told more of who calls; `toll`, more may be called, or more
 * often; `emergency`, an emergency number is no longer let out.
 */
export const weakenings = ['plain', 'identity', 'sources', 'disclosure', 'toll', 'emergency'] as const;

export type Weakening = (typeof weakenings)[number];

export interface Change {
  /** Names of fields and lines from the top: `trunks`, `carrier`, `plainUntil`. */
  readonly path: readonly string[];
  /** As people read it; of a list, what leaves it. Empty: nothing was there. */
  readonly before: readonly string[];
  /** Of a list, what is new in it. Empty: nothing is there any more. */
  readonly after: readonly string[];
  readonly weakens: Weakening | null;
}

type Leaves = Map<string, { readonly path: readonly string[]; readonly values: readonly string[] }>;

const isNamed = (value: unknown): value is { readonly id: string } =>
  typeof value === 'object' && value !== null && typeof (value as { id?: unknown }).id === 'string';

/** An element of a list in one piece. */
function said(element: unknown): string {
  if (typeof element !== 'object' || element === null) return String(element);
  const { did, to, serial, user, until } = element as Record<string, unknown>;
  if (typeof did === 'string') return `${did}=${(to as string[]).join(',')}${serial === true ? ' serial' : ''}`;
  if (typeof user === 'string') return `${user}=${until}`;
  return JSON.stringify(element);
}

function gather(value: unknown, path: readonly string[], into: Leaves): void {
  const leaf = (values: readonly string[]) => void into.set(JSON.stringify(path), { path, values });
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every(isNamed)) {
      for (const one of value) {
        const { id, ...rest } = one;
        into.set(JSON.stringify([...path, id]), { path: [...path, id], values: ['there'] });
        gather(rest, [...path, id], into);
      }
    } else leaf(value.map(said));
  } else if (typeof value === 'object') {
    for (const [name, inner] of Object.entries(value)) gather(inner, [...path, name], into);
  } else leaf([String(value)]);
}

function leavesOf(lines: Lines): Leaves {
  const leaves: Leaves = new Map();
  gather(lines, [], leaves);
  return leaves;
}

/** What a new line says besides what goes without saying. */
function assumed(before: Lines, after: Lines, into: Leaves): void {
  const known = new Set(before.trunks.map(({ id }) => id));
  for (const { id } of after.trunks) {
    if (known.has(id)) continue;
    const { id: _, host: __, ...defaults } = trunkSchema.parse({ id, host: '192.0.2.1' });
    gather(defaults, ['trunks', id], into);
  }
  if (before.pbx || !after.pbx) return;
  const { host: _, domain: __, ...defaults } = pbxSchema.parse({ host: '192.0.2.1', domain: 'pbx' });
  gather(defaults, ['pbx'], into);
}

/** Passwords and certificates of authorities are told apart, never shown. */
function shown(path: readonly string[], value: string): string {
  if (path.at(-1) === 'password') return HIDDEN;
  if (path.at(-1) !== 'ca') return value;
  return `PEM, SHA-256 ${createHash('sha256').update(value.trim()).digest('hex').slice(0, 16)}…`;
}

const isLater = (before: string | undefined, after: string): boolean =>
  before === undefined || Date.parse(after) > Date.parse(before);

/** A network so wide that it names nobody. */
const isWide = (network: string): boolean => {
  const [address = '', length] = network.split('/');
  return length !== undefined && Number(length) < (address.includes(':') ? 32 : 16);
};

interface Step {
  readonly path: readonly string[];
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** Of an exception `202=2027-01-31…`, whether it lasts longer than one of the same phone did. */
const lastsLonger = (removed: readonly string[], exception: string): boolean => {
  const [user, until = ''] = exception.split('=');
  const before = removed.map((one) => one.split('=')).find(([name]) => name === user);
  return isLater(before?.[1], until);
};

/** Limits of what goes out: higher is more. */
const CAPS = new Set(['atOnce', 'perDay', 'minutesPerDay']);

function ofOutbound(last: string, { path, removed, added }: Step): Weakening | null {
  if (last === 'emergency') return removed.length > 0 ? 'emergency' : null;
  if (last === 'deny') return removed.length > 0 ? 'toll' : null;
  if (last === 'allow') return added.length > 0 ? 'toll' : null;
  if (CAPS.has(last)) return Number(added[0]) > Number(removed[0]) ? 'toll' : null;
  // Of a night that is there already: other hours are other calls.
  return path.includes('night') && removed.length > 0 && added[0] !== 'true' ? 'toll' : null;
}

function weakeningOf(step: Step): Weakening | null {
  const { path, removed, added } = step;
  const last = path.at(-1)!;
  if (path[0] === 'outbound') return ofOutbound(last, step);
  const goes = removed.length > 0 && added.length === 0;
  switch (last) {
    case 'believe':
      return added[0] === 'true' ? 'sources' : null;
    case 'send':
      return removed[0] === 'none' ? 'disclosure' : null;
    case 'out':
      return added.length > 0 && added[0] !== 'false' ? 'disclosure' : null;
    case 'password':
      // Of a trunk it is the box's own.
      return path[0] === 'siprec' && goes ? 'identity' : null;
    case 'plainUntil':
      return added[0] !== undefined && isLater(removed[0], added[0]) ? 'plain' : null;
    case 'plainPhones':
      return added.some((exception) => lastsLonger(removed, exception)) ? 'plain' : null;
    case 'transport':
      return added[0] === 'udp' || added[0] === 'tcp' ? 'plain' : null;
    case 'certificate':
    case 'clientCertificate':
    case 'ca':
      return goes ? 'identity' : null;
    default:
      return null;
  }
}

/** Who is believed by address: more of them where some were named, or a network that is half the Internet. */
const believesMore = ({ path, added }: Step, before: readonly string[]): boolean =>
  ['sources', 'addresses'].includes(path.at(-1)!) && added.some((network) => before.length > 0 || isWide(network));

/** In the order of the document; what is only written differently is no change. */
export function changesOf(before: Lines, after: Lines): readonly Change[] {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  assumed(before, after, old);
  const keys = [...now.keys(), ...[...old.keys()].filter((key) => !now.has(key))];
  return keys.flatMap((key) => {
    const was = old.get(key)?.values ?? [];
    const is = now.get(key)?.values ?? [];
    const { path } = (now.get(key) ?? old.get(key))!;
    const removed = was.filter((value) => !is.includes(value));
    const added = is.filter((value) => !was.includes(value));
    // The order of codecs is a setting of its own.
    const reordered = path.at(-1) === 'codecs' && was.join() !== is.join();
    if (removed.length + added.length === 0 && !reordered) return [];
    const step = { path, removed: reordered ? was : removed, added: reordered ? is : added };
    const [kind = '', line = ''] = path;
    const parent = JSON.stringify(kind === 'pbx' ? ['pbx', 'domain'] : [kind, line]);
    // A line that goes takes its guards with it: nothing of it is lowered, nor worth a line of its own.
    if (key !== parent && old.has(parent) && !now.has(parent) && (kind === 'pbx' || path.length > 2)) return [];
    const weakens = believesMore(step, was) ? 'sources' : weakeningOf(step);
    const show = (values: readonly string[]) => values.map((value) => shown(path, value));
    return [{ path, before: show(step.removed), after: show(step.added), weakens }];
  });
}

/** Each guard that is lowered, once. */
export const weakeningsIn = (changes: readonly Change[]): readonly Weakening[] =>
  weakenings.filter((one) => changes.some(({ weakens }) => weakens === one));
