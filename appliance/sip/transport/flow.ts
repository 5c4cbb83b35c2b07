/** Where messages come from and go to. A flow is one UDP socket and one peer, or one TCP or TLS connection (RFC 5626 3). */
import { isIPv6 } from 'node:net';
import type { SipMessage, Unusable } from '../message/message.ts';

export type TransportName = 'UDP' | 'TCP' | 'TLS';

export interface Address {
  /** IPv4 or IPv6, without brackets; never the IPv4-mapped form. */
  readonly address: string;
  readonly port: number;
}

export interface Flow {
  /** The same for the same flow, different for another one; a later connection from the same port is another one. */
  readonly id: string;
  readonly transport: TransportName;
  readonly secure: boolean;
  readonly local: Address;
  readonly remote: Address;
  /**
   * SHA-256 of the certificate (DER, lower-case hex) that the peer of a TLS connection proved to hold; null: it showed none. Who vouches
   * for the certificate was not asked: compare it with one that is known.
   */
  readonly peerFingerprint: string | null;
  readonly open: boolean;
  /** Never throws. What cannot be sent on a closed flow is dropped; ask `open` first where it matters. */
  send(bytes: Buffer): void;
}

export interface TlsTrust {
  /** PEM of the authorities that are trusted; the system's when absent. */
  readonly ca?: string;
  /** Name that the certificate must carry (RFC 5922); the address when absent. */
  readonly servername?: string;
  /** SHA-256 of the one certificate that it may show, lower-case hex; then nobody has to vouch for it. */
  readonly fingerprint?: string;
  /** false only where a person has decided so for this peer. */
  readonly rejectUnauthorized?: boolean;
}

export interface Target extends Address {
  readonly transport: TransportName;
  readonly tls?: TlsTrust;
}

/** What a transport tells the stack. */
export interface TransportEvents {
  message(message: SipMessage, flow: Flow): void;
  unusable(message: Unusable, flow: Flow): void;
  /** A message went out, or was given to the system to go. */
  sent(bytes: Buffer, flow: Flow): void;
  /** A connection has gone; flows over UDP never do. */
  closed(flow: Flow): void;
  /** A TLS handshake at our door failed; `code` of Node's error. Nobody has said yet who they are. */
  unshaken?(address: string, code: string): void;
}

export interface Transports {
  /** What is listened on, with the ports that were chosen for port 0. Throws `cannot_listen`, `tls_material_*`. */
  start(): Promise<readonly (Address & { readonly transport: TransportName })[]>;
  close(): Promise<void>;
  /** A flow that is there already, or a promise of a new connection; rejects with `unreachable` or `no_listener`. */
  flowTo(target: Target): Flow | Promise<Flow>;
  /** In place of a UDP flow, for a request that is too long for one packet; null, at once or soon: there is no other way. */
  insteadOf(udp: Flow): Promise<Flow | null> | Flow | null;
  /** New key and certificate for connections from now on; the ones that stand go on. Throws `tls_material_unusable`. */
  renewTls(material: TlsMaterial): void;
}

export interface TlsMaterial {
  readonly key: string;
  readonly cert: string;
}

export interface ListenOn {
  readonly transport: TransportName;
  readonly address: string;
  /** 0: any free one. */
  readonly port: number;
  readonly tls?: TlsMaterial;
  /** TLS: ask peers for a certificate, for `Flow.peerFingerprint`. Who has none, as most phones, is let in all the same. */
  readonly requestCertificate?: boolean;
}

export const isReliable = (transport: TransportName): boolean => transport !== 'UDP';

/** Node reports IPv4 peers of a dual-stack socket as ::ffff:192.0.2.1. */
export const plainAddress = (address: string): string =>
  address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;

/** `192.0.2.1:5060`, `[2001:db8::1]:5060`. */
export const formatAddress = ({ address, port }: Address): string =>
  isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
