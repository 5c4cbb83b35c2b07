import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { openNetworks } from './networks.ts';

const ban = (source: string, since: number, lastsMs: number) =>
  ({ source, why: 'guesses', reach: 'all', times: 1, since, until: since + lastsMs }) as const;

test('bans and networks with phones are kept, the newest ban first; what is over is in no file any more', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'networks-'));
  const path = join(folder, 'networks.db');
  const clock = new ManualClock();
  const inFiles = (text: string) =>
    readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes(Buffer.from(text)));
  let networks = openNetworks(path, clock);
  const [old, young] = [ban('192.0.2.66', clock.now(), 60_000), ban('192.0.2.67:5060', clock.now() + 1, 120_000)];
  const home = { source: '2001:db8:1:2::/64', until: clock.now() + 90_000 };
  networks.keep({ bans: [young, old], homes: [home, { source: '192.0.2.99', until: clock.now() }] });
  networks.close();
  t.is(statSync(path).mode & 0o777, 0o600);
  networks = openNetworks(path, clock);
  t.deepEqual(networks.load(), { bans: [young, old], homes: [home] });
  t.true(inFiles('192.0.2.66'));
  networks.keep({ bans: [young], homes: [home] });
  t.false(inFiles('192.0.2.66'));
  networks.close();
  // Nobody was there when these ended.
  clock.advance(120_001);
  networks = openNetworks(path, clock);
  t.deepEqual(networks.load(), { bans: [], homes: [] });
  for (const text of ['192.0.2.67', '2001:db8']) t.false(inFiles(text));
  networks.close();
});
