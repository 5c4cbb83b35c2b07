/** Boxes of two MSPs, and what they say. */
import { createHash } from 'node:crypto';
import type { FindingCode, Level } from '@belkluis/shared/contract/finding-codes';
import type { Gauges } from '@belkluis/shared/contract/gauges';
import type { Presence } from '@belkluis/shared/contract/presence';
import type { Reported } from '@belkluis/shared/contract/reported';
import type { AnyTables } from '../../db/open.ts';
import { tenantMigrations } from '../../tenants/tables.ts';
import { twoMsps } from '../../tenants/testing/two-msps.ts';
import { type BoxEvent, openBoxes } from '../boxes.ts';
import type { Heard, Said } from '../heard.ts';
import { openIdentities } from '../identities.ts';
import { HOUR_MS } from '../limits.ts';
import { openOverview } from '../overview.ts';
import { storeBatch } from '../store.ts';
import { inventoryMigrations } from '../tables.ts';

export const migrations = [...tenantMigrations, ...inventoryMigrations];

/** The id of a test's box. */
export const boxId = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 32);

export const presence = (more: Partial<Presence> = {}): Said => ({
  kind: 'presence',
  body: { is: 'online', boot: '0'.repeat(32), conn: 1, software: 'v0.5.0', policyVersion: 3, reads: 1, ...more },
});

export const health = (
  until: number,
  findings: Partial<Record<FindingCode, Level>> = {},
  gauges: Gauges = { cpu_percent: 10 },
): Said => ({
  kind: 'health',
  body: {
    from: until,
    until,
    samples: 1,
    gauges,
    findings: Object.entries(findings).map(([code, level]) => ({ code: code as FindingCode, level, times: 1 })),
  },
});

export const finding = (code: FindingCode, level: Level, on = true): Said => ({
  kind: 'event',
  body: { is: 'finding', code, level, on },
});

/** One hour, the last that is over. */
export const counts = (now: number): Said => ({
  kind: 'audit',
  hours: [{ hour: Math.floor(now / HOUR_MS) * HOUR_MS - HOUR_MS, released: 7, exported: null, erased: 1200 }],
});

const hash = 'a'.repeat(64);

export const reported = (policy: Partial<Reported['policy']> = {}, version = 'v0.5.0'): Said => ({
  kind: 'reported',
  body: {
    policy: { applied: { version: 3, hash }, pending: null, rejected: null, ...policy },
    recipients: { hash, custodians: 2, escrows: 1 },
    software: { version, policySchema: 2 },
    hardware: { arch: 'x64', cores: 4, memoryMiB: 8192, diskMiB: 476_000, epochKey: 'tpm' },
    calls: ['phones'],
    uplink: 'mqtts',
    reads: 1,
  },
});

export async function boxesOfTwo(database: AnyTables) {
  const both = await twoMsps(database);
  const { clock, newId } = both;
  const events: BoxEvent[] = [];
  const append = async (event: BoxEvent) => {
    events.push(event);
  };
  const boxes = openBoxes({ database, clock, append });
  const overview = openOverview({ database, clock });
  const identities = openIdentities({ database, clock });
  const numbers = new Map<string, number>();

  /** A message of a box, made and heard now, unless `more` says otherwise. */
  function says(name: string, said: Said, more: Partial<Heard> = {}): Heard {
    const seq = more.seq ?? (numbers.get(name) ?? 0) + 1;
    numbers.set(name, Math.max(seq, numbers.get(name) ?? 0));
    const made = { box: boxId(name), id: newId(), ts: clock.now(), heardAt: clock.now(), skewMs: null, said };
    return { numbered: true, digest: JSON.stringify(said), ...made, ...more, seq };
  }

  return {
    ...both,
    events,
    append,
    boxes,
    overview,
    identities,
    says,
    store: (...heard: readonly Heard[]) => storeBatch(database, heard),
    /** An active box at a site of A, or of whoever has it. */
    async addBox(name: string, site: string, scope = both.a.scope): Promise<string> {
      await boxes.add(scope, { id: boxId(name), site, name }, 'anna');
      await identities.activate(boxId(name));
      return boxId(name);
    },
  };
}
