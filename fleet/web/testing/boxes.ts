/** Customers, sites and boxes of every kind behind a console, as they would stand on an ordinary day. */
import { createHash } from 'node:crypto';
import { hiddenCount } from '@belkluis/shared/contract/audit';
import type { FindingCode, Level } from '@belkluis/shared/contract/finding-codes';
import type { Gauges } from '@belkluis/shared/contract/gauges';
import type { Reported } from '@belkluis/shared/contract/reported';
import type { Heard, Said } from '../../inventory/heard.ts';
import { openIdentities } from '../../inventory/identities.ts';
import { packPoints } from '../../inventory/points.ts';
import { settleGone, storeBatch } from '../../inventory/store.ts';
import type { InventoryTables } from '../../inventory/tables.ts';
import { health, presence, reported } from '../../inventory/testing/boxes.ts';
import type { TestConsole } from './console.ts';

export interface TestBox {
  readonly name: string;
  readonly customer: string;
  readonly site: string;
  readonly findings?: Partial<Record<FindingCode, Level>>;
  readonly gauges?: Gauges;
  readonly policy?: Partial<Reported['policy']>;
  readonly software?: string;
  readonly offline?: boolean;
  /** Never heard. */
  readonly silent?: boolean;
}

const hash = 'a'.repeat(64);
const HOUR_MS = 3_600_000;
const well: Gauges = { recorded_hours_ago: 0, test_call_hours_ago: 3, cpu_percent: 12 };

/** What an MSP of some size has on an ordinary day. */
export const ordinaryDay: readonly TestBox[] = [
  {
    customer: 'Taxicentrale Kennemerland',
    site: 'Haarlem',
    name: 'Kennemerland 1',
    findings: { recording_late: 'bad', test_call_failed: 'bad' },
    gauges: { recorded_hours_ago: 31, test_call_hours_ago: 33, disk_days_left: 41 },
  },
  { customer: 'Taxicentrale Kennemerland', site: 'Haarlem', name: 'Kennemerland 2' },
  {
    customer: 'Huisartsenpost Westland',
    site: 'Naaldwijk',
    name: 'Naaldwijk',
    offline: true,
    gauges: { recorded_hours_ago: 2 },
  },
  { customer: 'Huisartsenpost Westland', site: 'Monster', name: 'Monster' },
  {
    customer: 'Amstel & Vecht Vermogensbeheer',
    site: 'Amsterdam',
    name: 'Amstel & Vecht 2',
    findings: { disk_forecast: 'warn', recipient_expires: 'warn' },
    gauges: { ...well, disk_days_left: 9 },
  },
  {
    customer: 'Woonstichting De Linde',
    site: 'Dordrecht',
    name: 'Dordrecht',
    findings: { policy_undecided: 'warn' },
    policy: {
      pending: {
        version: 4,
        hash,
        weakens: [],
        destroys: [],
        approved: false,
        waitsUntil: null,
        expiresAt: Date.UTC(2026, 9, 20),
      },
    },
  },
  {
    customer: 'Gemeente Zuiderwoude',
    site: 'Gemeentehuis',
    name: 'Raadhuis',
    findings: { software_old: 'warn' },
    software: 'v0.3.2',
    policy: { rejected: { version: 4, hash, why: 'policy_out_of_bounds' } },
  },
  { customer: 'Gemeente Zuiderwoude', site: 'Werf', name: 'Werf', software: 'v0.4.0' },
  ...['Apeldoorn', 'Breda', 'Den Bosch', 'Eindhoven', 'Oss', 'Tilburg', 'Venlo', 'Weert'].map((name) => ({
    customer: 'Verzekeringshuis Brabant',
    site: name,
    name,
  })),
  { customer: 'Notariskantoor Van Dael', site: 'Antwerpen', name: 'Van Dael 1' },
  { customer: 'Notariskantoor Van Dael', site: 'Gent', name: 'Van Dael 2', silent: true },
];

