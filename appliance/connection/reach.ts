/** One TCP connection, and over it a TLS handshake whose certificate is looked at from every side. */
import { isIP, connect as tcpConnect } from 'node:net';
import { type PeerCertificate, type TLSSocket, connect as tlsConnect } from 'node:tls';
import { formatAddress, type Target } from '../sip/transport/flow.ts';
import { found, type Step } from './steps.ts';

/** How long one try may take, ms: a person waits for the page. */
const PATIENCE_MS = 5_000;

/** A certificate that ends within this is told of, ms. */
const SOON_MS = 30 * 86_400_000;

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? 'unknown';

function unreached(target: string, code: string): Step {
  if (code === 'ECONNREFUSED') return found('connect_refused', 'failed', { target });
  if (code === 'ETIMEDOUT') return found('connect_silent', 'failed', { target });
  if (['EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL'].includes(code))
    return found('connect_no_way', 'failed', { target });
  return found('connect_failed', 'failed', { target, code });
}

/** Opens a connection and closes it again. */
export function tryConnect(at: Target): Promise<Step> {
  const target = formatAddress(at);
  const begun = performance.now();
  return new Promise((resolve) => {
    const socket = tcpConnect({ host: at.address, port: at.port, timeout: PATIENCE_MS });
    const settle = (step: Step) => {
      socket.destroy();
      resolve(step);
    };
    socket.once('timeout', () => settle(found('connect_silent', 'failed', { target })));
    socket.once('error', (error) => settle(unreached(target, codeOf(error))));
    socket.once('connect', () => {
      settle(found('connect_ok', 'ok', { target, ms: Math.round(performance.now() - begun) }));
    });
  });
}

export interface TlsTried {
  /** Name that the certificate must have; an IP address counts too (RFC 5922 7.1). */
  readonly host: string;
  /** PEM of whom to believe besides the system. */
  readonly ca?: string;
  /** SHA-256 of the one certificate that is believed, whoever signed it; lower-case hex. */
  readonly fingerprint?: string;
  readonly now: number;
}

/** Names that a certificate is for, as people read them. */
const namesOf = ({ subjectaltname, subject }: PeerCertificate): string =>
  subjectaltname?.replaceAll(/(DNS|IP Address|URI):/g, '') ?? [subject?.CN ?? '–'].flat().join(', ');

const issuerOf = ({ issuer }: PeerCertificate): string => [issuer?.O ?? issuer?.CN ?? '–'].flat().join(', ');

function judged(socket: TLSSocket, { host, now, fingerprint }: TlsTried): Step {
  const certificate = socket.getPeerCertificate();
  const [from, until] = [Date.parse(certificate.valid_from), Date.parse(certificate.valid_to)];
  // Time first: whoever renews gets the rest right too, and a wrong clock of the box shows here.
  if (until <= now) return found('tls_ended', 'failed', { until });
  if (from > now) return found('tls_not_yet', 'failed', { from });
  if (fingerprint !== undefined && certificate.fingerprint256?.replaceAll(':', '').toLowerCase() !== fingerprint) {
    return found('tls_other_certificate', 'failed', { fingerprint: certificate.fingerprint256 });
  }
  switch (fingerprint === undefined ? String(socket.authorizationError ?? '') : '') {
    case '':
      break;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return found('tls_other_name', 'failed', { host, names: namesOf(certificate) });
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return found('tls_self_signed', 'failed', { fingerprint: certificate.fingerprint256 });
    default:
      return found('tls_unknown_issuer', 'failed', { issuer: issuerOf(certificate) });
  }
  if (until - now < SOON_MS) return found('tls_ends_soon', 'warn', { until });
  return found('tls_ok', 'ok', { protocol: socket.getProtocol() ?? 'TLS', until });
}

function unshaken(target: string, code: string): Step {
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG' || code === 'ECONNRESET') {
    return found('tls_none', 'failed', { target });
  }
  if (/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/.test(code)) return found('tls_too_old', 'failed', {});
  return found('tls_refused', 'failed', { code });
}

/** A handshake with whoever answers; nothing is sent through it. */
export function tryTls(at: Target, tried: TlsTried): Promise<Step> {
  const target = formatAddress(at);
  return new Promise((resolve) => {
    const socket = tlsConnect({
      host: at.address,
      port: at.port,
      minVersion: 'TLSv1.2',
      // It is judged here, in words; nothing is entrusted to the connection.
      rejectUnauthorized: false,
      timeout: PATIENCE_MS,
      // Node checks the address that it connects to, or this name.
      ...(isIP(tried.host) ? {} : { servername: tried.host }),
      ...(tried.ca === undefined ? {} : { ca: tried.ca }),
    });
    const settle = (step: Step) => {
      socket.destroy();
      resolve(step);
    };
    socket.once('timeout', () => settle(found('tls_none', 'failed', { target })));
    socket.once('error', (error) => settle(unshaken(target, codeOf(error))));
    socket.once('secureConnect', () => settle(judged(socket, tried)));
  });
}
