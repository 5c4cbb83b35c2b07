/** What a phone needs to know, and what a file for it is. */
import { problem } from './problems.ts';

export interface PhoneSettings {
  /** Account, digest user and label. */
  readonly user: string;
  readonly secret: string;
  /** SIP domain and digest realm. */
  readonly domain: string;
  /** Where SIP over TLS is listened on; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Lower-case hex. */
  readonly mac: string;
  /** Where the certificate of the box is fetched, to be trusted. */
  readonly certificateUrl: string;
}

export interface ProvisionedFile {
  readonly contentType: string;
  readonly body: string;
}

/** How the phones of one vendor ask for their settings, and how they want to read them. */
export interface Vendor {
  /** Whether a phone with this MAC asks for its own file by this name. */
  readonly isFile: (name: string, mac: string) => boolean;
  /** What is entered into the phone behind `https://box/provision/TOKEN/`. */
  readonly path: (mac: string) => string;
  readonly render: (settings: PhoneSettings) => ProvisionedFile;
}

/** How long a phone registers for, s: after a restart of the box it is back within this. */
export const REGISTRATION_S = 600;

/** A value that stays within its line. @throws Problem `value_unsafe` for a control character or a line end of any kind. */
export function oneLine(value: string): string {
  if (/[\p{Cc}\u2028\u2029]/u.test(value)) throw problem('value_unsafe');
  return value;
}

/** `host:port`, IPv6 in brackets. */
export const hostPort = ({ host, port }: Pick<PhoneSettings, 'host' | 'port'>): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