/** Puts them there; returns ids by name of customers, sites and boxes. */
export async function populate(
  {
    services,
    kysely,
    clock,
    newId,
    scope,
    alerts,
  }: Pick<TestConsole, 'services' | 'kysely' | 'newId' | 'scope' | 'alerts'> & { readonly clock: { now(): number } },
  boxes: readonly TestBox[] = ordinaryDay,
): Promise<ReadonlyMap<string, string>> {
  const identities = openIdentities({ database: kysely, clock });
  const ids = new Map<string, string>();
  const now = Math.floor(clock.now() / HOUR_MS) * HOUR_MS;
  const heard: Heard[] = [];
  for (const box of boxes) {
    const customer =
      ids.get(box.customer) ?? (await services.tenants.createCustomer(scope, box.customer, 'operator')).id;
    ids.set(box.customer, customer);
    const place = `${box.customer}, ${box.site}`;
    const where = {
      name: box.site,
      country: ['Antwerpen', 'Gent'].includes(box.site) ? 'BE' : 'NL',
      timeZone: 'Europe/Amsterdam',
    };
    const site = ids.get(place) ?? (await services.tenants.createSite(scope, customer, where, 'operator')).id;
    ids.set(place, site);
    const id = createHash('sha256').update(box.name).digest('hex').slice(0, 32);
    ids.set(box.name, id);
    await services.boxes.add(scope, { id, site, name: box.name }, 'fleet');
    await identities.activate(id);
    if (box.silent) continue;
    const says = (seq: number, said: Said): Heard => ({
      box: id,
      id: newId(),
      ts: now,
      seq,
      numbered: true,
      digest: `${seq}`,
      skewMs: null,
      heardAt: now,
      said,
    });
    const software = box.software ?? 'v0.4.1';
    heard.push(
      says(1, presence({ software })),
      says(2, reported(box.policy, software)),
      says(3, health(now, box.findings, box.gauges ?? well)),
    );
    if (box.offline) heard.push(says(4, presence({ software, is: 'offline' })));
  }
  await storeBatch(kysely, heard);
  await settleGone(kysely, clock.now() + 1);
  await alerts.watch.lookAtBoxes(boxes.map(({ name }) => ids.get(name)!));
  return ids;
}

/** A week of health of a box by the quarter of an hour, with a night in which it was not heard; and what it told meanwhile. */
export async function weekOf(
  { kysely, newId }: Pick<TestConsole, 'kysely' | 'newId'>,
  box: string,
  now: number,
): Promise<void> {
  const db = kysely.$extendTables<InventoryTables>();
  const end = Math.floor(now / HOUR_MS) * HOUR_MS;
  const quiet = (at: number) => at > end - 31 * HOUR_MS && at < end - 22 * HOUR_MS;
  const chunks: InventoryTables['health_chunks'][] = [];
  for (let start = end - 7 * 24 * HOUR_MS; start < end; start += HOUR_MS) {
    if (quiet(start)) continue;
    const hour = (start / HOUR_MS) % 24;
    const points = [0, 15, 30, 45].map((minute) => {
      const wave = Math.sin(start / HOUR_MS + minute / 15);
      const gauges: Gauges = {
        ...{ disk_used_percent: 61 - Math.floor((end - start) / (24 * HOUR_MS)), disk_days_left: 88 },
        ...{ cpu_percent: Math.round(12 + 4 * wave), memory_used_percent: 41, temperature_celsius: 48 },
        ...(hour > 6 && hour < 18 ? { rtp_loss_permille: hour === 9 ? 24 : 2, mos_hundredths: 410 } : {}),
        ...{ phones_known: 24, phones_registered: 24, trunks_configured: 1, trunks_up: 1, uplink_queued: 0 },
        ...{ recorded_hours_ago: hour > 18 ? hour - 18 : 0, clock_offset_ms: 4, uplink_reconnects: hour === 9 ? 2 : 0 },
        ...{ backup_hours_ago: 9, uplink_certificate_days_left: 43, recipient_key_days_left: 300 },
      };
      return { at: start + minute * 60_000, gauges };
    });
    chunks.push({ box, step: 5 * 60_000, start_at: start, points: packPoints(start, points) });
  }
  await db.insertInto('health_chunks').values(chunks).execute();
  // Of the same week; what is few is hidden, as the box does it.
  const hours = chunks.map(({ start_at: hour }) => {
    const released = Math.round(9 + 9 * Math.sin(((hour / HOUR_MS) % 24) / 4));
    const erased = (hour / HOUR_MS) % 24 === 3 ? 1200 : 0;
    return { box, hour, released: hiddenCount(released), exported: null, erased: hiddenCount(erased) };
  });
  await db.insertInto('box_hours').values(hours).execute();
  const told = (at: number, seq: number, said: Said): Heard => ({
    ...{ box, id: newId(), ts: at, seq, numbered: true, digest: `week ${seq}`, skewMs: null },
    ...{ heardAt: at, said },
  });
  const finding = (code: FindingCode, level: Level, on: boolean): Said => ({
    kind: 'event',
    body: { is: 'finding', code, level, on },
  });
  await storeBatch(kysely, [
    told(end - 50 * HOUR_MS, 101, finding('trunk_down', 'bad', true)),
    told(end - 49 * HOUR_MS, 102, finding('trunk_down', 'ok', false)),
    told(end - 22 * HOUR_MS, 103, {
      kind: 'event',
      body: { is: 'gap', of: 'health', lost: 12, why: 'room', from: end - 31 * HOUR_MS, until: end - 30 * HOUR_MS },
    }),
  ]);
}
