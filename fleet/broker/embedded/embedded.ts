/** The broker in the fleet's own process: aedes behind doors of ours. A box's message is acknowledged when whoever takes it has kept it. */
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import { MAX_MESSAGE_BYTES } from '@belkluis/shared/contract/limits';
import { Aedes, type AuthenticateError, type Client, type PublishPacket } from 'aedes';
import type { Broker, BrokerNotice } from '../broker.ts';
import { ADMISSION_MS, CONNECT_MS, DRAIN_MS, MAX_EARLY_PACKETS, MAX_KEEPALIVE_S, MAX_TOPIC_LEVELS } from '../limits.ts';
import { noticesTo } from '../notices.ts';
import { problem } from '../problems.ts';
import { mayFleetPublish, mayLeaveWill, mayPublish, mayRead, maySubscribe } from '../rights.ts';
import { Takers } from '../takers.ts';
import { Allowance } from './allowance.ts';
import { type Address, type Listener, listenTls, listenWebSocket, type ServerIdentity } from './listeners.ts';
import { Meter } from './meter.ts';
import { type Peer, peerOf } from './peer.ts';
import { Sessions } from './sessions.ts';
import { Takeovers } from './takeovers.ts';

export interface EmbeddedOptions {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly identity: ServerIdentity;
  readonly listen: Address;
  /** Where MQTT comes over WebSocket; null: nowhere. */
  readonly webSocket: Address | null;
  /** Asked at each connection; `serial` of the certificate: hex, lower case. When it rejects, the box is told to come back. */
  readonly mayConnect: (box: string, serial: string) => Promise<boolean> | boolean;
  /** A box was let in with this certificate. */
  readonly connected?: (box: string, serial: string) => void;
  readonly notice: (notice: BrokerNotice) => void;
}

export interface EmbeddedBroker extends Broker {
  /** New connections get this certificate. */
  renewed(identity: ServerIdentity): void;
  connected(): ReadonlySet<string>;
  /** Ports that are listened on, once started. */
  readonly ports: { readonly tls: number; readonly webSocket: number | null };
}

/** MQTT 3.1.1, 3.2.2.3. */
const IDENTIFIER_REJECTED = 2;
const UNAVAILABLE = 3;
const NOT_AUTHORIZED = 5;

