/** A source that knows no SIP beyond its lines: a TCP connection that says what a test wants said, and hands out what comes back. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { StreamFramer } from '../../../sip/message/framer.ts';
import type { SipMessage, SipRequest, SipResponse } from '../../../sip/message/message.ts';
import type { TlsMaterial } from '../../../sip/transport/flow.ts';

export type Source = Awaited<ReturnType<typeof openSource>>;

/** A body and what it is. */
export interface Said {
  readonly type: string;
  readonly body: Buffer | string;
}

/** Dialogs of all sources: no two have a Call-ID or a branch in common. */
let dialogs = 0;

/** It sends its sound from where it says that it is. */
const here = (body: Buffer): Buffer =>
  Buffer.from(body.toString('latin1').replace(/IN IP4 198\.51\.100\.\d+/g, 'IN IP4 127.0.0.1'), 'latin1');

export interface SourceOptions {
  readonly localAddress?: string;
  /** Over TLS, showing this certificate. */
  readonly tls?: TlsMaterial;
}

export async function openSource(port: number, { localAddress = '127.0.0.1', tls }: SourceOptions = {}) {
  const to = { port, host: '127.0.0.1', localAddress };
  // Whom it speaks to is not what these tests ask.
  const socket = tls ? tlsConnect({ ...to, ...tls, rejectUnauthorized: false }) : connect(to);
  await once(socket, tls ? 'secureConnect' : 'connect');
  const framer = new StreamFramer();
  const arrived: SipMessage[] = [];
  const waiting = new Set<() => void>();
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    for (const framed of framer.push(chunk)) {
      if (framed.kind === 'request' || framed.kind === 'response') arrived.push(framed);
    }
    for (const look of waiting) look();
  });

  /** The first message that `wanted` takes, provisional responses left out. */
  const next = async <T extends SipMessage>(wanted: (message: SipMessage) => message is T): Promise<T> => {
    for (;;) {
      const at = arrived.findIndex((message) => wanted(message));
      if (at >= 0) return arrived.splice(at, 1)[0] as T;
      await new Promise<void>((resolve) => {
        const look = () => {
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
      });
    }
  };

  /** Opens a dialog with the INVITE of a vector, or one like it. */
  const dial = (invite: SipRequest, body: Buffer = invite.body) => {
    const dialog = ++dialogs;
    const callId = `${process.pid}-${dialog}-${invite.headers.get('Call-ID')}`;
    const from = invite.headers.get('From')!;
    let to = invite.headers.get('To')!;
    let seq = 0;
    const send = (method: string, number: number, more: readonly string[], said: Buffer) => {
      const head = [
        `${method} sip:srs@127.0.0.1:${port} SIP/2.0`,
        `Via: SIP/2.0/${tls ? 'TLS' : 'TCP'} 127.0.0.1:5060;branch=z9hG4bK${dialog}x${number}${method}`,
        'Max-Forwards: 70',
        `From: ${from}`,
        `To: ${to}`,
        `Call-ID: ${callId}`,
        `CSeq: ${number} ${method}`,
        `Contact: ${invite.headers.get('Contact')!.replace(/@[^;>]*/, `@127.0.0.1:${socket.localPort}`)}`,
        ...more,
        `Content-Length: ${said.length}`,
        '\r\n',
      ];
      socket.write(Buffer.concat([Buffer.from(head.join('\r\n')), said]));
    };
    const answerTo = (number: number): Promise<SipResponse> =>
      next(
        (message): message is SipResponse =>
          message.kind === 'response' &&
          message.status >= 200 &&
          message.headers.get('Call-ID') === callId &&
          message.headers.get('CSeq')!.startsWith(`${number} `),
      );
    const ask = async (method: string, more: readonly string[], said: Buffer): Promise<SipResponse> => {
      const number = ++seq;
      send(method, number, more, said);
      const response = await answerTo(number);
      to = response.headers.get('To')!;
      return response;
    };
    const typed = ({ type, body: text }: Said) => [[`Content-Type: ${type}`], here(Buffer.from(text))] as const;
    const ack = (said?: Said) => {
      const [more, text] = said ? typed(said) : [[], Buffer.alloc(0)];
      send('ACK', seq, more, text);
    };
    return {
      callId,
      /** The INVITE that opens it; `headers`: lines besides those that every one has. */
      async invite(headers: readonly string[] = []): Promise<SipResponse> {
        const type = invite.headers.get('Content-Type');
        const kept = invite.headers.all('Require').map((tag) => `Require: ${tag}`);
        const typed = body.length === 0 || type === undefined ? [] : [`Content-Type: ${type}`];
        const more = [...kept, ...typed, ...headers];
        const response = await ask('INVITE', more, here(body));
        if (response.status >= 300 || body.length > 0) ack();
        return response;
      },
      ack,
      /** `answer`: what the ACK says, when the offer was theirs. */
      async reinvite(said: Said, answer?: Said): Promise<SipResponse> {
        const response = await ask('INVITE', ...typed(said));
        ack(answer);
        return response;
      },
      update: (said: Said): Promise<SipResponse> => ask('UPDATE', ...typed(said)),
      bye: (): Promise<SipResponse> => ask('BYE', [], Buffer.alloc(0)),
      /** The next request of the server's in it; answer it with `respond`. */
      request: (): Promise<SipRequest> =>
        next(
          (message): message is SipRequest =>
            message.kind === 'request' && message.method !== 'ACK' && message.headers.get('Call-ID') === callId,
        ),
      respond(request: SipRequest, said?: Said, status = '200 OK') {
        const [more, text] = said ? typed(said) : [[], Buffer.alloc(0)];
        const copied = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map((name) => `${name}: ${request.headers.get(name)}`);
        const head = [
          `SIP/2.0 ${status}`,
          ...copied,
          `Contact: <sip:sbc@127.0.0.1>`,
          ...more,
          `Content-Length: ${text.length}`,
        ];
        socket.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), text]));
      },
    };
  };

  return { dial, close: () => socket.destroy() };
}
