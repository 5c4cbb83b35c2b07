/** One MQTT 3.1.1 connection over TLS with the box's certificate (mqtt.js). It never comes back by itself: that is the uplink's to decide. */
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { CONNECT_TIMEOUT_MS } from './limits.ts';

/** How the box shows who it is, and whom it believes. PEM. */
export interface Credentials {
  readonly key: string;
  /** The box's certificate, with the authorities between it and the fleet's. */
  readonly certificate: string;
  /** The fleet's authority: nobody else's signature counts, not even the system's. */
  readonly authority: string;
}

/** Why there is no connection. */
export type LinkFault =
  /** The box cannot begin: its certificate or key cannot be read, its disk takes nothing. */
  | 'unready'
  /** No such name, no way there, nobody listens. */
  | 'unreachable'
  /** The other side is not the fleet, or says that this certificate is none of its own. */
  | 'untrusted'
  /** The fleet was reached, and does not let this box in. */
  | 'refused'
  /** It was there, and broke. */
  | 'lost';

export interface LinkOptions {
  /** `mqtts://host:8883`, or `wss://host/path` where only 443 is open. */
  readonly url: string;
  readonly boxId: string;
  readonly credentials: Credentials;
  readonly will: { readonly topic: string; readonly bytes: Buffer };
  /** Seconds without a word after which it asks whether the other side is there. */
  readonly keepAliveS: number;
  /** The broker has said yes. */
  readonly onUp: () => void;
  /** A message came. It is acknowledged when this is done; when it fails the connection is cut, and the message comes again with the next. */
  readonly onMessage: (topic: string, bytes: Buffer) => Promise<void>;
  /** It is over. Called once. */
  readonly onDown: (fault: LinkFault) => void;
}

export interface Link {
  /** Resolves when the broker has acknowledged it (QoS 1); never when the connection is over before. */
  publish(topic: string, bytes: Buffer, retain: boolean): Promise<void>;
  /** Resolves when the broker has granted all (QoS 1). Refused: the connection is cut. */
  subscribe(filters: readonly string[]): Promise<void>;
  /** Says goodbye in order; the will is not told. */
  close(): Promise<void>;
  /** Ends it at once, as a cut wire does. */
  cut(): void;
}

const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);

function faultOf(error: unknown): LinkFault {
  const { code, message = '' } = (error ?? {}) as { code?: unknown; message?: string };
  // CONNACK return codes (MQTT 3.1.1 3.2.2.3).
  if (typeof code === 'number') return 'refused';
  if (typeof code !== 'string') return /TLS|certificate/i.test(message) ? 'untrusted' : 'unreachable';
  if (UNREACHABLE.has(code)) return 'unreachable';
  return /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|HOSTNAME|EPROTO)/.test(code) ? 'untrusted' : 'lost';
}

export function openLink(options: LinkOptions): Link {
  const { url, boxId, credentials, will, keepAliveS, onUp, onMessage, onDown } = options;
  const { key, certificate: cert, authority: ca } = credentials;
  const tls = { key, cert, ca, minVersion: 'TLSv1.3' as const, rejectUnauthorized: true };
  const asked: IClientOptions = {
    ...tls,
    wsOptions: tls,
    clientId: boxId,
    protocolVersion: 4,
    clean: false,
    keepalive: keepAliveS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    reconnectPeriod: 0,
    resubscribe: false,
    will: { topic: will.topic, payload: will.bytes, qos: 1, retain: true },
  };
  const client: MqttClient = mqtt.connect(url, asked);
  let wasReached = false;
  let wasUp = false;
  let fault: LinkFault | null = null;
  let isOver = false;
  const cut = () => void client.end(true);
  client.on('connect', () => {
    wasUp = true;
    onUp();
  });
  const failed = (error: unknown) => {
    fault ??= faultOf(error);
  };
  client.on('error', failed);
  // With TLS 1.3 the broker judges our certificate after we are through: by an alert, which mqtt.js does not pass on, or by closing (Node's).
  client.stream.on('error', failed).on('secureConnect', () => {
    wasReached = true;
  });
  client.on('close', () => {
    if (isOver) return;
    isOver = true;
    client.end(true);
    onDown(fault ?? (wasUp ? 'lost' : wasReached ? 'refused' : 'unreachable'));
  });
  // mqtt.js acknowledges when this calls back, and reads nothing more before.
  client.handleMessage = (packet, done) => {
    const bytes = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    onMessage(packet.topic, bytes).then(() => done(), cut);
  };
  return {
    publish: (topic, payload, retain) =>
      new Promise((resolve) => {
        client.publish(topic, payload, { qos: 1, retain }, (error) => {
          if (!error) resolve();
        });
      }),
    subscribe: (filters) =>
      new Promise((resolve) => {
        client.subscribe([...filters], { qos: 1 }, (error, granted) => {
          if (!error && granted?.every(({ qos }) => qos === 1)) resolve();
          else cut();
        });
      }),
    close: () =>
      new Promise((resolve) => {
        client.end(false, {}, () => resolve());
      }),
    cut,
  };
}
