import test from 'ava';
import Database from 'better-sqlite3';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { type Member, newMember } from '../peers/visitor.ts';

let box: ScenarioBox;
let anna: Member;
test.before(async () => {
  box = await scenarioBox({ phones: [{ user: 'anna-de-vries' }, { user: 'bram-jansen' }] });
  anna = await newMember(box, 'Anna Visser');
  await anna.signIn();
});
test.after.always(() => box?.end());

test('without the log no key, no erasure and no hold; a call is recorded whole, and its end is in the log afterwards', async (t) => {
  const before = await box.recordedCall('anna-de-vries', 'bram-jansen');
  const ended = (id: string) =>
    box.audit().events.some((event) => event.kind === 'recording_ended' && event.facts.recording === id);
  await eventually(async () => ended(before), 'the end of the first recording in the log');

  // Somebody holds the database: every append waits in vain.
  const holder = new Database(box.at.auditDatabase);
  holder.exec('BEGIN IMMEDIATE');
  const during = await box.recordedCall('anna-de-vries', 'bram-jansen');
  const acts: [string, Record<string, string>][] = [
    [`/recordings/${before}/release`, { why: 'complaint' }],
    [`/recordings/${before}/erase`, { reason: 'request', case: 'R-1' }],
    [`/recordings/${before}/restrict`, { ground: 'accuracy', reason: 'asked' }],
  ];
  for (const [path, fields] of acts) {
    const answer = await anna.post(path, fields);
    t.is(answer.status, 503, path);
    t.regex(answer.text, /audit log cannot be written/i, path);
  }
  holder.exec('ROLLBACK');
  holder.close();

  const { end } = box.vault(({ catalogue }) => catalogue.get(during)!);
  t.like(end, { reason: 'finished', gaps: 0 });
  t.true((await box.open(during)).segments.length > 0);
  t.not(
    box.vault(({ keystore }) => keystore.get(before)),
    null,
    'nothing was erased',
  );
  await eventually(async () => ended(during), 'the end of the second recording in the log');
  t.false(
    box.audit().events.some(({ kind }) => ['release', 'purge', 'restriction_placed'].includes(kind)),
    'nothing is in the log that was not done',
  );
  t.true(box.audit().holds);
});
