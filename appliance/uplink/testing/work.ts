/** A box's work with its uplink in a process of its own, which a test ends at a commit point: what it says on its output, it had done by then. */
import { writeSync } from 'node:fs';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { openStore } from '../store.ts';
import { BOX } from './sample.ts';

const [path, ...commands] = process.argv.slice(2);
const say = (what: string, id: string) => writeSync(1, `${what} ${id}\n`);

const store = openStore({ path: path!, boxId: BOX, clock: systemClock, chance: systemChance });
for (const id of commands) {
  const queued = store.outbox.add('event', { is: 'finding', code: 'disk_low', level: 'warn', on: true });
  say('queued', queued);
  const expiresAt = Date.now() + 3_600_000;
  if (store.inbox.hear({ v: 1, id, ts: Date.now(), seq: 1, body: { op: 'renew', expiresAt } })) {
    say('did', id);
    store.inbox.answer(id, { state: 'done' });
  }
  const sent = store.outbox.next(0)!;
  say('sent', JSON.parse(sent.bytes.toString()).id);
  store.outbox.forget(sent.place);
}
store.close();
