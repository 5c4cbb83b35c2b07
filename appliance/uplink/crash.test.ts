/** The process dies at each line after which something counts: nothing that was queued is lost, nothing that was asked is done twice or goes unanswered. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededChance, systemChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { newUlid } from '@belkluis/shared/base/ulid';
import { response } from '@belkluis/shared/contract/response';
import { parseTopic } from '@belkluis/shared/contract/topics';
import test from 'ava';
import { openStore } from './store.ts';
import { BOX } from './testing/sample.ts';

const work = join(import.meta.dirname, 'testing/work.ts');

function run(path: string, commands: readonly string[], dieAt?: string): { killed: boolean; said: [string, string][] } {
  const { signal, status, stdout, stderr } = spawnSync(process.execPath, [work, path, ...commands], {
    env: { ...process.env, ...(dieAt && { BELKLUIS_DIE_AT: dieAt }) },
    encoding: 'utf8',
  });
  if (signal === null && status !== 0) throw new Error(stderr);
  const said = stdout.split('\n').filter((line) => line !== '');
  return { killed: signal === 'SIGKILL', said: said.map((line) => line.split(' ') as [string, string]) };
}

for (const point of ['uplink.queued', 'uplink.command_heard', 'uplink.command_answered', 'uplink.forgotten']) {
  test(`dead at ${point}`, (t) => {
    const path = join(mkdtempSync(join(tmpdir(), 'crash-')), 'uplink.db');
    const chance = seededChance(point);
    const commands = [1, 2, 3].map((at) => newUlid(at, chance));
    const first = run(path, commands, `${point}#2`);
    t.true(first.killed);
    const second = run(path, commands);
    t.false(second.killed);
    const said = [...first.said, ...second.said];
    const of = (what: string) => said.filter(([which]) => which === what).map(([, id]) => id);
    t.is(new Set(of('did')).size, of('did').length);

    const store = openStore({ path, boxId: BOX, clock: new ManualClock(Date.now()), chance: systemChance });
    const there: string[] = [];
    const over = new Set<string>();
    for (let place = 0; ; ) {
      const sent = store.outbox.next(place);
      if (!sent) break;
      place = sent.place;
      there.push(JSON.parse(sent.bytes.toString()).id);
      const about = parseTopic(sent.topic)!;
      const read = response.parse(sent.bytes);
      if (about.kind === 'response' && read.ok && read.message.body.state !== 'accepted') over.add(about.command);
    }
    store.close();
    for (const id of of('queued')) t.true(there.includes(id) || of('sent').includes(id), id);
    t.deepEqual([...over].sort(), [...commands].sort());
  });
}
