/** Recordings: begun, grown by segments, ended; several at a time, as calls are. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { toHex } from '@belkluis/shared/release/content-file';
import type { EndReason, Recording } from '../../../appliance/vault/catalogue.ts';
import { type ContentWriter, openContent } from '../../../appliance/vault/content.ts';
import { expiriesOf } from '../../../appliance/vault/retention.ts';
import { beginRecording } from '../../../appliance/vault/vault.ts';
import type { Journal, Line } from '../journal.ts';
import type { Work, World } from '../world.ts';
import { append } from './audit.ts';
import { heldBefore } from './hold.ts';
import { SHORTER_MS } from './shorten.ts';

const WORK = 'record';
const SEGMENT_MS = 5000;

/** Calls at the same time. */
const MOST_OPEN = 3;

/** Sealed bytes of a segment: from under a sector to some pages. */
const LARGEST_SEGMENT = 12_000;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What the process has open, gone with it, and how many it began. */
interface Calls {
  readonly open: Map<string, ContentWriter>;
  begun: number;
}
const calls = new WeakMap<World, Calls>();
function callsOf(world: World): Calls {
  const there = calls.get(world) ?? { open: new Map<string, ContentWriter>(), begun: 0 };
  calls.set(world, there);
  return there;
}
export const openIn = (world: World): Map<string, ContentWriter> => callsOf(world).open;

/** What is known of a recording that ends now. */
export function totalsOf(world: World, { bytes, segments, contentRoot }: ContentWriter) {
  const durationMs = segments * SEGMENT_MS;
  const endedAt = world.clock.now() + durationMs;
  return { endedAt, codecs: ['PCMA'], durationMs, bytes, segments, gaps: 0, lost: 0, contentRoot };
}

function begin(world: World): void {
  const { random, clock, vault } = world;
  const id = world.idOf(callsOf(world).begun++);
  const pkesk = random.bytes(94);
  const startedAt = clock.now();
  // Longer than the traffic data, so that this leaves by itself too.
  const contentDays = 2 + random.integer(3);
  const expiries = expiriesOf(startedAt, {
    contentDays,
    trafficDays: 1,
    evidenceDays: 2,
    minimum: null,
  });
  const recipients = ['f'.repeat(40)];
  const row = { id, call: `call-${id}`, purpose: 'complaints', purposeName: 'Complaints', level: 'standard' };
  const rest = {
    uses: ['complaint'],
    mayOpen: ['custodian'],
    rule: 'r',
    policyVersion: 1,
    policyHash: 'h',
    announcementHash: 'a',
  };
  const parties = { caller: `anna-${id}`, callee: 'ben', direction: 'internal' };
  world.say(WORK, 'about_to_begin', { id, pkesk: pkesk.toString('hex'), startedAt, expiresAt: expiries.expiresAt });
  const begun = beginRecording(
    vault,
    { ...row, ...rest, ...parties, ...expiries, recipients, announcedAt: startedAt, startedAt },
    { pkesk, recipients },
  );
  openIn(world).set(id, begun);
  world.say(WORK, 'begun', { id });
}

/** `unsure`: the disk failed in a way that leaves open what it has. */
function end(world: World, id: string, reason: EndReason, unsure = false): void {
  const content = openIn(world).get(id)!;
  openIn(world).delete(id);
  const totals = totalsOf(world, content);
  const { segments, contentRoot } = totals;
  content.close();
  world.say(WORK, 'about_to_end', { id, unsure });
  world.vault.catalogue.end(id, { ...totals, reason });
  world.say(WORK, 'ended', { id, reason, segments, contentRoot });
  append(world, { kind: 'recording_ended', actor: 'box', facts: { recording: id, reason, segments, contentRoot } });
}

function grow(world: World, id: string): void {
  const content = openIn(world).get(id)!;
  const number = content.segments;
  const sealed = world.random.bytes(1 + world.random.integer(LARGEST_SEGMENT));
  world.say(WORK, 'about_to_append', { id, number, hash: sha256(sealed) });
  try {
    content.append({ number, part: 0, startMs: number * SEGMENT_MS, durationMs: SEGMENT_MS }, sealed);
  } catch (error) {
    // As the sealer does: what the disk refuses ends the recording, not the call.
    end(world, id, 'broken', (error as { code?: string }).code !== 'ENOSPC');
    throw error;
  }
  world.say(WORK, 'appended', { id, number, hash: sha256(sealed) });
}

