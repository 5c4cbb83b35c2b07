/**
 * `npm run bench:vault -- --recordings 1000000`: a generated catalogue and keystore of that size, a log of ten million leaves; prints one line of
 * JSON. Each figure is taken in a process of its own, so that what made the data does not count as memory.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    recordings: { type: 'string', default: '1000000' },
    erase: { type: 'string', default: '10000' },
    leaves: { type: 'string', default: '10000000' },
    seed: { type: 'string', default: '1' },
  },
});
const recordings = Number(values.recordings);
/** Memory is looked at once more with a tenth of the recordings: it should hardly differ. */
const FEWER = 10;

function work(phase: string, folder: string, count: number): Record<string, number> {
  const script = join(import.meta.dirname, 'vault-work.ts');
  const args = [phase, folder, String(count), values.erase, values.leaves, values.seed];
  const done = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(`${phase} ended with ${done.status ?? done.signal}`);
  return JSON.parse(done.stdout) as Record<string, number>;
}

const say = (line: string) => process.stderr.write(`${line}\n`);
const folder = mkdtempSync(join(tmpdir(), 'bench-vault-'));
const smaller = mkdtempSync(join(tmpdir(), 'bench-vault-'));
try {
  say(`Making ${recordings} recordings`);
  work('make', folder, recordings);
  work('make', smaller, Math.ceil(recordings / FEWER));
  say('Searching');
  const searched = work('search', folder, recordings);
  const searchedFewer = work('search', smaller, Math.ceil(recordings / FEWER));
  say('Appending');
  const appended = work('append', smaller, 0);
  say(`Proving in ${values.leaves} leaves`);
  const proved = work('prove', smaller, 0);
  say(`Erasing ${values.erase}`);
  const erased = work('erase', folder, recordings);
  process.stdout.write(
    `${JSON.stringify({
      recordings,
      searchP50Ms: searched.p50,
      searchP99Ms: searched.p99,
      erased: erased.erased,
      eraseSeconds: erased.seconds,
      auditAppendPerSecond: appended.perSecond,
      leaves: Number(values.leaves),
      proofP99Ms: proved.p99,
      rssMb: searched.rssMb,
      rssMbOfATenth: searchedFewer.rssMb,
      eraseRssMb: erased.rssMb,
    })}\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
  rmSync(smaller, { recursive: true, force: true });
}
