import { systemChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { codeOf } from '@belkluis/shared/base/testing/code-of';
import test from 'ava';
import { openDrafts } from './drafts.ts';

const opened = () => {
  const clock = new ManualClock();
  return { clock, drafts: openDrafts<string>({ clock, chance: systemChance, keepMs: 1000 }) };
};

test('a draft is its author’s alone, and the one written last is found', (t) => {
  const { drafts } = opened();
  const first = drafts.put('anna', 'a', 'b');
  drafts.put('anna', 'a', 'c');
  drafts.put('bram', 'a', 'd');
  t.like(drafts.find('anna', first), { base: 'a', next: 'b' });
  t.is(
    codeOf(() => drafts.find('bram', first)),
    'draft_gone',
  );
  t.is(drafts.latest('anna')?.next, 'c');
  t.is(drafts.latest('carla'), null);
});

test('a draft is forgotten after its time, and the oldest when there are too many', (t) => {
  const { clock, drafts } = opened();
  const first = drafts.put('anna', 'a', 'b');
  clock.advance(1000);
  t.is(
    codeOf(() => drafts.find('anna', first)),
    'draft_gone',
  );
  t.is(drafts.latest('anna'), null);
  const ids = Array.from({ length: 33 }, (_, at) => drafts.put('anna', 'a', String(at)));
  t.is(
    codeOf(() => drafts.find('anna', ids[0]!)),
    'draft_gone',
  );
  t.is(drafts.find('anna', ids[1]!).next, '1');
  drafts.drop(ids[32]!);
  t.is(drafts.latest('anna')?.next, '31');
});
