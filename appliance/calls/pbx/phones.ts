/**
 * Phones that a PBX has registered, and by which flow each is reached. Only a 200 of the PBX puts one here: the box has no passwords and
 * believes nobody else. In memory, as every registration (decision 0008): a phone that lost its connection comes back by itself.
 */
import { createHmac } from 'node:crypto';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Flow } from '../../sip/transport/flow.ts';
import { MAX_CONTACTS_PER_ACCOUNT, MAX_PBX_PHONES } from '../limits.ts';

/** One phone, known to the PBX by `token` in place of its own Contact. */
export interface PbxPhone {
  readonly token: string;
  /** User part of its address of record. */
  readonly user: string;
  /** Its Contact URI exactly as it sent it. */
  readonly contact: string;
  readonly flow: Flow;
  readonly callId: string;
  readonly cseq: number;
  /** Monotonic milliseconds. */
  readonly expiresAt: number;
  /** When the PBX last vouched for it, monotonic milliseconds. */
  readonly vouchedAt: number;
}

export interface PbxPhones {
  find(token: string): PbxPhone | null;
  /** Those that came over this flow. */
  on(flow: Flow): readonly PbxPhone[];
  of(user: string): readonly PbxPhone[];
  all(): readonly PbxPhone[];
  /** Whether these tokens of a user may be added. */
  hasRoom(user: string, tokens: readonly string[]): boolean;
  set(phone: PbxPhone): void;
  delete(token: string): void;
  flowClosed(flow: Flow): void;
  /** Users with at least one phone. */
  readonly registered: number;
}

/**
 * The user part that stands for a phone's Contact: the same after a restart of the box or the phone, so that the PBX sees one contact;
 * not to be guessed without the secret, and different for each address of record.
 */
export const tokenOf = (secret: Buffer, user: string, contactKey: string): string =>
  createHmac('sha256', secret)
    .update(JSON.stringify([user, contactKey]))
    .digest('hex')
    .slice(0, 32);

export function pbxPhones(clock: Clock): PbxPhones {
  const byToken = new Map<string, PbxPhone>();
  const isAlive = ({ expiresAt, flow }: PbxPhone) => expiresAt > clock.monotonic() && flow.open;
  const alive = (matches: (phone: PbxPhone) => boolean) =>
    [...byToken.values()].filter((phone) => matches(phone) && isAlive(phone));
  const forgetExpired = () => {
    for (const [token, phone] of byToken) if (!isAlive(phone)) byToken.delete(token);
  };
  return {
    find(token) {
      const phone = byToken.get(token);
      return phone && isAlive(phone) ? phone : null;
    },
    on: ({ id }) => alive(({ flow }) => flow.id === id),
    of: (user) => alive((phone) => phone.user === user),
    all: () => alive(() => true),
    hasRoom(user, tokens) {
      if (byToken.size + tokens.length > MAX_PBX_PHONES) forgetExpired();
      const fresh = tokens.filter((token) => !byToken.has(token)).length;
      const own = alive((phone) => phone.user === user).length;
      return byToken.size + fresh <= MAX_PBX_PHONES && own + fresh <= MAX_CONTACTS_PER_ACCOUNT;
    },
    set: (phone) => void byToken.set(phone.token, phone),
    delete: (token) => void byToken.delete(token),
    flowClosed({ id }) {
      for (const [token, { flow }] of byToken) if (flow.id === id) byToken.delete(token);
    },
    get registered() {
      return new Set(alive(() => true).map(({ user }) => user)).size;
    },
  };
}