/** What was promised of one recording, and what may have become of it. */
function promisesOf(journal: Journal, id: string) {
  const of = (said: string) => journal.of(WORK, said).filter((line) => line.id === id);
  const { startedAt, expiresAt, pkesk } = of('about_to_begin')[0]!;
  const due = (line: Line) => (line.now as number) >= (expiresAt as number);
  const shortened = journal.indexOf(({ work, said }) => work === 'shorten' && said === 'about_to_shorten');
  const mayBeDue = (line: Line) =>
    due(line) ||
    (journal.lines.indexOf(line) > shortened && (line.now as number) >= (startedAt as number) + SHORTER_MS);
  const objected = journal.indexOf(
    (line) => line.work === 'object' && line.said === 'about_to_object' && line.id === id,
  );
  const decided = journal.lines.some((line) => line.work === 'object' && line.said === 'kept' && line.id === id);
  // An objection that a failing disk left undecided is decided at the next start, by the holds of that moment.
  const objects = (line: Line) => {
    const at = journal.lines.indexOf(line);
    const resumes = line.work === 'box' && line.said === 'about_to_start' && at > objected && !decided;
    return at === objected || resumes;
  };
  const erases = (line: Line) =>
    line.work === 'purge' &&
    (line.said === 'about_to_purge' ? mayBeDue(line) : line.said === 'about_to_erase' && line.id === id);
  const over = journal.indexOf(
    (line) => line.work === WORK && line.id === id && ['ended', 'recovered'].includes(line.said),
  );
  const isOver = (line: Line) => journal.lines.indexOf(line) > over;
  return {
    begun: of('begun').length > 0,
    pkesk: Buffer.from(pkesk as string, 'hex'),
    ended: of('ended')[0],
    unsure: of('about_to_end').some((line) => line.unsure === true),
    promised: of('appended'),
    tried: of('about_to_append'),
    mayBeErased: journal.lines.some(
      (line) => (erases(line) || objects(line)) && heldBefore(journal, id, line) !== 'yes',
    ),
    // An erasure that began after the recording had ended, and returned.
    mustBeErased: journal.lines.some((line, at) => {
      if (
        line.work !== 'purge' ||
        !((line.said === 'purged' && due(line)) || (line.said === 'erased' && line.id === id))
      )
        return false;
      const began = journal.lines.slice(0, at).findLast(erases);
      return began !== undefined && isOver(began) && heldBefore(journal, id, began) === 'no';
    }),
  };
}

async function checkContent(world: World, row: Recording, journal: Journal): Promise<string[]> {
  const { id } = row;
  const { promised, tried, ended, unsure } = promisesOf(journal, id);
  const content = await openContent(world.vault.contentFolder, id);
  if (content === null) return [`record: ${id} has no content`];
  const hashes = content.segments.map(({ sealed }) => sha256(sealed));
  const faults: string[] = [];
  const fault = (what: string) => faults.push(`record: ${id} ${what}`);
  for (const { number, hash } of promised) if (hashes[number as number] !== hash) fault(`lost segment ${number}`);
  hashes.forEach((hash, number) => {
    if (!tried.some((line) => line.number === number && line.hash === hash)) fault(`has a strange segment ${number}`);
  });
  if (row.end === null) fault('has no end');
  else if (row.end.segments > hashes.length) fault(`has ${hashes.length} segments, its row says ${row.end.segments}`);
  else if (row.end.reason !== 'broken' || !unsure) {
    // Behind a broken one may stand what the disk took although it said that it had not.
    if (row.end.segments !== hashes.length) fault(`has ${hashes.length} segments, its row ${row.end.segments}`);
    if (row.end.contentRoot !== toHex(content.contentRoot)) fault('has another content root than its row');
    if (content.ends !== 'end') fault('ends with half a segment');
  }
  if (ended && (row.end?.reason !== ended.reason || row.end?.contentRoot !== ended.contentRoot))
    fault('has another end');
  return faults;
}

async function checkOne(world: World, journal: Journal, id: string, files: ReadonlySet<string>): Promise<string[]> {
  const { vault } = world;
  const { begun, pkesk, mayBeErased, mustBeErased } = promisesOf(journal, id);
  const row = vault.catalogue.get(id);
  const wraps = vault.keystore.get(id);
  const gone = row === null || row.erasedAt !== null;
  if (gone && begun && !mayBeErased) return [`record: ${id} is gone before its day`];
  if (gone) {
    const left = [
      wraps ? `record: ${id} is erased and has wraps` : '',
      files.has(id) ? `record: ${id} is erased and has content` : '',
    ];
    return left.filter((fault) => fault !== '');
  }
  if (mustBeErased) return [`record: ${id} was purged and is there`];
  // An erasure that was cut off: the next purge finishes it, and until then nobody can open it.
  if (mayBeErased && wraps === null) return [];
  if (!wraps?.pkesk.equals(pkesk)) return [`record: ${id} has ${wraps ? 'other' : 'no'} wraps`];
  return mayBeErased && !files.has(id)
    ? [`record: ${id} lost its content before its wraps`]
    : checkContent(world, row, journal);
}

export const record: Work = {
  name: WORK,
  role: 'call',
  weight: 8,
  run(world) {
    const ids = [...openIn(world).keys()];
    if (ids.length === 0 || (ids.length < MOST_OPEN && world.random.onceIn(3))) return begin(world);
    const id = world.random.pick(ids);
    return world.random.onceIn(4) ? end(world, id, 'finished') : grow(world, id);
  },
  finish(world) {
    for (const id of [...openIn(world).keys()]) end(world, id, 'finished');
  },
  async check(world, journal) {
    const ids = journal.of(WORK, 'about_to_begin').map(({ id }) => id as string);
    const files = new Set(readdirSync(world.vault.contentFolder).map((name) => name.replace(/\.sealed$/, '')));
    const known = new Set(ids);
    const strange = [...files, ...world.vault.keystore.all()].filter((id) => !known.has(id));
    const faults = await Promise.all(ids.map((id) => checkOne(world, journal, id, files)));
    return [...strange.map((id) => `record: nobody made ${id}`), ...faults.flat()];
  },
};
