/**
 * Phones fetch their settings by a link that counts once. The secret in them is made in that moment and kept nowhere else, so only the phone
 * knows it; the one before stops working. Each step is in the audit log first.
 */
import { MAX_FILE_LENGTH, MAX_TOKEN_LENGTH } from './limits.ts';
import type { Link, Links } from './links.ts';
import { hostPort, type PhoneSettings, type ProvisionedFile } from './settings.ts';
import { macOf, type VendorName, vendorNamed, vendors } from './vendors.ts';

interface Offered {
  readonly kind: 'provision_offered' | 'provision_fetched';
  readonly actor: string;
  readonly facts: { readonly phone: string; readonly vendor: VendorName };
}

export interface ProvisioningParts {
  readonly links: Links;
  /** Accounts of phones, outside of this room. */
  readonly accounts: {
    /** Makes the account when there is none; nobody learns its secret. */
    ensure(user: string, actor: string): void;
    /** A new secret in place of the one before; null: the account has gone. */
    renew(user: string): string | null;
  };
  /** Appends to the audit log. @throws Problem when it cannot be written: then nothing is done. */
  readonly append: (entry: Offered) => void;
  /** What every phone is told. */
  readonly box: Pick<PhoneSettings, 'domain' | 'host' | 'port'>;
  /** Where the desk is reached: `https://host:port`. */
  readonly origin: () => string;
}

export interface Offer {
  /** To be entered into the phone; told once. */
  readonly url: string;
  readonly expiresAt: number;
}

export type Fetched =
  | { readonly is: 'file'; readonly file: ProvisionedFile }
  | { readonly is: 'unknown' }
  | { readonly is: 'throttled'; readonly waitMs: number };

export interface Provisioning {
  /** @throws Problem `vendor_unknown`, `mac_wrong`, `links_full`, of the accounts and the audit log. */
  offer(asked: { readonly user: string; readonly vendor: string; readonly mac: string }, actor: string): Offer;
  /** What whoever knows the link gets, once. @throws Problem of the audit log: the link still counts. */
  fetch(token: string, file: string, address: string): Fetched;
  waiting(): readonly Link[];
}

/** Where the box's certificate is fetched: it is public. */
export const CERTIFICATE_PATH = '/provision/box.pem';

/** `https://host:port`. */
export const originOf = (host: string, port: number): string => `https://${hostPort({ host, port })}`;

export function createOffers(parts: Omit<ProvisioningParts, 'box'>): Pick<Provisioning, 'offer' | 'waiting'> {
  const { links, accounts, append, origin } = parts;
  return {
    offer({ user, vendor: name, mac: written }, actor) {
      const vendor = vendorNamed(name);
      const mac = vendor === 'generic' && written.trim() === '' ? '' : macOf(written);
      accounts.ensure(user, actor);
      append({ kind: 'provision_offered', actor, facts: { phone: user, vendor } });
      const { token, expiresAt } = links.offer({ user, vendor, mac });
      return { url: `${origin()}/provision/${token}/${vendors[vendor].path(mac)}`, expiresAt };
    },
    waiting: () => links.waiting(),
  };
}

/** Failed tries of one address, as `shared/access/throttle.ts` counts them. */
interface Throttle {
  waitMs(key: string): number;
  failed(key: string): unknown;
}

export function createProvisioning(parts: ProvisioningParts & { readonly throttle: Throttle }): Provisioning {
  const { links, accounts, append, box, origin, throttle } = parts;
  const unknown = { is: 'unknown' } as const;
  return {
    ...createOffers(parts),
    fetch(token, file, address) {
      const waitMs = throttle.waitMs(address);
      if (waitMs > 0) return { is: 'throttled', waitMs };
      const link = token.length <= MAX_TOKEN_LENGTH ? links.find(token) : null;
      if (!link) {
        throttle.failed(address);
        return unknown;
      }
      const { user, vendor, mac } = link;
      // Phones ask for common files first; those are not there, and cost nobody the link.
      if (file.length > MAX_FILE_LENGTH || !vendors[vendor].isFile(file, mac)) return unknown;
      append({ kind: 'provision_fetched', actor: 'box', facts: { phone: user, vendor } });
      if (!links.take(token)) return unknown;
      const secret = accounts.renew(user);
      if (secret === null) return unknown;
      const certificateUrl = `${origin()}${CERTIFICATE_PATH}`;
      return { is: 'file', file: vendors[vendor].render({ ...box, user, secret, mac, certificateUrl }) };
    },
  };
}
