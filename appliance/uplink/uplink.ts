/** The box's one connection to its fleet: begun again for ever, with everything kept that could not be said. */
import { X509Certificate } from 'node:crypto';
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import type { Log } from '@belkluis/shared/base/log';
import { certificateSerial, versionTag } from '@belkluis/shared/contract/fields';
import { CONTRACT_VERSION } from '@belkluis/shared/contract/limits';
import { stamp } from '@belkluis/shared/contract/message';
import { type Presence, presence } from '@belkluis/shared/contract/presence';
import { pauseAfter } from './backoff.ts';
import { type Hears, hearing } from './hear.ts';
import { HEALTH_EVERY_MS, KEEP_ALIVE_S, STABLE_MS } from './limits.ts';
import { type Credentials, type Link, type LinkFault, openLink } from './link.ts';
import { presenceBytes, type Session, startSession, type Tells } from './session.ts';
import { openStore } from './store.ts';

export interface UplinkOptions {
  /** Of the database. */
  readonly path: string;
  readonly boxId: string;
  /** `mqtts://…`, or `wss://…` where only 443 is open; asked at each connection, before the credentials. */
  readonly url: string | (() => string);
  /** Asked at each connection: they are renewed while the box runs. */
  readonly credentials: () => Credentials;
  /** Of the program, as in package.json. */
  readonly version: string;
  /** Of the policy in force; null: there is none. */
  readonly policyVersion: () => number | null;
  readonly tells: Tells;
  readonly hears: Hears;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly healthEveryMs?: number;
  readonly keepAliveS?: number;
}

const HOUR_MS = 3_600_000;

/** How long a stop waits for the broker, ms. */
const GOODBYE_MS = 2000;

export interface UplinkStatus {
  readonly state: 'online' | 'connecting' | 'waiting';
  /** Since when it is so, wall clock, ms. */
  readonly since: number;
  /** When the fleet was last there, wall clock, ms: now, while it is; null: not since the start. */
  readonly lastAt: number | null;
  /** Why the last connection ended or did not come about; null: none has. */
  readonly fault: LinkFault | null;
  /** Messages that wait. */
  readonly queued: number;
  /** Connections that began within the last hour. */
  readonly connections: number;
  /** Messages that were not understood since the start. */
  readonly refused: number;
}

export interface Uplink {
  status(): UplinkStatus;
  /** Something changed that is reported: a policy, keys. */
  changed(): void;
  /** Shows the head of the audit log to its witness now, and not only when its time comes. */
  showLog(): void;
  /** Samples health now, and not only when its time comes. */
  sample(): Promise<void>;
  /** Asks for a certificate, PKCS #10 as base64; the id that its answer has. */
  requestCertificate(csr: string): string;
  /** Begins a connection anew, with new credentials. */
  reconnect(): void;
  stop(): Promise<void>;
}

