import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { checkEvent } from '@belkluis/shared/audit/event';
import { silentLog } from '@belkluis/shared/base/log';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { noticeVersion } from '@belkluis/shared/policy/documents/staff-notice';
import { samplePolicy } from '@belkluis/shared/policy/sample';
import test from 'ava';
import { followAcknowledgements } from './follow-acknowledgements.ts';
import { createNotices } from './notices.ts';
import { openPrivacy } from './privacy.ts';
import { readSignedList } from './read-list.ts';

const DAY = 86_400_000;
const draft = samplePolicy(new Date('2026-11-01T00:00:00Z'));
const [complaints] = draft.purposes;
const quality = { ...complaints!, id: 'quality', uses: ['quality' as const] };

const rulesOf = (...purposes: string[]): typeof draft.rules =>
  purposes.map((purpose) => ({ id: purpose, purpose, start: 'automatic' }));

function scene() {
  const path = join(mkdtempSync(join(tmpdir(), 'privacy-')), 'privacy.db');
  const clock = new ManualClock();
  const days = { directory: 365 };
  const terms = { directory: () => days.directory, request: () => 1096 };
  const privacy = openPrivacy(path, terms);
  /** The other process: its own connection to the same file. */
  const call = openPrivacy(path, terms);
  const events: AuditEntry[] = [];
  const world = { purposes: [complaints!, quality], rules: rulesOf('complaints', 'quality'), logWorks: true };
  const notices = createNotices({
    acknowledgements: privacy.acknowledgements,
    policy: () => (world.purposes.length === 0 ? null : { ...draft, ...world }),
    appendAll(entries) {
      if (!world.logWorks) throw Object.assign(new Error('disk full'), { code: 'audit_failed' });
      for (const entry of entries) checkEvent({ ...entry, at: 1 });
      events.push(...entries);
    },
    clock,
  });
  const followed = followAcknowledgements(call.acknowledgements, { clock, log: silentLog });
  const acknowledge = (extension: string, purpose: string | null = null, version: string | null = null) =>
    notices.acknowledge([{ extension, purpose, version, at: clock.now() }], 'paper', 'p1');
  return { path, clock, days, privacy, call, events, world, notices, followed, acknowledge };
}

