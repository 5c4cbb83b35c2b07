/** A fleet as a box sees it: a real broker (aedes) behind TLS that asks for certificates, and a memory of everything that it has acknowledged. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Envelope } from '@belkluis/shared/contract/message';
import { messages } from '@belkluis/shared/contract/messages';
import { parseTopic, type UpKind } from '@belkluis/shared/contract/topics';
import { Aedes } from 'aedes';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { Authority } from './pki.ts';

export interface Heard {
  readonly kind: UpKind;
  readonly topic: string;
  readonly retain: boolean;
  readonly message: Envelope<unknown>;
}

/** What becomes of a message that a box publishes: taken; or the wire is cut before it is taken, or before that is said. */
export type Mood = 'well' | 'cuts before' | 'cuts after';

export async function startFleet(authority: Authority, { webSocket = false } = {}) {
  const heard: Heard[] = [];
  const sockets = new Set<Socket>();
  let mood: Mood = 'well';
  let port = 0;
  let connections = 0;
  let stop = async () => {};

  async function start(): Promise<void> {
    const broker = await Aedes.createBroker({
      authenticate(client, _user, _password, done) {
        const { conn, req } = client as unknown as { conn: TLSSocket; req?: IncomingMessage };
        const socket = (req?.socket as TLSSocket | undefined) ?? conn;
        done(null, socket.getPeerCertificate().subject?.CN === client.id);
      },
      authorizePublish(client, packet, callback) {
        const about = parseTopic(packet.topic);
        if (!client || !about || about.box !== client.id) return callback(new Error('not yours'));
        const read = messages[about.kind].parse(packet.payload as Buffer);
        if (!read.ok) return callback(new Error(read.refused));
        const { topic, retain } = packet;
        // A will is the broker's own, whoever's wire was cut.
        const isWill = about.kind === 'presence' && (read.message.body as { is: string }).is === 'offline';
        if (mood === 'cuts before' && !isWill) return void cut();
        heard.push({ kind: about.kind as UpKind, topic, retain, message: read.message });
        return mood === 'cuts after' && !isWill ? void cut() : callback(null);
      },
    });
    broker.on('clientReady', () => {
      connections += 1;
    });
    const { certificate: cert, key } = authority.server;
    const tls = { cert, key, ca: authority.certificate, requestCert: true, rejectUnauthorized: true };
    const server = webSocket ? createHttps(tls) : createServer(tls, (socket) => void broker.handle(socket));
    if (webSocket) {
      const upgraded = new WebSocketServer({ server: server as ReturnType<typeof createHttps> });
      upgraded.on('connection', (socket, request) => void broker.handle(createWebSocketStream(socket), request));
    }
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    });
    server.on('tlsClientError', () => {});
    server.listen(port, 'localhost');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
    stop = async () => {
      server.close();
      cut();
      await new Promise<void>((resolve) => broker.close(() => resolve()));
    };
    publish = (topic, payload, retain) =>
      new Promise((resolve, reject) =>
        broker.publish({ cmd: 'publish', topic, payload, qos: 1, retain, dup: false }, (error) =>
          error ? reject(error) : resolve(),
        ),
      );
  }

  function cut(): void {
    for (const socket of sockets) socket.destroy();
  }

  let publish: (topic: string, payload: Buffer, retain: boolean) => Promise<void>;
  await start();
  return {
    heard,
    get url() {
      return webSocket ? `wss://localhost:${port}/mqtt` : `mqtts://localhost:${port}`;
    },
    get connections() {
      return connections;
    },
    be(to: Mood) {
      mood = to;
    },
    say: (topic: string, payload: Buffer, retain = false) => publish(topic, payload, retain),
    /** Cuts every wire. */
    cut,
    stop: () => stop(),
    start,
    of: (kind: UpKind) => heard.filter((one) => one.kind === kind).map(({ message }) => message),
  };
}

export type TestFleet = Awaited<ReturnType<typeof startFleet>>;