/** Opens the database, and begins to connect. @throws Problem of `appliance/db`. */
export function startUplink(options: UplinkOptions): Uplink {
  const { boxId, url, clock, chance, log, tells, healthEveryMs = HEALTH_EVERY_MS, keepAliveS = KEEP_ALIVE_S } = options;
  const store = openStore(options);
  const counters = new Counters();
  const boot = randomHex(chance, 16);
  let conn = 0;
  let shown: string | undefined;
  let link: Link | null = null;
  let session: Session | null = null;
  let failures = 0;
  let fault: LinkFault | null = null;
  let since = clock.now();
  let lastAt: number | null = null;
  let began: number[] = [];
  let isStopped = false;
  let cancelPause: Cancel = () => {};
  let cancelStable: Cancel = () => {};
  let cancelHealth: Cancel = () => {};

  const presenceOf = (is: Presence['is']): Presence => ({
    is,
    boot,
    conn,
    software: versionTag(options.version),
    policyVersion: options.policyVersion(),
    reads: CONTRACT_VERSION,
    ...(shown === undefined ? {} : { certificate: shown }),
  });

  const hear = hearing({
    boxId,
    store,
    hears: options.hears,
    sync: () => void session?.tell(true),
    queued: () => session?.send(),
    log,
    counters,
  });

  function open(): void {
    conn = store.nextConnection();
    since = clock.now();
    const address = typeof url === 'function' ? url() : url;
    const credentials = options.credentials();
    shown = serialOf(credentials);
    const will = {
      topic: presence.topic(boxId),
      bytes: presenceBytes(presenceOf('offline'), { clock, chance, store }),
    };
    const opened: Link = openLink({
      url: address,
      boxId,
      credentials,
      will,
      keepAliveS,
      onUp: () => {
        since = clock.now();
        began.push(clock.monotonic());
        log('uplink_online', { conn });
        cancelStable = clock.after(STABLE_MS, () => {
          failures = 0;
        });
        session = startSession({ boxId, link: opened, store, clock, chance, tells, log, presence: presenceOf });
      },
      onMessage: hear,
      onDown: (why) => down(opened, why),
    });
    link = opened;
  }

  function connect(): void {
    try {
      open();
    } catch (error) {
      log('uplink_unready', { why: (error as { code?: string }).code ?? 'internal' });
      wait('unready');
    }
  }

  function wait(why: LinkFault): void {
    fault = why;
    since = clock.now();
    const pauseMs = pauseAfter(failures, chance);
    failures += 1;
    log('uplink_down', { why, pauseMs });
    cancelPause = clock.after(pauseMs, connect);
  }

  function down(ended: Link, why: LinkFault): void {
    if (ended !== link) return;
    if (session) lastAt = clock.now();
    session?.end();
    session = null;
    link = null;
    cancelStable();
    if (!isStopped) wait(why);
  }

  async function sample(): Promise<void> {
    const { gauges, findings } = await tells.health();
    if (isStopped) return;
    const at = stamp(clock.now());
    store.sample({ from: at, until: at, samples: 1, gauges, findings });
    session?.send();
    await session?.tell(false);
  }

  async function sampleOnTime(): Promise<void> {
    cancelHealth = clock.after(healthEveryMs, () => void sampleOnTime());
    try {
      await sample();
    } catch (error) {
      log('uplink_sample_failed', { why: (error as { code?: string }).code ?? (error as Error).message });
    }
  }

  /** Ends a connection in order where the broker answers in time, so that its will is not told; else as it may. */
  async function goodbye(from: Link, sleeping: Session | null): Promise<void> {
    const patience = new Promise<void>((resolve) => {
      setTimeout(resolve, GOODBYE_MS).unref();
    });
    if (sleeping) await Promise.race([sleeping.sleep().catch(() => {}), patience]);
    await Promise.race([from.close(), patience]);
    from.cut();
  }

  connect();
  void sampleOnTime();

  return {
    status() {
      const now = clock.monotonic();
      began = began.filter((at) => now - at < HOUR_MS);
      return {
        state: session ? 'online' : link ? 'connecting' : 'waiting',
        since,
        lastAt: session ? clock.now() : lastAt,
        fault,
        queued: store.outbox.waiting(),
        connections: began.length,
        refused: counters.get('uplink_refused'),
      };
    },
    changed: () => void session?.tell(false),
    showLog: () => void session?.showLog(),
    sample,
    requestCertificate(csr) {
      const id = store.outbox.add('csr', { csr });
      session?.send();
      return id;
    },
    reconnect() {
      failures = 0;
      cancelPause();
      const [old, said] = [link, session];
      link = null;
      session = null;
      if (said) lastAt = clock.now();
      said?.end();
      if (old) void goodbye(old, null).then(() => isStopped || link || connect());
      else connect();
    },
    async stop() {
      isStopped = true;
      cancelPause();
      cancelStable();
      cancelHealth();
      if (link) await goodbye(link, session);
      session?.end();
      store.close();
    },
  };
}

/** Of the certificate, as presence says it; of one that no fleet of ours issued nothing is said. */
function serialOf({ certificate }: Credentials): string | undefined {
  const serial = new X509Certificate(certificate).serialNumber.toLowerCase();
  return certificateSerial.safeParse(serial).data;
}
