/** A broker beside the fleet, by URL: Mosquitto, or another that speaks MQTT 3.1.1 with client certificates. */
import type { PeerCertificate, SecureContextOptions } from 'node:tls';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Log } from '@belkluis/shared/base/log';
import { MAX_MESSAGE_BYTES } from '@belkluis/shared/contract/limits';
import mqtt, { type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import type { Broker } from '../broker.ts';
import { MAX_BROKEN, MAX_READ, REACH_MS, RECONNECT_MS } from '../limits.ts';
import { problem } from '../problems.ts';
import { mayFleetPublish } from '../rights.ts';
import { Takers } from '../takers.ts';
import { Hand } from './hand.ts';
import { isFleetName, nameIn, selfTopic } from './names.ts';

/** PEM. */
export interface FleetIdentity {
  readonly key: string;
  /**
   * Its common name is what the broker knows the process by: the same at each start, another for each process of a fleet. Under it the broker
   * keeps what comes while this one is away.
   */
  readonly certificate: string;
  /** Who signs the broker's certificate. */
  readonly authority: string;
}

export interface ExternalOptions {
  /** `mqtts://host:port`: the listener for the fleet. */
  readonly url: string;
  readonly identity: FleetIdentity;
  /** Whether the broker's certificate is for it; absent: it has to be for the host of the URL. */
  readonly identifies?: ((peer: PeerCertificate) => Error | undefined) | undefined;
  readonly counters: Counters;
  readonly log: Log;
}

export interface ExternalBroker extends Broker {
  /** New connections show this one. */
  renewed(identity: FleetIdentity): void;
}

/** @throws Problem `fleet_name_invalid`. */
export function openExternal({ url, identity, identifies, counters, log }: ExternalOptions): ExternalBroker {
  const name = nameIn(identity.certificate);
  if (!isFleetName(name)) throw problem('fleet_name_invalid', name);
  const takers = new Takers();
  const keysOf = ({ key, certificate: cert, authority: ca }: FleetIdentity) => ({ key, cert, ca });
  const options: IClientOptions & Pick<SecureContextOptions, 'minVersion'> = {
    ...keysOf(identity),
    ...(identifies && { checkServerIdentity: (_host: string, peer: PeerCertificate) => identifies(peer) }),
    minVersion: 'TLSv1.3',
    protocolVersion: 4,
    connectTimeout: REACH_MS,
    keepalive: 30,
  };
  const client = mqtt.connect(url, {
    ...options,
    clientId: name,
    clean: false,
    manualConnect: true,
    resubscribe: false,
    reconnectPeriod: RECONNECT_MS,
  });
  let subscribed = false;
  let closing = false;
  // Of this connection: what one before it brought may still wait for answers that this one brings.
  let hand = new Hand(MAX_READ);
  let heardMyself = () => {};

  async function take(packet: IPublishPacket): Promise<void> {
    const stream = client.stream;
    const mine = hand;
    mine.taken();
    try {
      await takers.give({
        topic: packet.topic,
        payload: Buffer.from(packet.payload),
        qos: packet.qos === 0 ? 0 : 1,
        retained: packet.retain,
        again: packet.dup,
      });
      // On the connection that brought it: on the next one its identifier may be another message's (MQTT 3.1.1, 3.4 and 4.4).
      if (packet.qos > 0 && stream === client.stream && !stream.destroyed) stream.write(puback(packet.messageId!));
    } catch {
      counters.add('broker.not_kept');
      // The broker sends again what was not acknowledged, and only on a new connection.
      if (stream === client.stream) stream.destroy();
    } finally {
      mine.kept();
    }
  }

  // mqtt.js would take one message at a time, and acknowledge on whatever connection there is by then. With an error for an answer it goes
  // on and leaves the acknowledgement to us (docs/decisions/0134).
  client.handleMessage = (packet, callback) => {
    if (packet.topic === selfTopic(name)) {
      heardMyself();
      return callback();
    }
    counters.add('broker.heard');
    void take(packet);
    hand.whenRoom(() => callback(packet.qos > 0 ? new Error('acknowledged once kept') : undefined));
  };

  async function subscribe(): Promise<void> {
    // Mosquitto grants whatever is asked for, and delivers nothing of what it does not allow. It shows on what one says, so the fleet first says
    // something to itself.
    const heard = new Promise<void>((resolve) => {
      heardMyself = resolve;
    });
    await client.subscribeAsync(selfTopic(name), { qos: 0 });
    client.publish(selfTopic(name), '.', { qos: 0 });
    await answered(client, heard);
    await client.subscribeAsync([...takers.filters], { qos: 1 });
    subscribed = true;
  }

  client.on('connect', ({ sessionPresent }) => {
    hand = new Hand(MAX_READ);
    counters.add('broker.reached');
    log('broker_reached', { session: sessionPresent });
  });
  client.on('close', () => {
    if (!closing) counters.add('broker.lost');
  });
  client.on('error', (error: Error & { code?: string | number }) => {
    log('broker_unreachable', { code: String(error.code ?? error.name) });
  });

  return {
    async publish(topic, payload, { qos, retain }) {
      if (closing) throw problem('broker_closed');
      if (!mayFleetPublish(topic)) throw problem('topic_foreign');
      if (payload.length > MAX_MESSAGE_BYTES) throw problem('message_large', topic);
      try {
        await client.publishAsync(topic, Buffer.from(payload), { qos, retain });
      } catch (cause) {
        throw problem('broker_unreachable', undefined, cause);
      }
    },
    onMessage: (filter, give) => takers.add(filter, give),
    async start() {
      let broken = 0;
      const begun = new Promise<void>((resolve, reject) => {
        client.on('connect', ({ sessionPresent }) => {
          if (subscribed && sessionPresent) return;
          subscribe().then(resolve, (cause) => {
            // The connection may have broken by itself; or the broker ended it, which it does again.
            if (client.connected || ++broken >= MAX_BROKEN) reject(problem('broker_refused', name, cause));
          });
        });
        client.once('end', () => reject(problem('broker_closed')));
      });
      client.connect();
      await begun;
    },
    async kick(box) {
      // MQTT 3.1.1, 3.1.4: who connects under an id ends the connection that has it; clean, and its session goes too.
      const other = mqtt.connect(url, { ...options, clientId: box, clean: true, reconnectPeriod: 0 });
      try {
        await new Promise<void>((resolve, reject) => {
          other.once('connect', () => resolve());
          other.once('close', () => reject(new Error('closed')));
          other.on('error', reject);
        });
        await other.endAsync();
        counters.add('broker.kicked');
      } catch (cause) {
        other.end(true);
        throw problem('kick_failed', undefined, cause);
      }
    },
    connected: () => null,
    renewed(next) {
      for (const one of [options, client.options]) Object.assign(one, keysOf(next));
    },
    async close() {
      if (closing) return;
      closing = true;
      // mqtt.js would begin again when a connection that it was just making ends after this.
      client.options.reconnectPeriod = 0;
      // One that was never begun has no end either.
      if (!client.stream) return;
      // What is in hand comes again. Without a connection there is nobody to say goodbye to.
      await client.endAsync(!client.connected);
    },
  };
}

/** `answer`, unless the connection ends or nothing comes. */
function answered(client: MqttClient, answer: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      client.off('close', fail);
      settle();
    };
    const fail = () => end(() => reject(new Error('no answer')));
    const timer = setTimeout(fail, REACH_MS);
    client.once('close', fail);
    void answer.then(() => end(resolve));
  });
}

/** MQTT 3.1.1, 3.4. */
const puback = (id: number): Buffer => Buffer.from([0x40, 2, id >> 8, id & 255]);
