/** Watches a box at work, and cuts its power at any call: what the disk below may have kept is rebuilt, and recovery runs on it. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Disk, type Lie } from './disk.ts';
import { Journal, type Line } from './journal.ts';
import { examine } from './life.ts';
import { run } from './processes.ts';
import { seededRandom } from './random.ts';
import { readTrace, type SystemCall, straced } from './strace.ts';
import { openWorld } from './world.ts';

const FIRST_LIFE = Date.UTC(2026, 0, 5);

/** Recordings stay for one to three days. */
const BETWEEN_LIVES_MS = 30 * 3600_000;

const PIECES = 14;

/** What happens to one life: it dies at a commit point, or strace injects something; neither: it ends in order. */
export interface Fate {
  readonly dieAt?: string;
  /** As strace has it: `inject=fsync:error=EIO:when=3`. */
  readonly inject?: string;
}

/** A call, or the end of a life. */
type Event = { readonly call: SystemCall; readonly now: number } | { readonly nextLife: true };

export interface Watched {
  readonly folder: string;
  readonly journal: string;
  readonly seed: string;
  /** The wall clock of its last life, ms. */
  readonly now: number;
  readonly events: readonly Event[];
  /** Positions of the calls that changed what a power cut would leave. */
  readonly changing: readonly number[];
}

function changingIn(folder: string, events: readonly Event[]): number[] {
  const disk = new Disk(folder, seededRandom('any'));
  return events.flatMap((event, number) => {
    if ('call' in event) return disk.do(event.call) ? [number] : [];
    disk.nextProcess();
    return [];
  });
}

/** Lets a box work in `at` for as many lives as it has fates. */
export async function watch(at: string, seed: string, fates: readonly Fate[]): Promise<Watched> {
  const folder = join(at, 'data');
  const journal = join(at, 'journal');
  mkdirSync(folder, { recursive: true });
  const events: Event[] = [];
  let now = FIRST_LIFE;
  for (const [life, { dieAt = '', inject }] of fates.entries()) {
    now = FIRST_LIFE + life * BETWEEN_LIVES_MS;
    const trace = join(at, 'trace');
    const place = { folder, journal, now, seed: `${seed}-${life}` };
    const before = straced(trace, inject === undefined ? [] : [inject]);
    const { code, errors } = await run('live', place, ['both', `${PIECES}`], { dieAt, before }).ending;
    const refusedToStart = inject?.includes('error=') && code === 1;
    if (code !== 0 && errors !== '' && !refusedToStart) throw new Error(`the box ended with ${code}: ${errors}`);
    for (const call of readTrace(readFileSync(trace, 'utf8'))) events.push({ call, now });
    events.push({ nextLife: true });
    rmSync(trace);
  }
  return { folder, journal, seed, now, events, changing: changingIn(folder, events) };
}

const saidBy = ({ name, args: [first, bytes] }: SystemCall, journal: string): Line[] => {
  const descriptor = typeof first === 'object' && !Buffer.isBuffer(first) ? first : null;
  return name === 'write' && descriptor?.path === journal ? Journal.parse(String(bytes)).lines : [];
};

/** What recovery finds wrong after `cuts` power cuts, drawn from `seed`. */
export async function cutPower(
  { folder, journal, events, changing }: Watched,
  { at, seed, cuts, lie = 'none' }: { at: string; seed: string; cuts: number; lie?: Lie },
): Promise<{ readonly faults: readonly string[]; readonly cuts: number }> {
  const random = seededRandom(seed);
  const disk = new Disk(folder, random, lie);
  const said: Line[] = [];
  const chosen = new Set(Array.from({ length: cuts }, () => random.pick(changing)));
  const faults: string[] = [];
  for (const [number, event] of events.entries()) {
    if ('nextLife' in event) {
      disk.nextProcess();
      continue;
    }
    said.push(...saidBy(event.call, journal));
    disk.do(event.call);
    if (!chosen.has(number)) continue;
    const rebuilt = join(at, `cut-${number}`);
    disk.cut(rebuilt);
    const then = new Journal(said);
    const say = (line: Line) => then.lines.push(line);
    try {
      const world = openWorld({ folder: rebuilt, now: event.now, seed: `${seed}-${number}`, say });
      for (const fault of await examine(world, then)) faults.push(`cut after call ${number}: ${fault}`);
      world.close();
    } catch (error) {
      faults.push(`cut after call ${number}: ${(error as Error).stack}`);
    }
    rmSync(rebuilt, { recursive: true });
  }
  return { faults, cuts: chosen.size };
}
