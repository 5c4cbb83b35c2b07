/**
 * The fleet's own audit log: a Merkle tree (RFC 6962) of salted leaves in the fleet's database, one writer at a time however many processes
 * there are. An event is written in the transaction of its act: neither is there without the other.
 */
import type { KeyObject } from 'node:crypto';
import { hash } from 'node:crypto';
import { canonicalJson, type Json } from '@belkluis/shared/audit/canonical';
import { type Checkpoint, signCheckpoint } from '@belkluis/shared/audit/checkpoint';
import { leafHash, SALT_LENGTH } from '@belkluis/shared/audit/leaf';
import {
  consistencyProof,
  frontierRoot,
  frontierSize,
  type Hash,
  inclusionProof,
  rootOf,
} from '@belkluis/shared/audit/merkle';
import { rawPublicKey } from '@belkluis/shared/audit/note';
import { type AuditProof, buildProof } from '@belkluis/shared/audit/proof';
import { runsOf } from '@belkluis/shared/audit/runs';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { AnyTables } from '../db/open.ts';
import { keysAfter, type Page, type PageAsk, pageOf, rowsOf } from '../db/page.ts';
import { transact } from '../db/transact.ts';
import { checkEvent, type FleetEntry, type FleetEvent, impersonalKinds } from './events.ts';
import { EVENT_DAYS, FORGET_BATCH, LOG_BATCH } from './limits.ts';
import { problem } from './problems.ts';
import { AS_LONG_AS_THE_LOG, type AuditTables } from './tables.ts';
import { alone, appendLeaves, readFrontier, withSubtrees } from './tree.ts';
import { verifyLog } from './verify.ts';

const DAY_MS = 86_400_000;

export interface FleetLogOptions {
  readonly database: AnyTables;
  /** 128 bits of chance, hex: the fleet as it names itself for ever. */
  readonly fleetId: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly chance: Chance;
}

/** One line of the log as it is shown. */
export interface LoggedEvent {
  readonly index: number;
  readonly event: FleetEvent;
}

/** Ids of boxes; other ids of the log are ULIDs. */
const BOX = /^[0-9a-f]{32}$/;

/** The box that an event is about. */
function boxIn({ facts }: FleetEvent): string | null {
  const { box, of } = facts as { box?: string; of?: string };
  return box ?? (of !== undefined && BOX.test(of) ? of : null);
}

/** Origin of the fleet's log: it is not a box's, so no checkpoint of one passes for the other. */
const fleetOrigin = (fleetId: string): string => `fleet/${fleetId}/audit/1`;

export type FleetLog = ReturnType<typeof openFleetLog>;

