/** One TLS session with a fleet, and questions on it. All of them go over the session whose exporter is told: the proofs are bound to it. */
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { MAX_ENROLMENT_BYTES } from '@belkluis/shared/contract/enrolment/limits';
import { type Answer, answerSchema, ENROL_PATHS } from '@belkluis/shared/contract/enrolment/messages';
import { toPem } from '@belkluis/shared/contract/enrolment/pem';
import { EXPORTER } from '@belkluis/shared/contract/enrolment/transcript';
import { ANSWER_TIMEOUT_MS } from './limits.ts';
import { problem } from './problems.ts';

export interface Conversation {
  /** RFC 9266 tls-exporter, 32 bytes. */
  readonly exporter: Buffer;
  /** @throws Problem `fleet_unreachable`, `fleet_answer`. */
  ask(path: keyof typeof ENROL_PATHS, message: object): Promise<Answer>;
  close(): void;
}

/** The origin that a person gave. @throws Problem `fleet_url`. */
export function fleetOrigin(text: string): string {
  try {
    const url = new URL(text);
    const bare =
      url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
    if (url.protocol === 'https:' && bare) return url.origin;
  } catch {
    // Said below.
  }
  throw problem('fleet_url');
}

/**
 * Connects to `origin`. `root` (DER, base64): whoever answers must show a certificate below it. Null: nobody is known yet, and no certificate says
 * anything; the proofs do.
 * @throws Problem `fleet_unreachable`, `fleet_not_the_pinned`.
 */
export async function converse(origin: string, root: string | null): Promise<Conversation> {
  const { hostname, port } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = connect({
    host,
    port: Number(port || 443),
    // Only here the exporter names one session alone (RFC 9266 2).
    minVersion: 'TLSv1.3',
    rejectUnauthorized: root !== null,
    ...(root === null ? {} : { ca: toPem('CERTIFICATE', root) }),
    ...(isIP(host) ? {} : { servername: host }),
  });
  await secured(socket);
  socket.on('error', () => {});
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = () => socket;
  return {
    exporter: socket.exportKeyingMaterial(EXPORTER.length, EXPORTER.label, Buffer.alloc(0)),
    async ask(path, message) {
      const body = JSON.stringify(message);
      const asked = request({
        agent,
        host,
        method: 'POST',
        path: ENROL_PATHS[path],
        headers: {
          host: new URL(origin).host,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      });
      asked.end(body);
      const text = await bodyOf(await responseOf(asked));
      const answer = answerSchema.safeParse(tryJson(text));
      if (!answer.success) throw problem('fleet_answer');
      return answer.data;
    },
    close() {
      socket.destroy();
      agent.destroy();
    },
  };
}

function secured(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      socket.destroy();
      const code = (error as NodeJS.ErrnoException).code ?? '';
      // OpenSSL's and Node's names of what is wrong with a certificate.
      const certificate = /CERT|SIGNATURE|ISSUER|ALTNAME|INVALID_PURPOSE|SELF_SIGNED/.test(code);
      reject(problem(certificate ? 'fleet_not_the_pinned' : 'fleet_unreachable', code || undefined, error));
    };
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => fail(new Error('no answer')));
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('closed')));
    socket.once('secureConnect', () => {
      socket.setTimeout(0);
      socket.removeAllListeners('error').removeAllListeners('close');
      resolve();
    });
  });
}

const responseOf = (asked: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    asked.once('response', resolve);
    asked.once('error', (cause) => reject(problem('fleet_unreachable', undefined, cause)));
  });

async function bodyOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      length += part.length;
      if (length > MAX_ENROLMENT_BYTES) throw problem('fleet_answer');
      parts.push(part);
    }
  } catch (error) {
    if ((error as { code?: string }).code === 'fleet_answer') throw error;
    throw problem('fleet_unreachable', undefined, error);
  }
  return Buffer.concat(parts).toString('utf8');
}

const tryJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
