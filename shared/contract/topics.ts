/** MQTT topics: version first, box second, so that a broker's rights are one pattern (`f1/%u/up/#`, `f1/%u/dn/#`). */
import { ULID_PATTERN } from '../base/ulid.ts';
import { BOX_PATTERN } from './fields.ts';

/** Changes only when old and new boxes cannot share a tree. */
const ROOT = 'f1';

/** What is said to every box. No box can have this name: its ids are hex. */
const EVERY_BOX = '_fleet';

/** Kinds of messages from a box, and their last level. */
const up = {
  presence: 'presence',
  reported: 'reported',
  health: 'health',
  audit: 'audit',
  event: 'event',
  csr: 'csr',
} as const;

/** Kinds of messages to a box. */
const down = { desired: 'desired', certificate: 'cert', cosignature: 'cosig' } as const;

export type UpKind = keyof typeof up | 'response';
export type DownKind = keyof typeof down | 'command' | 'broadcast';
export type MessageName = UpKind | DownKind;

export type Topic =
  | { readonly kind: Exclude<MessageName, 'response' | 'command' | 'broadcast'>; readonly box: string }
  /** `command`: its id. */
  | { readonly kind: 'response' | 'command'; readonly box: string; readonly command: string }
  | { readonly kind: 'broadcast'; readonly box: null };

const checked = (text: string, pattern: RegExp): string => {
  // A program's fault: ids come from our own database or certificate.
  if (!pattern.test(text)) throw new RangeError('not an id that a topic may have');
  return text;
};

const boxTopic = (box: string, rest: string): string => `${ROOT}/${checked(box, BOX_PATTERN)}/${rest}`;

/** Topic of a message from `box`. @throws RangeError for what is no id. */
export const upTopic = (kind: keyof typeof up, box: string): string => boxTopic(box, `up/${up[kind]}`);

/** Topic of a message to `box`. @throws RangeError for what is no id. */
export const downTopic = (kind: keyof typeof down, box: string): string => boxTopic(box, `dn/${down[kind]}`);

/** @throws RangeError for what is no id. */
export const commandTopic = (box: string, command: string): string =>
  boxTopic(box, `dn/cmd/${checked(command, ULID_PATTERN)}`);

/** @throws RangeError for what is no id. */
export const responseTopic = (box: string, command: string): string =>
  boxTopic(box, `up/rsp/${checked(command, ULID_PATTERN)}`);

export const BROADCAST_TOPIC = `${ROOT}/${EVERY_BOX}/bcast`;

/** What a fleet subscribes to: everything from every box. */
export const UP_FILTER = `${ROOT}/+/up/#`;

/** What a box subscribes to besides the broadcast. @throws RangeError for what is no id. */
export const downFilter = (box: string): string => boxTopic(box, 'dn/#');

const byLevel = {
  up: new Map(Object.entries(up).map(([kind, level]) => [level as string, kind as keyof typeof up])),
  dn: new Map(Object.entries(down).map(([kind, level]) => [level as string, kind as keyof typeof down])),
};

/** What a topic says; null when it is none of ours, to the letter. */
export function parseTopic(topic: string): Topic | null {
  if (topic === BROADCAST_TOPIC) return { kind: 'broadcast', box: null };
  const [root, box = '', way, level = '', id, ...more] = topic.split('/');
  if (root !== ROOT || !BOX_PATTERN.test(box) || more.length > 0 || (way !== 'up' && way !== 'dn')) return null;
  if (id === undefined) {
    const kind = byLevel[way].get(level);
    return kind === undefined ? null : { kind, box };
  }
  if (!ULID_PATTERN.test(id)) return null;
  if (way === 'up' && level === 'rsp') return { kind: 'response', box, command: id };
  return way === 'dn' && level === 'cmd' ? { kind: 'command', box, command: id } : null;
}
