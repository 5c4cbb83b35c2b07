/** Who looked is in the audit log before anything is shown; lengths as a criterion. */
import test from 'ava';
import { ID, sealed, signedIn } from './testing/browser.ts';
import { recordingRow } from './testing/desk.ts';

test('a search and the view of a recording are in the log: who, what for, and how many were found', async (t) => {
  const { page, recordings, events, person } = await signedIn(['custodian']);
  recordings.push(sealed());
  const before = events.length;
  await page('/recordings');
  t.is(events.length, before, 'the list that the desk opens with is no search');
  await page('/recordings?party=0012%204471&from=2025-12-30&longer=4:00');
  t.like(events.at(-1), {
    kind: 'search',
    actor: person.id,
    facts: { party: '00124471', from: Date.UTC(2025, 11, 29, 23), until: null, durationFromMs: 239_500, found: 0 },
  });
  await page('/recordings?page=2');
  t.like(events.at(-1), { kind: 'search', facts: { party: null, found: 1 } }, 'reading on is an act');
  await page(`/recordings/${ID}`);
  t.like(events.at(-1), { kind: 'view', actor: person.id, facts: { recording: ID } });
  t.is(events.length, before + 3);
});

test('without audit log a search shows nothing and a recording is not shown', async (t) => {
  const { get, recordings, world } = await signedIn(['custodian']);
  recordings.push(sealed());
  world.auditWorks = false;
  for (const path of ['/recordings?party=0012', '/recordings?page=2', `/recordings/${ID}`, '/holds/new?party=0012']) {
    const response = await get(path);
    t.is(response.status, 503, path);
    const text = await response.text();
    t.regex(text, /audit log cannot be written/);
    t.notRegex(text, /0012 4471/, path);
  }
});

test('recordings are found by how long they are, as it is shown', async (t) => {
  const { page, get, recordings } = await signedIn(['custodian']);
  const lengths = [30_000, 251_600, 252_400, 253_000, 3_765_000];
  const end = recordingRow({ id: ID, startedAt: 1 }).end!;
  for (const [n, durationMs] of lengths.entries())
    recordings.push(sealed(recordingRow({ id: `${n}`.repeat(32), startedAt: 1e12 + n, end: { ...end, durationMs } })));
  const found = async (query: string) => /(\d+) recordings?<\/h2>/.exec(await page(`/recordings?${query}`))?.[1] ?? '0';
  t.is(await found('longer=4:12&shorter=4:12'), '2', 'what is shown as 4:12');
  t.is(await found('longer=4:12'), '4');
  t.is(await found('shorter=1'), '1');
  t.is(await found('longer=62'), '1');
  t.is(await found('longer=1:02:45'), '1');
  t.is(await found('longer=90'), '0');
  for (const [query, field] of [
    ['longer=soon', 'longer'],
    ['longer=1&shorter=4:99', 'shorter'],
  ]) {
    const response = await get(`/recordings?${query}`);
    t.is(response.status, 422);
    const text = await response.text();
    t.regex(text, new RegExp(`href="#${field}">Give a length in minutes`));
    t.notRegex(text, /recordings?<\/h2>/, 'nothing wider is shown instead');
  }
});

test('whoever may not see recordings reads in the log that somebody looked, not for whom', async (t) => {
  const admin = await signedIn(['admin']);
  const actor = admin.person.id;
  admin.events.push(
    { kind: 'search', at: 1, actor, facts: { party: '31612345678', purpose: null, from: null, until: null, found: 1 } },
    { kind: 'release', at: 2, actor, facts: { recording: ID, reason: 'complaint of Mr Jansen' } },
    {
      kind: 'recording_ended',
      at: 3,
      actor: 'box',
      facts: { recording: ID, reason: 'finished', segments: 3, contentRoot: 'c' },
    },
  );
  const page = await admin.page('/audit');
  t.regex(page, /Looked for recordings/);
  t.notRegex(page, /31612345678|Jansen|href="\/recordings/);
  t.regex(page, /segments 3/);
  const dpo = await signedIn(['dpo']);
  dpo.events.push(...admin.events.slice(-3));
  t.regex(await dpo.page('/audit'), /31612345678/);
});
