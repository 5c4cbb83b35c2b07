/** Calls that went unrecorded: what was listed stays listed, and what was explained stays explained. */
import type { Work } from '../world.ts';
import { append } from './audit.ts';

const WORK = 'exceptions';
const DAY_MS = 24 * 3600_000;

export const exceptions: Work = {
  name: WORK,
  role: 'desk',
  weight: 1,
  run(world) {
    const { vault, random, clock, say } = world;
    const list = vault.catalogue.exceptions;
    const at = clock.now();
    const open = list.list(100, 0).filter(({ explained }) => explained === null);
    if (open.length > 1) {
      const { id } = random.pick(open);
      say(WORK, 'about_to_explain', { id });
      list.explain(id, { at, by: 'anna', words: 'rerouted' }, () =>
        append(world, {
          kind: 'exception_explained',
          actor: 'anna',
          facts: { exception: id, explanation: 'rerouted' },
        }),
      );
      say(WORK, 'explained', { id });
      return;
    }
    const id = random.bytes(16).toString('hex');
    const call = { caller: 'a', callee: 'b', startedAt: at - 60_000, talkMs: 30_000, call: null, purpose: null };
    say(WORK, 'about_to_list', { id });
    list.add([{ id, source: 'pbx', cause: 'not_seen', foundAt: at, expiresAt: at + 400 * DAY_MS, ...call }], () =>
      append(world, { kind: 'call_log_read', actor: 'box', facts: { source: 'pbx', calls: 1, exceptions: 1 } }),
    );
    say(WORK, 'listed', { id });
  },
  check: ({ vault }, journal) => {
    const list = vault.catalogue.exceptions;
    const gone = journal.of(WORK, 'listed').filter(({ id }) => list.get(id as string) === null);
    const open = journal.of(WORK, 'explained').filter(({ id }) => list.get(id as string)?.explained == null);
    return [
      ...gone.map(({ id }) => `exceptions: ${id} is listed no more`),
      ...open.map(({ id }) => `exceptions: ${id} is explained no more`),
    ];
  },
};
