/** Sends mail over SMTP, always within TLS: from the first byte, or after STARTTLS, without which nothing is sent. */
import { connect } from 'node:net';
import { createTransport } from 'nodemailer';
import { MAIL_GREETING_MS, MAIL_MS } from '../limits.ts';
import type { Mail } from '../message.ts';
import { problem } from '../problems.ts';

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `tls`: from the first byte (port 465). `starttls`: after a greeting (port 587). */
  readonly security: 'tls' | 'starttls';
  /** Null: the server asks for none. */
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly from: string;
  /** PEM of authorities beside those that everybody trusts; null: none. */
  readonly authority: string | null;
}

/** Resolves when the server has taken it for at least one of the addresses. @throws Problem `mail_failed`. */
export type SendMail = (id: string, mail: Mail, addresses: readonly string[]) => Promise<void>;

export function openMail({ host, port, security, login, from, authority }: MailServer): SendMail {
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    tls: { minVersion: 'TLSv1.2', ...(authority !== null && { ca: authority }) },
    ...(login && { auth: { user: login.user, pass: login.password } }),
    connectionTimeout: MAIL_GREETING_MS,
    greetingTimeout: MAIL_GREETING_MS,
    socketTimeout: MAIL_GREETING_MS,
    // By its name and not by an address that was looked up before: the list of places has names.
    getSocket(_options, done) {
      const socket = connect({ host, port, timeout: MAIL_GREETING_MS });
      socket.once('connect', () => done(null, { connection: socket }));
      socket.once('timeout', () => socket.destroy(new Error('ETIMEDOUT')));
      socket.once('error', done);
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from.slice(from.lastIndexOf('@') + 1).replace(/[^A-Za-z0-9.-]/g, '');

  return async (id, { subject, text }, addresses) => {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error('ETIMEDOUT')), MAIL_MS);
    try {
      const sent = transport.sendMail({
        from,
        to: [...addresses],
        subject,
        text,
        // The same when it is sent again, so that who has it twice is shown it once.
        messageId: `<${id.toLowerCase()}@${domain}>`,
        // No answering machine answers a machine (RFC 3834).
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      await Promise.race([sent, late]);
    } catch (cause) {
      const { code, responseCode } = cause as { code?: string; responseCode?: number };
      throw problem('mail_failed', responseCode === undefined ? code : `${responseCode}`, cause);
    } finally {
      clearTimeout(timer);
    }
  };
}
