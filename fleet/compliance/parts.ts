/** What every file of this room works with. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { languages } from '@belkluis/shared/policy/fields';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { AnyTables } from '../db/open.ts';
import { type Scope, wholeCustomer } from '../tenants/scope.ts';
import type { TenantTables } from '../tenants/tables.ts';
import type { Append } from './events.ts';
import { MAX_NAME, MAX_TEXT } from './limits.ts';
import { problem } from './problems.ts';
import type { ComplianceTables } from './tables.ts';

export interface Parts {
  readonly database: AnyTables;
  readonly clock: Pick<Clock, 'now'>;
  /** Fresh ids (`db/ids.ts`). */
  readonly newId: () => string;
  readonly append: Append;
  /** What could not be told, by its code alone. */
  readonly log: Log;
  /** By which days are said to an MSP that has no site yet (IANA). */
  readonly timeZone: string;
  /** Rows that are told of at a time. */
  readonly batch?: number;
}

/** What is said to somebody at a customer's MSP, in each language; ids say what it is about. */
export interface Message {
  readonly is: 'agreement_ends' | 'agreement_ended' | 'subprocessor_change' | 'incident';
  readonly msp: string;
  readonly customer: string;
  /** An exercise: whatever carries the message says so. */
  readonly drill: boolean;
  /** What tells it from other messages with the same words, such as the next reminder; the same for every customer. */
  readonly edition: string;
  readonly text: Readonly<Record<(typeof languages)[number], string>>;
}

/**
 * Brings it to people, by mail or webhook. When somebody was first reached, wall clock, ms; null or thrown: nobody was yet, and it is asked
 * again. Said again, it is the same message.
 */
export type Tell = (message: Message) => Promise<number | null>;

export type Db = Kysely<ComplianceTables & TenantTables>;

export const view = (tables: AnyTables): Db => tables.$extendTables<ComplianceTables & TenantTables>();

const readable = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((text) => text.isWellFormed() && !/[^\P{Cc}\n\t]/u.test(text));

/** @throws Problem `text_invalid`. */
export function checkText(text: string): string {
  const { data } = readable(MAX_TEXT).safeParse(text);
  if (data === undefined) throw problem('text_invalid');
  return data;
}

/** @throws Problem `name_invalid`. */
export function checkName(name: string): string {
  const { data } = readable(MAX_NAME).safeParse(name.normalize('NFKC'));
  if (data === undefined || data.includes('\n')) throw problem('name_invalid');
  return data;
}

/** @throws Problem `digest_invalid`. */
export function checkDigest(digest: string): string {
  if (!/^[0-9a-f]{64}$/.test(digest)) throw problem('digest_invalid');
  return digest;
}

/** @throws Problem `language_unknown`. */
export function checkLanguage(language: string): (typeof languages)[number] {
  const found = languages.find((one) => one === language);
  if (!found) throw problem('language_unknown', language);
  return found;
}

/** By whose clock days are said to an MSP: the one of most of its sites. `otherwise`: it has none. */
export async function zoneOf(db: Db, msp: string, otherwise: string): Promise<string> {
  const row = await db
    .selectFrom('sites')
    .select(({ fn }) => ['time_zone', fn.countAll().as('sites')])
    .where('msp', '=', msp)
    .where('archived_at', 'is', null)
    .groupBy('time_zone')
    .orderBy('sites', 'desc')
    .orderBy('time_zone')
    .limit(1)
    .executeTakeFirst();
  return row?.time_zone ?? otherwise;
}

export interface NamedCustomer {
  readonly id: string;
  readonly name: string;
  readonly msp: string;
  readonly mspName: string;
}

/** A customer that is in scope whole, with its names. @throws Problem `customer_unknown`. */
export async function customerIn(db: Db, scope: Scope, customer: string): Promise<NamedCustomer> {
  const row = await db
    .selectFrom('customers')
    .innerJoin('msps', 'msps.id', 'customers.msp')
    .select(['customers.id', 'customers.name', 'customers.msp', 'msps.name as mspName'])
    .where('customers.id', '=', customer)
    .where(wholeCustomer(scope))
    .executeTakeFirst();
  if (!row) throw problem('customer_unknown');
  return row;
}

/** Day of a moment, ISO 8601, UTC. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
