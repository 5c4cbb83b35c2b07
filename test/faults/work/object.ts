/** Objections: to a recording, in the call, which is then whole or gone; and to being recorded at all, by number. */
import { readdirSync } from 'node:fs';
import type { Consent } from '@belkluis/shared/policy/consent';
import { finishErasure, finishErasures } from '../../../appliance/vault/erase.ts';
import { grantObjection, type ObjectParts } from '../../../appliance/vault/object.ts';
import type { Journal } from '../journal.ts';
import type { Work, World } from '../world.ts';
import { appendAll } from './audit.ts';
import { openIn, totalsOf } from './record.ts';

const WORK = 'object';
const DAY_MS = 24 * 3600_000;

const partsOf = ({ vault, audit, say, clock, random }: World): ObjectParts => ({
  ...vault,
  log: {
    append: (event) => appendAll({ audit, say }, [event]),
    appendAll: (events) => appendAll({ audit, say }, events),
  },
  now: () => clock.now(),
  chance: random,
  requestDays: () => 30,
});

const objects = (at: number): Consent => ({
  at,
  act: 'withdrawn',
  mode: 'opt-out',
  side: 'caller',
  how: 'event',
  key: '9',
  promptHash: 'a'.repeat(64),
});

/** As the sealer does it: nothing more is written, then granted, then erased. */
function toRecording(world: World, id: string): void {
  const content = openIn(world).get(id)!;
  openIn(world).delete(id);
  world.say(WORK, 'about_to_object', { id });
  const parts = partsOf(world);
  const end = { ...totalsOf(world, content), reason: 'finished' as const };
  content.close();
  grantObjection(parts, id, objects(end.endedAt), end);
  world.say(WORK, 'granted', { id });
  const refusal = finishErasure(parts, id);
  world.say(WORK, refusal === null ? 'objected' : 'kept', { id });
}

/** One number that comes and goes. */
function byNumber({ vault, random, clock, say }: World): void {
  const { objections } = vault.catalogue;
  const [kept] = objections.list();
  if (kept) {
    say(WORK, 'about_to_remove', { id: kept.id });
    objections.remove(kept.id);
    say(WORK, 'removed', { id: kept.id });
    return;
  }
  const [id, since] = [random.bytes(16).toString('hex'), clock.now()];
  const expiresAt = since + 400 * DAY_MS;
  objections.keep({ id, number: '+31612345678', purpose: null, since, how: 'key', caseRef: null, expiresAt });
  say(WORK, 'kept_number', { id });
}

/** What the call process does at its start, after it has given every recording an end. */
export const finishObjections = (world: World): void => finishErasures(partsOf(world));

function checkRecordings({ vault, audit }: World, journal: Journal): string[] {
  const files = new Set(readdirSync(vault.contentFolder).map((name) => name.replace(/\.sealed$/, '')));
  return journal.of(WORK, 'about_to_object').flatMap((line) => {
    const id = line.id as string;
    const row = vault.catalogue.get(id);
    const logged = audit.about(id, ['objection'], 1).length > 0;
    const granted = journal.of(WORK, 'granted').some((other) => other.id === id);
    // What a hold keeps is refused, and not asked again when the hold ends; one that came while the box was down keeps what was still there.
    if (!(logged || granted) || journal.lines.some((other) => other.work === 'hold' && other.id === id)) return [];
    return [
      row !== null && row.erasedAt === null ? `object: ${id} is there after its objection` : '',
      vault.keystore.get(id) === null ? '' : `object: ${id} can be opened after its objection`,
      files.has(id) ? `object: ${id} has content after its objection` : '',
    ].filter((fault) => fault !== '');
  });
}

function checkNumbers({ vault }: World, journal: Journal): string[] {
  const kept = new Set(vault.catalogue.objections.list().map(({ id }) => id));
  const leaving = new Set(journal.of(WORK, 'about_to_remove').map(({ id }) => id));
  const lost = journal.of(WORK, 'kept_number').filter(({ id }) => !kept.has(id as string) && !leaving.has(id!));
  const back = journal.of(WORK, 'removed').filter(({ id }) => kept.has(id as string));
  return [...lost.map(({ id }) => `object: ${id} is kept no more`), ...back.map(({ id }) => `object: ${id} is back`)];
}

export const object: Work = {
  name: WORK,
  role: 'call',
  weight: 2,
  run(world) {
    const ids = [...openIn(world).keys()];
    if (ids.length === 0 || world.random.onceIn(3)) return byNumber(world);
    return toRecording(world, world.random.pick(ids));
  },
  check: (world, journal) => [...checkRecordings(world, journal), ...checkNumbers(world, journal)],
};