/** @throws Problem `port_taken`, by `start`. */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedBroker> {
  const { clock, counters, identity, listen, webSocket, mayConnect } = options;
  const tell = noticesTo(clock, counters, options.notice);
  const takers = new Takers();
  const takeovers = new Takeovers(clock);
  const peers = new WeakMap<object, Peer>();
  const asked = new WeakMap<Client, { readonly username: string | undefined; readonly foreignWill: boolean }>();
  const allowances = new Map<string, Allowance>();
  const live = new Map<string, Client>();
  const inHand = new Set<Promise<unknown>>();
  const turns = new WeakMap<Client, Promise<void>>();
  const sessions = new Sessions(() => counters.add('broker.session_full'));
  const listeners: Listener[] = [];
  let closing = false;

  const peerAt = (client: Client | null): Peer | undefined => (client ? peers.get(client.conn) : undefined);

  /** An answer to CONNECT, and the reason by which it is counted. */
  const refusal = (counted: string, returnCode: number): AuthenticateError => {
    counters.add(`broker.${counted}`);
    return Object.assign(new Error(counted), { returnCode });
  };

  async function admit(client: Client, peer: Peer): Promise<AuthenticateError | null> {
    const { username, foreignWill } = asked.get(client)!;
    if (username !== undefined && username !== peer.box) {
      tell('identity_mismatch', peer.box);
      return refusal('connect_refused', IDENTIFIER_REJECTED);
    }
    if (foreignWill) {
      tell('will_foreign', peer.box);
      return refusal('connect_refused', NOT_AUTHORIZED);
    }
    if (peer.expiresAt <= clock.now()) return refusal('certificate_expired', NOT_AUTHORIZED);
    let admitted: boolean;
    try {
      admitted = await withinTime(Promise.resolve(mayConnect(peer.box, peer.serial)), clock);
    } catch {
      return refusal('admission_unknown', UNAVAILABLE);
    }
    if (!admitted || closing) return refusal('not_admitted', NOT_AUTHORIZED);
    const before = live.get(peer.box);
    if (before) {
      counters.add('broker.taken_over');
      if (takeovers.note(peer.box)) tell('clone_suspected', peer.box);
      // aedes does so too, but may have lost sight of a connection that is just ending.
      before.close();
    }
    return null;
  }

  async function hear(client: Client | null, packet: PublishPacket): Promise<void> {
    const peer = peerAt(client);
    if (!peer || closing) throw new Error('closing');
    const payload = Buffer.from(packet.payload);
    if (packet.qos === 2 || !mayPublish(peer.box, packet.topic)) {
      tell('topic_foreign', peer.box);
      throw new Error('topic_foreign');
    }
    if (payload.length > MAX_MESSAGE_BYTES) {
      tell('packet_large', peer.box);
      throw new Error('packet_large');
    }
    // Nobody subscribes to it later: whoever takes it has it.
    packet.retain = false;
    counters.add('broker.heard');
    const { topic, qos, dup } = packet;
    const given = takers.give({ topic, payload, qos, retained: false, again: dup === true });
    // Acknowledgements go out in the order of what they acknowledge (MQTT 3.1.1, 4.6).
    const turn = bothOf(turns.get(client!), given);
    turns.set(client!, turn);
    inHand.add(given);
    try {
      await turn;
    } catch (cause) {
      counters.add('broker.not_kept');
      throw cause;
    } finally {
      inHand.delete(given);
    }
  }

  const broker = new Aedes({
    // Without bound: aedes would make everybody wait for one who does not read. DRAIN_MS ends that one.
    concurrency: 0,
    persistence: sessions,
    connectTimeout: CONNECT_MS,
    drainTimeout: DRAIN_MS,
    keepaliveLimit: MAX_KEEPALIVE_S,
    queueLimit: MAX_EARLY_PACKETS,
    maxInflightInbound: 1,
    maxTopicLevels: MAX_TOPIC_LEVELS,
    preConnect(client, packet, done) {
      const peer = peerAt(client);
      // Before aedes takes the id over: nothing is done under another's name, not even a refusal.
      if (!peer || packet.clientId !== peer.box) {
        if (peer) tell('identity_mismatch', peer.box);
        return done(new Error('identity_mismatch'), false);
      }
      const foreignWill = packet.will !== undefined && !mayLeaveWill(peer.box, packet.will);
      asked.set(client, { username: packet.username, foreignWill });
      return done(null, true);
    },
    authenticate(client, _username, _password, done) {
      admit(client, peerAt(client)!).then(
        (refused) => done(refused, refused === null),
        () => done(refusal('admission_unknown', UNAVAILABLE), false),
      );
    },
    authorizePublish(client, packet, done) {
      // aedes writes PUBACK when this calls back, and not before: see docs/decisions/0134.
      hear(client, packet).then(() => done(null), done);
    },
    authorizeSubscribe(client, subscription, done) {
      const peer = peerAt(client);
      if (peer && maySubscribe(peer.box, subscription.topic)) {
        if (subscription.qos === 2) subscription.qos = 1;
        return done(null, subscription);
      }
      if (peer) tell('filter_foreign', peer.box);
      return done(null, null);
    },
    authorizeForward: (client, packet) => (mayRead(peerAt(client)?.box ?? '', packet.topic) ? packet : null),
  });
  await broker.listen();
  broker.on('client', (client) => {
    live.set(client.id, client);
    counters.add('broker.connected');
    options.connected?.(client.id, peerAt(client)!.serial);
  });
  broker.on('connectionError', () => counters.add('broker.connection_failed'));
  broker.on('keepaliveTimeout', () => counters.add('broker.silent'));

  function accept(stream: Duplex, socket: TLSSocket): void {
    const peer = peerOf(socket);
    if (!peer || closing) {
      counters.add('broker.certificate_foreign');
      stream.destroy();
      return;
    }
    const allowance = allowances.get(peer.box) ?? new Allowance(clock);
    allowances.set(peer.box, allowance);
    if (!allowance.connect()) {
      tell('flood', peer.box);
      stream.destroy();
      return;
    }
    peers.set(stream, peer);
    const client = broker.handle(stream);
    const meter = new Meter(allowance);
    // Runs inside of aedes' own read, before it looks at the bytes.
    stream.on('data', (bytes: Buffer) => {
      if (client.closed) return;
      const verdict = meter.pass(bytes);
      if (verdict === 'ok') return;
      tell(verdict, peer.box);
      client.close();
    });
    stream.once('close', () => {
      if (live.get(peer.box) === client) live.delete(peer.box);
    });
  }

  const publish = promisify(broker.publish.bind(broker)) as (packet: PublishPacket) => Promise<void>;

  async function close(): Promise<void> {
    if (closing) return;
    closing = true;
    await Promise.allSettled(inHand);
    await promisify(broker.close.bind(broker))();
    await Promise.all(listeners.map((listener) => listener.close()));
  }

  return {
    async publish(topic, payload, { qos, retain }) {
      if (closing) throw problem('broker_closed');
      if (!mayFleetPublish(topic)) throw problem('topic_foreign');
      if (payload.length > MAX_MESSAGE_BYTES) throw problem('message_large', topic);
      await publish({ cmd: 'publish', topic, payload: Buffer.from(payload), qos, retain, dup: false });
    },
    onMessage: (filter, take) => takers.add(filter, take),
    async start() {
      const refused = () => counters.add('broker.handshake_failed');
      try {
        listeners.push(await listenTls(identity, listen, accept, refused));
        if (webSocket) listeners.push(await listenWebSocket(identity, webSocket, accept, refused));
      } catch (cause) {
        await close();
        throw cause;
      }
    },
    get ports() {
      return { tls: listeners[0]?.port ?? 0, webSocket: listeners[1]?.port ?? null };
    },
    async kick(box) {
      const client = live.get(box);
      if (client) {
        const gone = new Promise((resolve) => client.conn.once('close', resolve));
        client.close();
        await gone;
      }
      await sessions.forget(box);
      counters.add('broker.kicked');
    },
    connected: () => new Set(live.keys()),
    renewed(next) {
      for (const listener of listeners) listener.renewed(next);
    },
    close,
  };
}

/** Resolves to nothing: the turns of a connection are a chain that must not keep what is behind. */
async function bothOf(one: Promise<void> | undefined, other: Promise<void>): Promise<void> {
  await Promise.all([one, other]);
}

/** What `answer` says, unless it says nothing for too long. */
function withinTime<Answer>(answer: Promise<Answer>, clock: Clock): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ADMISSION_MS, () => reject(new Error('no answer')));
    answer.then(resolve, reject).finally(cancel);
  });
}