const codeOf = (act: () => unknown): string => {
  try {
    act();
    return 'none';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test('who has acknowledged counts in the other process at its next look, for that purpose and that extension alone', (t) => {
  const { followed, acknowledge, notices } = scene();
  t.false(followed.acknowledged('201', complaints!));
  acknowledge('201', 'complaints');
  followed.look();
  t.true(followed.acknowledged('201', complaints!));
  t.false(followed.acknowledged('201', quality));
  t.false(followed.acknowledged('2010', complaints!));
  t.false(followed.acknowledged('202', complaints!));
  notices.withdraw('201', null, 'p1');
  followed.look();
  t.false(followed.acknowledged('201', complaints!));
});

test('what the purpose says now is another notice: it has to be acknowledged anew', (t) => {
  const { followed, acknowledge, world, notices } = scene();
  acknowledge('201');
  followed.look();
  const changed = { ...complaints!, uses: ['complaint' as const, 'training' as const] };
  t.true(followed.acknowledged('201', complaints!));
  t.true(followed.acknowledged('201', { ...complaints!, name: 'Called otherwise' }));
  t.false(followed.acknowledged('201', changed));
  world.purposes = [changed, quality];
  const states = () =>
    notices.list(['202']).map(({ extension, notices: all }) => [extension, ...all.map(({ state }) => state)]);
  t.deepEqual(states(), [
    ['201', 'outdated', 'acknowledged'],
    ['202', 'missing', 'missing'],
  ]);
  acknowledge('201', 'complaints');
  followed.look();
  t.true(followed.acknowledged('201', changed));
  t.false(followed.acknowledged('201', complaints!), 'only the newest counts');
});

test('whom no rule of a purpose means has nothing to acknowledge of it', (t) => {
  const { world, notices } = scene();
  const states = () => notices.list(['201', '301']).map(({ notices: all }) => all.map(({ purpose }) => purpose).join());
  t.deepEqual(states(), ['complaints,quality', 'complaints,quality']);
  const [all, some] = rulesOf('complaints', 'quality');
  world.rules = [all!, { ...some!, extensions: ['2??'] }];
  t.deepEqual(states(), ['complaints,quality', 'complaints']);
  world.rules = [
    { ...all!, via: 'siprec' },
    { ...some!, groups: ['nobody'] },
  ];
  t.deepEqual(states(), ['', '']);
});

test('each acknowledgement is in the audit log with its version, before it counts; what the log refuses does not', (t) => {
  const { followed, acknowledge, events, world, notices } = scene();
  acknowledge('201');
  t.deepEqual(
    events.map(({ kind, actor, facts }) => ({ kind, actor, facts })),
    [complaints!, quality].map((purpose) => ({
      kind: 'notice_acknowledged',
      actor: 'p1',
      facts: { extension: '201', purpose: purpose.id, version: noticeVersion(purpose), how: 'paper' },
    })) as never,
  );
  notices.withdraw('201', 'quality', 'p2');
  t.like(events.at(-1), {
    kind: 'acknowledgement_withdrawn',
    actor: 'p2',
    facts: { extension: '201', purpose: 'quality' },
  });
  world.logWorks = false;
  t.is(
    codeOf(() => acknowledge('202')),
    'audit_failed',
  );
  t.is(
    codeOf(() => notices.withdraw('201', null, 'p1')),
    'audit_failed',
  );
  followed.look();
  t.false(followed.acknowledged('202', complaints!));
  t.true(followed.acknowledged('201', complaints!));
});

test('what cannot be acknowledged is refused with the reason, and nothing of a list is taken then', (t) => {
  const { notices, acknowledge, world, clock, privacy } = scene();
  const present = noticeVersion(complaints!);
  t.is(
    codeOf(() => acknowledge('201', 'unknown')),
    'purpose_unknown',
  );
  t.is(
    codeOf(() => acknowledge('2 01')),
    'extension_name',
  );
  t.is(
    codeOf(() => acknowledge('201', 'complaints', 'f'.repeat(64))),
    'notice_outdated',
  );
  t.is(
    codeOf(() => acknowledge('201', 'complaints', present.slice(0, 4))),
    'notice_outdated',
  );
  t.is(
    codeOf(() => notices.withdraw('201', null, 'p1')),
    'acknowledgement_unknown',
  );
  const at = clock.now();
  const list = [
    { extension: '201', purpose: 'complaints', version: present.slice(0, 12), at },
    { extension: '202', purpose: 'complaints', version: null, at: at + 1 },
  ];
  t.is(
    codeOf(() => notices.acknowledge(list, 'paper', 'p1')),
    'acknowledged_ahead',
  );
  t.deepEqual(privacy.acknowledgements.list(at), []);
  t.is(notices.acknowledge(list.slice(0, 1), 'paper', 'p1').length, 1);
  world.purposes = [];
  t.is(
    codeOf(() => acknowledge('201')),
    'no_policy',
  );
});

test('an acknowledgement leaves when nobody uses the extension any more, and stays while calls are made with it', (t) => {
  const { followed, acknowledge, clock, privacy, days } = scene();
  const { acknowledgements } = privacy;
  acknowledge('201');
  acknowledge('202');
  followed.look();
  clock.advance(300 * DAY);
  t.true(followed.acknowledged('201', complaints!));
  followed.tell();
  clock.advance(66 * DAY);
  // Past its day it counts no more, erased or not.
  t.deepEqual([...new Set(acknowledgements.list(clock.now()).map(({ extension }) => extension))], ['201']);
  t.is(acknowledgements.forgetExpired(clock.now()), 2);
  // A policy that keeps the directory for less counts for what is there.
  days.directory = 10;
  t.is(acknowledgements.forgetExpired(clock.now()), 2);
});

test('what was taken out is in no file any more', (t) => {
  const { path, acknowledge, privacy, call, clock, followed } = scene();
  acknowledge('marker-extension');
  const holds = () => [path, `${path}-wal`].some((file) => readFileSync(file).includes('marker-extension'));
  t.true(holds());
  privacy.acknowledgements.remove('marker-extension', null);
  followed.close();
  call.close();
  privacy.acknowledgements.forgetExpired(clock.now());
  t.false(holds());
});

test('a decision asks memory alone: a hundred thousand of them write and read nothing', (t) => {
  const { followed, acknowledge, call } = scene();
  acknowledge('201');
  followed.look();
  call.close();
  let yes = 0;
  for (let asked = 0; asked < 100_000; asked++) if (followed.acknowledged('201', complaints!)) yes++;
  t.is(yes, 100_000);
  // The disk is gone; what was known stays known.
  followed.look();
  t.true(followed.acknowledged('201', complaints!));
});

test('a signed list is read as spreadsheets save it, and refused with its line', (t) => {
  const version = noticeVersion(complaints!).slice(0, 12);
  const read = (text: string) => readSignedList(text);
  t.deepEqual(read(`\uFEFFextension;purpose;version;date\r\n201; * ;${version};2026-11-25\r\n\r\n`), [
    { extension: '201', purpose: null, version, at: Date.parse('2026-11-25') },
  ]);
  t.is(read(`purpose,extension,date,version\ncomplaints,"202",2026-11-25,${version}\n`)[0]!.purpose, 'complaints');
  for (const text of [
    '',
    'extension,purpose,version,date\n',
    `extension,purpose,version\n201,*,${version}\n`,
    `extension,purpose,version,date\n201,*,${version},25-11-2026\n`,
    'extension,purpose,version,date\n201,*,,2026-11-25\n',
    `extension,purpose,version,date\n201,*,${version},2026-11-25,more\n`,
    'extension,purpose,version,date\n"201',
  ])
    t.is(
      codeOf(() => read(text)),
      'list_malformed',
      text,
    );
  try {
    read(`extension,purpose,version,date\n201,*,${version},2026-11-25\n202,*,${version},someday\n`);
    t.fail();
  } catch (error) {
    t.regex((error as Error).message, /line 3: date/);
  }
});
