/** A box with an uplink, and a clock that the test turns. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { seededChance } from '@belkluis/shared/base/chance';
import { silentLog } from '@belkluis/shared/base/log';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import type { Audit } from '@belkluis/shared/contract/audit';
import type { Command } from '@belkluis/shared/contract/command';
import type { Cosignature } from '@belkluis/shared/contract/cosignature';
import type { Health } from '@belkluis/shared/contract/health';
import type { Reported } from '@belkluis/shared/contract/reported';
import type { Response } from '@belkluis/shared/contract/response';
import type { ExecutionContext } from 'ava';
import { HEALTH_EVERY_MS, MAX_PAUSE_MS } from '../limits.ts';
import { startUplink, type Uplink, type UplinkOptions } from '../uplink.ts';
import type { TestFleet } from './fleet.ts';
import type { Authority } from './pki.ts';
import { BOX, reportedSample } from './sample.ts';

/** When it is. */
export const START = Date.UTC(2026, 10, 26);

const chance = seededChance('uplink');

export async function until(t: ExecutionContext, holds: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 2000; tries++) {
    if (holds()) return;
    await delay(10);
  }
  t.fail(`never: ${what}`);
  throw new Error(what);
}

type Findings = Health['findings'];

/** A box: its disk stays when it goes down. */
export async function startBox(
  t: ExecutionContext,
  { authority, fleet, more }: { authority: Authority; fleet: TestFleet; more: Partial<UplinkOptions> },
) {
  const credentials = await authority.box(BOX);
  const clock = new ManualClock(START);
  const path = join(mkdtempSync(join(tmpdir(), 'uplink-')), 'uplink.db');
  const done: Command['op'][] = [];
  const wanted: string[] = [];
  const cosigned: Cosignature[] = [];
  const box = {
    clock,
    done,
    wanted,
    cosigned,
    report: reportedSample as Reported,
    policy: 3 as number | null,
    findings: [] as Findings,
    checkpoint: null as Audit | null,
    told: [] as Audit[],
    /** What a command comes to. */
    obey: async (): Promise<Response> => ({ state: 'done' }),
    cosign: () => {},
    uplink: undefined as unknown as Uplink,
    /** The pause before the next connection is over. */
    hurry: () => clock.advance(MAX_PAUSE_MS),
    async start() {
      box.uplink = startUplink({
        path,
        boxId: BOX,
        url: fleet.url,
        credentials: () => credentials,
        version: '0.4.0',
        policyVersion: () => box.policy,
        tells: {
          reported: () => box.report,
          health: async () => ({ gauges: { cpu_percent: 7 }, findings: box.findings }),
          checkpoint: () => box.checkpoint,
          checkpointTold: (told) => void box.told.push(told),
        },
        hears: {
          desired: ({ payload }) => void wanted.push(payload),
          command: (op) => {
            done.push(op);
            return box.obey();
          },
          certificate: () => {},
          cosignature: (answer) => {
            box.cosign();
            cosigned.push(answer);
          },
          broadcast: () => {},
        },
        clock,
        chance,
        log: silentLog,
        healthEveryMs: 10 * HEALTH_EVERY_MS,
        ...more,
      });
    },
    online: () => until(t, () => box.uplink.status().state === 'online', 'online'),
    /** Everything queued has been acknowledged. */
    settled: () => until(t, () => box.uplink.status().queued === 0, 'settled'),
    async again() {
      await until(t, () => box.uplink.status().state === 'waiting', 'waiting');
      box.hurry();
      await box.online();
    },
  };
  await box.start();
  t.teardown(() => box.uplink.stop());
  return box;
}
