/**
 * What the process does by itself, each in its own time. Where several processes are one fleet each of them does all of it: what one has done
 * leaves nothing to do for the others, in one transaction or by what it writes being the same.
 */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { openIdempotency } from './api/idempotency.ts';
import type { Broker } from './broker/broker.ts';
import type { Tell } from './compliance/parts.ts';
import type { KeyAndChain } from './enrolment/ca.ts';
import { every, untilDone } from './every.ts';
import type { Change } from './inventory/heard.ts';
import { openHistory } from './inventory/history.ts';
import { DAY_MS, HOUR_MS, OFFLINE_GRACE_MS } from './inventory/limits.ts';
import { settleGone } from './inventory/store.ts';
import type { MosquittoFiles } from './join-mosquitto.ts';
import { lookAtSoftware } from './join-software.ts';
import { SILENT_EVERY_MS } from './join-witness.ts';
import type { Rooms } from './open-rooms.ts';

/** How soon a box that was revoked at a terminal or by another process is out, ms. */
const KICK_EVERY_MS = 2000;

/** Clocks of processes of one fleet differ by less, ms. */
const CLOCKS_APART_MS = 60_000;

/** What is in the fleet's log is signed this often, ms. */
const CHECKPOINT_EVERY_MS = 15 * 60_000;

/** Incidents reach people within an hour; whoever is not reached is tried this often, ms. */
const TELL_EVERY_MS = 60_000;

/** Identity providers that another process added are connected to after this long, ms. */
const PLACES_EVERY_MS = 30_000;

/** What boxes run is compared with what is known of it, ms: whoever has just brought an advisory looks whom it is about. */
const SOFTWARE_EVERY_MS = 60_000;

const SETTLE_EVERY_MS = 5000;
const HISTORY_EVERY_MS = 5 * 60_000;

type Job = readonly [everyMs: number, name: string, job: () => Promise<unknown>];

interface Parts {
  /** Null: the broker is in the process. */
  readonly mosquitto: MosquittoFiles | null;
  readonly rooms: Rooms;
  readonly broker: Broker;
  readonly clock: Clock;
  readonly log: Log;
  readonly changed: (changes: readonly Change[]) => void;
  /** Raises the alarm about boxes whose log is not heard of. */
  readonly findSilent: () => Promise<unknown>;
  readonly alertJobs: readonly Job[];
  /** Nobody waits for the log of this box any more. */
  readonly dismiss: (box: string) => Promise<void>;
  /** Brings agreements that end, new sub-processors and incidents to people. */
  readonly tell: Tell;
  /** The fleet's own certificate is another. */
  readonly renewed: (certificate: KeyAndChain) => Promise<void>;
}

/** Returns what ends them, after those that run. */
export function startJobs({
  mosquitto,
  rooms,
  broker,
  clock,
  log,
  changed,
  alertJobs,
  findSilent,
  dismiss,
  tell,
  renewed,
}: Parts): () => Promise<void> {
  const { database, identities, access, ca, enrolment, audit, logKey, compliance } = rooms;
  const history = openHistory({ database: database.kysely, clock });
  const kicked = new Set<string>();
  const dismissed = new Set<string>();
  let looked = clock.now() - DAY_MS;
  let running = true;
  const goesOn = () => running;

  async function kickRevoked(): Promise<void> {
    const now = clock.now();
    const revoked = await identities.revokedSince(looked - CLOCKS_APART_MS);
    const there = broker.connected();
    for (const done of [kicked, dismissed]) for (const box of done) if (!revoked.includes(box)) done.delete(box);
    for (const box of revoked) {
      if (!dismissed.has(box)) await dismiss(box);
      dismissed.add(box);
      // A broker that tells who is there is asked again; another is told once.
      if (there ? !there.has(box) : kicked.has(box)) continue;
      await mosquitto?.writeList();
      await broker.kick(box);
      kicked.add(box);
      log('box_kicked', { box });
    }
    looked = now;
  }

  async function signLog(): Promise<void> {
    // Before the first event there is nothing to sign.
    if ((await audit.head()).size > 0) await audit.checkpoint(logKey);
  }

  /** Other terms become a version; and somebody has to say now and then that they are true. */
  async function lookAtTerms(): Promise<void> {
    const { version, reviewDueAt } = await compliance.terms.newest();
    if (reviewDueAt <= clock.now()) log('terms_review_due', { version });
  }

  async function renewOwn(): Promise<void> {
    await renewed(await ca.server(clock.now()));
    if (await mosquitto?.write()) log('broker_files_changed', {});
  }

  const jobs: readonly Job[] = [
    ...alertJobs,
    [KICK_EVERY_MS, 'kick', kickRevoked],
    [SETTLE_EVERY_MS, 'settle', async () => changed(await settleGone(database.kysely, clock.now() - OFFLINE_GRACE_MS))],
    [HISTORY_EVERY_MS, 'pack', () => untilDone(history.pack, goesOn)],
    [HISTORY_EVERY_MS, 'expire', () => untilDone(history.expire, goesOn)],
    [SILENT_EVERY_MS, 'silent', findSilent],
    [CHECKPOINT_EVERY_MS, 'checkpoint', signLog],
    [DAY_MS, 'forget', () => enrolment.forget()],
    [PLACES_EVERY_MS, 'identity_providers', () => access.providers.declareAgain()],
    [HOUR_MS, 'forget_people', () => access.people.forgetExpired()],
    [HOUR_MS, 'forget_answers', () => openIdempotency({ database: database.kysely, clock }).forgetExpired()],
    [DAY_MS, 'forget_events', () => audit.forgetExpired(clock.now())],
    [DAY_MS, 'certificate', renewOwn],
    [HOUR_MS, 'terms', lookAtTerms],
    [SOFTWARE_EVERY_MS, 'software', () => lookAtSoftware(rooms, clock.now())],
    [TELL_EVERY_MS, 'tell', () => compliance.tellAll(tell)],
    ...(mosquitto ? [[HOUR_MS, 'revocation_list', mosquitto.writeList] as const] : []),
  ];
  const ends = jobs.map(([everyMs, name, job]) => every(clock, everyMs, name, log, job));
  return async () => {
    running = false;
    await Promise.all(ends.map((end) => end()));
  };
}
