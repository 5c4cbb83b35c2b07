/** One phase of bench:vault, as a process of its own: `PHASE FOLDER RECORDINGS ERASE LEAVES SEED`. Prints one line of JSON. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { openAuditLog } from '../../appliance/audit/log.ts';
import { fillLog } from '../../appliance/audit/testing/fill.ts';
import { joinEraser } from '../../appliance/join-eraser.ts';
import { openCatalogue } from '../../appliance/vault/catalogue.ts';
import { contentPath } from '../../appliance/vault/content.ts';
import { fillKeystore } from '../../appliance/vault/keystore/testing/fill.ts';
import { generateCatalogue, generatedPurposes, seededRandom } from '../../appliance/vault/testing/generate.ts';
import { openVault } from '../../appliance/vault/vault.ts';

const [phase, folder, ...numbers] = process.argv.slice(2) as [string, string, ...string[]];
const [recordings, erase, leaves, seed] = numbers.map(Number) as [number, number, number, number];
const now = systemClock.now();
const at = { vault: join(folder, 'vault'), audit: join(folder, 'audit.db'), proofs: join(folder, 'proofs.db') };
const rssMb = () => Math.round(process.resourceUsage().maxRSS / 1024);
const ms = (value: number) => Math.round(value * 100) / 100;

/** Times `run` for each of `items`. */
function percentiles<T>(items: readonly T[], run: (item: T) => unknown): { p50: number; p99: number } {
  const taken = items.map((item) => {
    const begun = performance.now();
    run(item);
    return performance.now() - begun;
  });
  taken.sort((a, b) => a - b);
  const p = (part: number) => ms(taken[Math.min(taken.length - 1, Math.floor(taken.length * part))]!);
  return { p50: p(0.5), p99: p(0.99) };
}

function make() {
  const contentFolder = join(at.vault, 'content');
  mkdirSync(contentFolder, { recursive: true });
  const { expired } = generateCatalogue(join(at.vault, 'catalogue.db'), { recordings, seed, now, expired: erase });
  const catalogue = openCatalogue(join(at.vault, 'catalogue.db'));
  const ids: string[] = [];
  for (let after = ''; ; ) {
    const page = catalogue.eachContent(after, 10_000);
    if (page.length === 0) break;
    ids.push(...page.map(({ id }) => id));
    after = page.at(-1)!.id;
  }
  catalogue.close();
  fillKeystore(join(at.vault, 'keystore'), ids);
  for (const id of expired) writeFileSync(contentPath(contentFolder, id), systemChance.bytes(1024));
  return { made: ids.length, contents: readdirSync(contentFolder).length };
}

/** Numbers whole and in part and in any form, dates, lengths, purposes, and these together: what people ask. */
function search() {
  const catalogue = openCatalogue(join(at.vault, 'catalogue.db'));
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const numbers = catalogue.search({}, 400, 0).recordings.flatMap(({ caller, callee }) => [caller!, callee!]);
  const DAY_MS = 86_400_000;
  const day = () => {
    const from = now - Math.floor(random() * 300) * DAY_MS;
    return { from, until: from + Math.ceil(random() * 30) * DAY_MS };
  };
  const length = () => ({ durationFromMs: Math.floor(random() * 600_000), durationToMs: 900_000 });
  const part = () => {
    const digits = pick(numbers).replaceAll(/\D/g, '') || '1234567';
    const from = Math.floor(random() * Math.max(1, digits.length - 4));
    return digits.slice(from, from + 3 + Math.floor(random() * 4));
  };
  const asked = Array.from({ length: 900 }, (_, index) => {
    const party = index % 2 === 0 ? pick(numbers) : part();
    const purpose = pick(generatedPurposes).id;
    return [
      { party },
      { party, ...day() },
      { party, ...length() },
      { party, purpose },
      day(),
      length(),
      { purpose, ...day() },
    ][index % 7]!;
  });
  const taken = percentiles(asked, (query) => catalogue.search(query, 50, 0));
  catalogue.close();
  return { ...taken, rssMb: rssMb() };
}

function append() {
  const log = openAuditLog({ path: at.audit, deviceId: 'bench', clock: systemClock, chance: systemChance });
  const BATCH = 500;
  const total = 100_000;
  const entry = (index: number): AuditEntry => ({
    kind: 'release',
    actor: 'somebody',
    facts: { recording: index.toString(16).padStart(32, '0'), reason: 'complaint K-2026-131' },
  });
  const begun = performance.now();
  for (let from = 0; from < total; from += BATCH) {
    log.appendAll(Array.from({ length: BATCH }, (_, offset) => entry(from + offset)));
  }
  const perSecond = Math.round(total / ((performance.now() - begun) / 1000));
  log.close();
  return { perSecond };
}

function prove() {
  fillLog(at.proofs, leaves);
  const log = openAuditLog({ path: at.proofs, deviceId: 'bench', clock: systemClock, chance: systemChance });
  const random = seededRandom(seed);
  const asked = Array.from({ length: 2000 }, () => Math.floor(random() * leaves));
  const taken = percentiles(asked, (index) => log.inclusion(index, leaves));
  log.close();
  return { ...taken, rssMb: rssMb() };
}

async function eraseExpired() {
  const vault = openVault(at.vault);
  const { privateKey } = generateKeyPairSync('ed25519');
  const audit = openAuditLog({ path: at.audit, deviceId: 'bench', clock: systemClock, chance: systemChance });
  const eraser = joinEraser({
    vault,
    audit,
    acts: audit,
    signHead: () => audit.checkpoint(privateKey),
    clock: systemClock,
    chance: systemChance,
    policy: () => null,
    backedUp: true,
    time: systemClock,
  });
  const begun = performance.now();
  // What the desk does every quarter of an hour; the first time, the night's work with it.
  const { recordings: erased, night } = await eraser.run();
  const seconds = (performance.now() - begun) / 1000;
  const certified = night && 'certified' in night ? night.certified : 0;
  if (certified !== erased) throw new Error(`${erased} erased, ${certified} certified: ${JSON.stringify(night)}`);
  vault.close();
  audit.close();
  return { erased, seconds: ms(seconds), rssMb: rssMb() };
}

const phases: Record<string, () => object | Promise<object>> = { make, search, append, prove, erase: eraseExpired };
process.stdout.write(`${JSON.stringify(await phases[phase]!())}\n`);
