/** A box at the other end of an MQTT connection, as far as a broker sees it: mqtt.js with a client certificate. */
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { Issued } from '../../fleet/broker/testing/certificates.ts';

export interface Said {
  readonly topic: string;
  readonly text: string;
  readonly retained: boolean;
}

export interface MqttBox {
  readonly client: MqttClient;
  /** What it was told, in order. */
  readonly told: readonly Said[];
  /** Resolves once it was told something that `wanted` likes. */
  hears(wanted: (said: Said) => boolean): Promise<Said>;
  /** Resolves when its connection has ended. */
  readonly closed: Promise<unknown>;
  /** Ends it as a power cut does, with no DISCONNECT. */
  cut(): void;
}

export interface Where {
  readonly url: string;
  /** PEM that the server is trusted by. */
  readonly authority: string;
}

/** Connects; rejects when it is not let in. It does not come back by itself, unless `options` say so. */
export async function mqttBox(where: Where, id: string, issued: Issued | null, options: IClientOptions = {}) {
  const client = mqtt.connect(where.url, {
    ca: where.authority,
    ...(issued ? { key: issued.key, cert: issued.certificate } : {}),
    clientId: id,
    clean: true,
    protocolVersion: 4,
    reconnectPeriod: 0,
    keepalive: 60,
    connectTimeout: 5000,
    ...options,
  });
  const told: Said[] = [];
  const waiting = new Set<() => void>();
  client.on('message', (topic, payload, packet) => {
    told.push({ topic, text: payload.toString(), retained: packet.retain });
    for (const look of waiting) look();
  });
  const closed = new Promise((resolve) => client.once('close', () => resolve(null)));
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('error', reject);
      if (options.reconnectPeriod === undefined) client.once('close', () => reject(new Error('closed')));
    });
  } catch (cause) {
    client.end(true);
    throw cause;
  }
  client.on('error', () => {});
  const box: MqttBox = {
    client,
    told,
    closed,
    hears: (wanted) =>
      new Promise((resolve) => {
        const look = () => {
          const found = told.find(wanted);
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    cut() {
      client.options.reconnectPeriod = 0;
      client.stream.destroy();
    },
  };
  return box;
}

/** Subscribes, and says what was granted: 128 is a refusal (MQTT 3.1.1, 3.9.3). Null: the connection ended. */
export function subscribes(box: MqttBox, ...filters: string[]): Promise<readonly number[] | null> {
  const answer = new Promise<readonly number[]>((resolve) => {
    box.client.on('packetreceive', (packet) => {
      if (packet.cmd === 'suback') resolve(packet.granted as number[]);
    });
  });
  box.client.subscribe(filters, { qos: 1 }, () => {});
  return Promise.race([answer, box.closed.then(() => null)]);
}

/** Publishes; true once acknowledged, false when the connection ended before. */
export function publishes(box: MqttBox, topic: string, payload: string | Buffer, retain = false): Promise<boolean> {
  const acknowledged = box.client.publishAsync(topic, payload, { qos: 1, retain }).then(
    () => true,
    () => false,
  );
  return Promise.race([acknowledged, box.closed.then(() => false)]);
}

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
};

/** A control packet whose contents nobody has checked (MQTT 3.1.1, 2.2). */
function packet(type: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  for (let rest = body.length; ; rest >>= 7) {
    length.push((rest & 127) | (rest > 127 ? 128 : 0));
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([type, ...length]), body]);
}

const IDENTIFIER = Buffer.from([0x7f, 0x01]);

/** SUBSCRIBE at QoS 1, whatever the filters are. */
export const rawSubscribe = (...filters: readonly string[]): Buffer =>
  packet(0x82, IDENTIFIER, ...filters.flatMap((filter) => [text(filter), Buffer.from([1])]));

/** PUBLISH at QoS 0 or 1, whatever the topic is. */
export const rawPublish = (topic: string, payload: string | Buffer, qos: 0 | 1): Buffer =>
  packet(0x30 | (qos << 1), text(topic), ...(qos ? [IDENTIFIER] : []), Buffer.from(payload));
