/** What the desk does to prove that calls are recorded: a test call a day and after each change of version. Remembers how it went. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { TEST_CALL_PURPOSE } from '@belkluis/shared/policy/purpose';
import { z } from 'zod';
import { type Config, places } from './config.ts';
import { ask } from './control/client.ts';
import type { HealthFacts, UntriedLine } from './health/finding.ts';
import type { Lines } from './lines/schema.ts';
import type { TestAccount } from './proof/host.ts';
import { TEST_EVERY_MS } from './proof/limits.ts';
import type { TestCallFault } from './proof/problems.ts';
import { makeTestCall, type StoredTest, type TestCallOutcome } from './proof/test-call.ts';
import type { Catalogue } from './vault/catalogue.ts';
import { openContent } from './vault/content.ts';
import type { Vault } from './vault/vault.ts';

/** Name in the vault's memory. */
const LAST = 'test_call';

/** How many unrecorded calls are looked through for the test's own: those of the minute of a busy box. */
const LOOK_AT = 1000;

/** UDP ports of the test's own phones: sixteen pairs, above those that the box is usually given. */
const PORTS: [number, number] = [61_400, 61_431];

const lastSchema = z.strictObject({
  at: z.number(),
  version: z.string(),
  fault: z.string().nullable(),
  detail: z.string(),
});

export interface LastTestCall {
  /** Wall clock, ms. */
  readonly at: number;
  /** Of the box's software. */
  readonly version: string;
  /** Null: recording was proven. */
  readonly fault: TestCallFault | null;
  readonly detail: string;
}

type TestedLines = Pick<Lines, 'pbx' | 'trunks' | 'siprec'>;

export interface TestCallSources {
  readonly config: Pick<Config, 'data' | 'domain' | 'address' | 'sip' | 'media'>;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly chance: Chance;
}

function lastTestCall({ state }: Pick<Catalogue, 'state'>): LastTestCall | null {
  try {
    return lastSchema.parse(JSON.parse(state.get(LAST) ?? 'null')) as LastTestCall;
  } catch {
    return null;
  }
}

/** Ports beside the box's own: right below them where the usual ones overlap. */
const portsBeside = ([first, last]: readonly [number, number]): [number, number] =>
  last < PORTS[0] || first > PORTS[1] ? PORTS : [first - 32, first - 1];

async function findTest({ catalogue, contentFolder, keystore }: Vault, caller: string): Promise<StoredTest | null> {
  const [recording] = catalogue.search({ party: caller, purpose: TEST_CALL_PURPOSE }, 1, 0).recordings;
  if (recording) {
    if (!recording.end) return null;
    const wraps = keystore.get(recording.id);
    const content = await openContent(contentFolder, recording.id);
    return wraps && content && { recorded: true, id: recording.id, pkesk: wraps.pkesk, content };
  }
  const unrecorded = catalogue.unrecordedCalls(LOOK_AT).find((call) => call.caller === caller);
  return unrecorded ? { recorded: false, reason: unrecorded.notRecorded ?? '' } : null;
}

/** Makes a test call and remembers how it went. */
export async function testCall(
  { config, vault, clock, chance }: TestCallSources,
  version: string,
): Promise<TestCallOutcome> {
  const at = places(config.data);
  const certificate = readFileSync(join(at.identity, 'certificate.pem'), 'utf8');
  const outcome = await makeTestCall({
    announcePlan: async ({ phones: [caller, callee], recipient }) => {
      const question = { ask: 'test call' as const, phones: [caller, callee] as [TestAccount, TestAccount], recipient };
      return (await ask(at.controlSocket, question)) !== null;
    },
    domain: config.domain,
    address: config.address,
    box: {
      transport: 'TLS',
      address: config.address,
      port: config.sip.tls,
      tls: { ca: certificate, servername: config.domain },
    },
    ports: portsBeside(config.media.ports),
    find: (caller) => findTest(vault, caller),
    clock,
    chance,
  });
  const { fault, detail } = outcome.proven ? { fault: null, detail: '' } : outcome;
  vault.catalogue.state.set(LAST, JSON.stringify({ at: clock.now(), version, fault, detail }));
  return outcome;
}

/** Whether it is time for another one: daily, and at once for a version that was never tried. A failed one is tried again each time. */
export function testCallDue(catalogue: Pick<Catalogue, 'state'>, version: string, now: number): boolean {
  const last = lastTestCall(catalogue);
  return !last || last.version !== version || last.fault !== null || now - last.at >= TEST_EVERY_MS || now < last.at;
}

/** What of these lines no test call goes by. */
export const untriedOf = ({ pbx, trunks, siprec }: TestedLines): readonly UntriedLine[] => [
  ...(pbx ? (['pbx'] as const) : []),
  ...(trunks.length > 0 ? (['trunks'] as const) : []),
  ...(siprec ? (['copies'] as const) : []),
];

export const testCallFact = (catalogue: Pick<Catalogue, 'state'>, lines: TestedLines): HealthFacts['testCall'] => {
  const last = lastTestCall(catalogue);
  return last && { at: last.at, fault: last.fault, untried: untriedOf(lines) };
};