export function openFleetLog({ database, fleetId, clock, chance }: FleetLogOptions) {
  const origin = fleetOrigin(fleetId);
  const db = database.$extendTables<AuditTables>();
  const within = <Result>(work: (transaction: Kysely<AuditTables>) => Promise<Result>, whole: AnyTables = database) =>
    transact(whole, (transaction) => work(transaction.$extendTables<AuditTables>()));

  async function write(entries: readonly FleetEntry[], transaction: Kysely<AuditTables>): Promise<number> {
    await alone(transaction);
    const now = clock.now();
    const events = entries.map((entry) => {
      const event = checkEvent({ ...entry, at: now });
      const salt = chance.bytes(SALT_LENGTH);
      const body = canonicalJson(event as unknown as Json);
      return { event, salt, body, leaf: leafHash(salt, body) };
    });
    const first = await appendLeaves(
      transaction,
      events.map(({ leaf }) => leaf),
    );
    const rows = events.map(({ event, salt, body }, at) => ({
      position: first + at,
      kind: event.kind,
      msp: ('msp' in event.facts && event.facts.msp) || null,
      box: boxIn(event),
      salt: salt.toString('base64'),
      body,
      expires_at: impersonalKinds.has(event.kind) ? AS_LONG_AS_THE_LOG : event.at + EVENT_DAYS * DAY_MS,
    }));
    await transaction.insertInto('log_bodies').values(rows).execute();
    return first;
  }

  const headIn = async (within: Kysely<AuditTables>): Promise<Checkpoint> => {
    const trees = await readFrontier(within);
    return { origin, size: frontierSize(trees), root: frontierRoot(trees) };
  };

  const noteAt = async (size: number): Promise<string> => {
    const row = await db.selectFrom('log_checkpoints').select('note').where('size', '=', size).executeTakeFirst();
    if (!row) throw problem('log_unsigned', `${size} events`);
    return row.note;
  };

  async function bodyOf(index: number): Promise<{ leaf: Hash; kept: { body: string; salt: Buffer } | null }> {
    const row = await db
      .selectFrom('log_nodes')
      .leftJoin('log_bodies', 'log_bodies.position', 'log_nodes.position')
      .select(['hash', 'salt', 'body'])
      .where('level', '=', 0)
      .where('log_nodes.position', '=', index)
      .executeTakeFirst();
    if (!row) throw problem('event_unknown', String(index));
    const { hash: leaf, salt, body } = row;
    return {
      leaf: Buffer.from(leaf, 'base64'),
      kept: salt !== null && body !== null ? { body, salt: Buffer.from(salt, 'base64') } : null,
    };
  }

  /** `box`: null for all of the MSP. */
  async function eventsAbout(msp: string, box: string | null, ask: PageAsk): Promise<Page<LoggedEvent>> {
    const after = keysAfter(ask, z.tuple([z.number().int()]));
    let query = db
      .selectFrom('log_bodies')
      .select(['position', 'body'])
      .where('msp', '=', msp)
      .orderBy('position', 'desc')
      .limit(rowsOf(ask) + 1);
    if (box !== null) query = query.where('box', '=', box);
    if (after) query = query.where('position', '<', after[0]);
    const page = pageOf(await query.execute(), ask, ({ position }) => [position]);
    const rows = page.rows.map(({ position, body }) => ({ index: position, event: JSON.parse(body) as FleetEvent }));
    return { ...page, rows };
  }

  return {
    origin,
    /**
     * Appends one event, or some in their order. Given the transaction of an act they are committed with it, and go with it when the act
     * fails; without one they are committed alone. @throws when the event is malformed or the database refuses: then nothing may be done.
     */
    async append(entries: FleetEntry | readonly FleetEntry[], transaction?: AnyTables): Promise<void> {
      await within((inner) => write([entries].flat(), inner), transaction);
      commitPoint('fleet.audit_appended');
    },
    head: () => headIn(db),
    /** Signs the head and stores it; the same note again when nothing was appended since. @throws Problem `log_empty`. */
    async checkpoint(privateKey: KeyObject): Promise<string> {
      return await within(async (transaction) => {
        await alone(transaction);
        const head = await headIn(transaction);
        if (head.size === 0) throw problem('log_empty');
        const newest = await transaction
          .selectFrom('log_checkpoints')
          .select('note')
          .where('size', '=', head.size)
          .executeTakeFirst();
        if (newest) return newest.note;
        const note = signCheckpoint(head, privateKey);
        await transaction
          .insertInto('log_checkpoints')
          .values({ size: head.size, note, signed_at: clock.now() })
          .execute();
        return note;
      });
    },
    /** Sizes at which the log was signed, in order. */
    async checkpointSizes(): Promise<readonly number[]> {
      const rows = await db.selectFrom('log_checkpoints').select('size').orderBy('size').execute();
      return rows.map(({ size }) => size);
    },
    /** @throws Problem `log_unsigned`. */
    checkpointAt: noteAt,
    /** Root that the log had when it was `size` events long. @throws RangeError when it is shorter. */
    rootAt: (size: number): Promise<Hash> => withSubtrees(db, (subtrees) => rootOf(subtrees, 0, size)),
    consistency: (first: number, second: number): Promise<Hash[]> =>
      withSubtrees(db, (subtrees) => consistencyProof(subtrees, first, second)),
    /** That an event is in the log, at the checkpoint of `size` events. @throws Problem `event_unknown`, `log_unsigned`. */
    async prove(index: number, size: number): Promise<AuditProof> {
      const { leaf, kept } = await bodyOf(index);
      const checkpoint = await noteAt(size);
      const proof = await withSubtrees(db, (subtrees) => inclusionProof(subtrees, index, size));
      return buildProof({ index, size, leaf, kept, proof, checkpoint });
    },
    /** Whether an event that is still readable is about this MSP: what others may not prove to themselves. */
    async isAbout(msp: string, index: number): Promise<boolean> {
      const row = await db
        .selectFrom('log_bodies')
        .select('position')
        .where('position', '=', index)
        .where('msp', '=', msp)
        .executeTakeFirst();
      return row !== undefined;
    },
    /** When the log was last signed, and how long it was then; null: never. */
    async lastCheckpoint(): Promise<{ readonly size: number; readonly signedAt: number } | null> {
      const row = await db
        .selectFrom('log_checkpoints')
        .select(['size', 'signed_at'])
        .orderBy('size', 'desc')
        .executeTakeFirst();
      return row ? { size: row.size, signedAt: row.signed_at } : null;
    },
    /** Events about one MSP, newest first. Whoever asks may see all of it. */
    about: (msp: string, ask: PageAsk = {}) => eventsAbout(msp, null, ask),
    /** Events about one box of an MSP, newest first. Whoever asks may see all of it. */
    aboutBox: (msp: string, box: string, ask: PageAsk = {}) => eventsAbout(msp, box, ask),
    /** Erases bodies whose time was over at `now`; which they were is in the log. Returns how many. */
    async forgetExpired(now: number): Promise<number> {
      let erased = 0;
      for (;;) {
        const some = await within(async (transaction) => {
          await alone(transaction);
          const due = await transaction
            .selectFrom('log_bodies')
            .select('position')
            .where('expires_at', '<=', now)
            .where('kind', 'not in', [...impersonalKinds])
            .orderBy('position')
            .limit(FORGET_BATCH)
            .execute();
          const runs = runsOf(due.map(({ position }) => position));
          if (runs.length === 0) return 0;
          await write([{ kind: 'events_forgotten', actor: 'purge', facts: { runs, before: now } }], transaction);
          let gone = 0;
          for (const [from, to] of runs) {
            const { numDeletedRows } = await transaction
              .deleteFrom('log_bodies')
              .where('position', '>=', from)
              .where('position', '<=', to)
              .executeTakeFirst();
            gone += Number(numDeletedRows);
          }
          return gone;
        });
        if (some === 0) return erased;
        erased += some;
      }
    },
    /** Looks at everything: each body against its leaf, leaves against the stored tree, the tree against every signature. */
    verify: (publicKey: KeyObject) => verifyLog(db, origin, publicKey),
    /** The log as lines of JSON up to the newest checkpoint: what `belkluis-verify` reads. @throws Problem `log_unsigned`. */
    async *exportLines(publicKey: KeyObject): AsyncGenerator<object> {
      const sizes = await this.checkpointSizes();
      const size = sizes.at(-1);
      if (size === undefined) throw problem('log_unsigned');
      yield {
        type: 'belkluis/audit-export@1',
        deviceId: fleetId,
        size,
        signer: rawPublicKey(publicKey).toString('base64'),
      };
      let signed = 0;
      for (let from = 0; from < size; from += LOG_BATCH) {
        const rows = await db
          .selectFrom('log_nodes')
          .leftJoin('log_bodies', 'log_bodies.position', 'log_nodes.position')
          .select(['log_nodes.position as index', 'hash as leaf', 'salt', 'body as event'])
          .where('level', '=', 0)
          .where('log_nodes.position', '>=', from)
          .where('log_nodes.position', '<', Math.min(size, from + LOG_BATCH))
          .orderBy('log_nodes.position')
          .execute();
        for (const row of rows) {
          yield row;
          if (sizes[signed] !== row.index + 1) continue;
          yield { size: row.index + 1, checkpoint: await noteAt(row.index + 1) };
          signed += 1;
        }
      }
    },
  };
}

/** SHA-256 of a signed note, hex: how the log names evidence. */
export const digestOf = (note: string): string => hash('sha256', note, 'hex');
