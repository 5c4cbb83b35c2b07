/** Some thousand boxes as a broker sees them, in one process: each its own connection by its own certificate, its last will, its outbox. */
import { createHash, randomBytes } from 'node:crypto';
import { systemChance } from '@belkluis/shared/base/chance';
import { newUlid } from '@belkluis/shared/base/ulid';
import { type GaugeName, gauges } from '@belkluis/shared/contract/gauges';
import { BROADCAST_TOPIC, downFilter, downTopic, upTopic } from '@belkluis/shared/contract/topics';
import mqtt, { type MqttClient } from 'mqtt';
import { pauseAfter } from '../../appliance/uplink/backoff.ts';
import { KEEP_ALIVE_S } from '../../appliance/uplink/limits.ts';
import { reportedSample } from '../../appliance/uplink/testing/sample.ts';
import type { EnrolledBox } from '../../test/peers/enrolled-boxes.ts';
import { type Asked, type Heard, SAMPLED, type Sample, type Told } from './fleet-terms.ts';

/** Boxes that begin to connect at once, when they begin for the first time. */
const AT_ONCE = 40;

const REPORT_MS = 500;

/** How long what was said may take to be acknowledged at the end, ms. */
const PATIENCE_MS = 120_000;

/** Every gauge that there is: a message of the size that a box with everything has. */
const middling = Object.fromEntries(
  (Object.keys(gauges) as GaugeName[]).map((name) => [name, Math.floor((gauges[name].min + gauges[name].max) / 2)]),
);

let connected = 0;
let measuring = false;
let isMeasured = false;
let measured = 0;
let isQuiet = false;
let tookMs: number[] = [];
const all: Box[] = [];

class Box {
  readonly #asked: Asked;
  readonly #own: EnrolledBox;
  readonly #boot = randomBytes(16).toString('hex');
  #client: MqttClient | null = null;
  #isUp = false;
  #failures = 0;
  #conn = 0;
  said = 0;
  acknowledged = 0;
  wanted = false;
  #applied: { readonly version: number; readonly hash: string };

  constructor(asked: Asked, own: EnrolledBox) {
    this.#asked = asked;
    this.#own = own;
    this.#applied = { version: 1, hash: asked.policyHash };
  }

  get id(): string {
    return this.#own.id;
  }

  #bytes(body: unknown, seq: number, id = newUlid(Date.now(), systemChance)): Buffer {
    return Buffer.from(JSON.stringify({ v: 1, id, ts: Date.now(), seq, body }));
  }

  #presence(is: 'online' | 'offline'): Buffer {
    const { serial: certificate } = this.#own;
    const about = {
      is,
      boot: this.#boot,
      conn: this.#conn,
      software: 'v0.5.0',
      policyVersion: this.#applied.version,
      reads: 1,
    };
    return this.#bytes({ ...about, certificate }, this.said);
  }

  #report(): void {
    const policy = { applied: this.#applied, pending: null, rejected: null };
    const bytes = this.#bytes({ ...reportedSample, policy }, this.said);
    this.#client!.publish(upTopic('reported', this.id), bytes, { qos: 1, retain: true });
  }

  /** The policy is wanted: it is in force, and that is said. */
  #apply(bytes: Buffer): void {
    this.wanted = true;
    const { body } = JSON.parse(bytes.toString()) as { body: { payload: string } };
    const payload = Buffer.from(body.payload, 'base64');
    const { version } = JSON.parse(payload.toString()) as { version: number };
    if (version === this.#applied.version) return;
    this.#applied = { version, hash: createHash('sha256').update(payload).digest('hex') };
    this.#report();
  }

  /** Resolves when it is connected for the first time. */
  connect(): Promise<void> {
    const { id, key, certificate } = this.#own;
    const will = { topic: upTopic('presence', id), payload: this.#presence('offline'), qos: 1 as const, retain: true };
    const client = mqtt.connect(this.#asked.url, {
      ...{ key, cert: certificate, ca: this.#asked.authority, minVersion: 'TLSv1.3' as const },
      ...{ clientId: id, protocolVersion: 4, clean: false, keepalive: KEEP_ALIVE_S, connectTimeout: 30_000 },
      ...{ will, resubscribe: false, reconnectPeriod: pauseAfter(0, systemChance) },
    });
    this.#client = client;
    client.on('error', () => {});
    client.on('message', (topic, bytes) => {
      if (topic === downTopic('desired', id) && bytes.length > 0) this.#apply(bytes);
    });
    client.on('close', () => {
      if (this.#isUp) connected--;
      this.#isUp = false;
      // For the pause after the next one that fails: mqtt.js has begun this one.
      client.options.reconnectPeriod = pauseAfter(++this.#failures, systemChance);
    });
    return new Promise((resolve) => {
      client.on('connect', () => {
        connected++;
        this.#isUp = true;
        this.#failures = 0;
        this.#conn++;
        client.options.reconnectPeriod = pauseAfter(0, systemChance);
        client.options.will = { ...will, payload: this.#presence('offline') };
        client.publish(upTopic('presence', id), this.#presence('online'), { qos: 1, retain: true });
        client.subscribe([downFilter(id), BROADCAST_TOPIC], { qos: 1 });
        this.#report();
        resolve();
      });
    });
  }

  /** Each so often, from a moment of its own on. */
  speak(): void {
    const { healthMs } = this.#asked;
    setTimeout(() => {
      this.#say();
      setInterval(() => this.#say(), healthMs);
    }, Math.random() * healthMs);
  }

  #say(): void {
    if (isQuiet) return;
    const at = Date.now();
    const id = newUlid(at, systemChance);
    const body = { from: at, until: at, samples: 1, gauges: middling, findings: [] };
    const bytes = this.#bytes(body, ++this.said, id);
    const began = performance.now();
    const counts = measuring;
    if (counts) measured++;
    // At once: it is looked for from now on.
    if (counts && Math.random() * SAMPLED < 1) report(undefined, [[this.id, id, at]]);
    this.#client!.publish(upTopic('health', this.id), bytes, { qos: 1 }, (error) => {
      if (error) return;
      this.acknowledged++;
      if (counts) tookMs.push(performance.now() - began);
    });
  }

  end(): void {
    this.#client?.end(true);
  }
}

function report(totals?: Heard['totals'], samples: readonly Sample[] = []): void {
  const wanted = all.filter((box) => box.wanted).length;
  process.send!({
    connected,
    wanted,
    measured,
    isMeasured,
    tookMs,
    samples,
    ...(totals && { totals }),
  } satisfies Heard);
  tookMs = [];
}

async function go(asked: Asked): Promise<void> {
  all.push(...asked.boxes.map((own) => new Box(asked, own)));
  const queue = all.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const box of queue) {
        await box.connect();
        box.speak();
      }
    }),
  );
}

process.on('message', (told: Told) => {
  if ('go' in told) {
    setInterval(report, REPORT_MS);
    void go(told.go);
  } else if ('measure' in told) {
    measuring = told.measure;
    isMeasured = !measuring;
    report();
  } else if ('count' in told) for (const box of all) box.wanted = false;
  else {
    isQuiet = true;
    const since = Date.now();
    const waiting = setInterval(() => {
      const isOver = Date.now() - since > PATIENCE_MS || all.every(({ said, acknowledged }) => said === acknowledged);
      if (!isOver) return;
      clearInterval(waiting);
      report(all.map(({ id, said, acknowledged }) => [id, said, acknowledged]));
      for (const box of all) box.end();
      setTimeout(() => process.exit(0), 500);
    }, REPORT_MS);
  }
});
process.on('disconnect', () => process.exit(0));
