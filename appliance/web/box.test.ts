/** Terms, backups, the log's state, the clock: what the desk says about how the box keeps its promises. */
import test from 'ava';
import type { BackupState } from './box-services.ts';
import type { TrunkState } from './line-services.ts';
import { ID, sealed, signedIn } from './testing/browser.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 0, 1);

const backups: BackupState = {
  destinations: [
    {
      name: 'archive',
      kind: 'sftp',
      country: 'NL',
      allowed: true,
      last: { at: NOW - 3_600_000, outcome: 'done', recordings: 12, bytes: 48_000_000 },
      progress: null,
      snapshots: [{ name: 's', at: NOW - 3_600_000, expiresAt: NOW + 6 * DAY_MS }],
    },
  ],
  nextAt: NOW + 3_600_000,
  drill: { last: { at: NOW - DAY_MS, outcome: 'passed', seconds: 41 }, dueAt: NOW + 29 * DAY_MS, running: false },
};

test('terms are those of the policy, and the report says when a term is longer than anybody needed', async (t) => {
  const { page, vault, world } = await signedIn(['dpo']);
  const { id, name, retention } = (await import('@belkluis/shared/policy/sample')).samplePolicy(new Date(NOW))
    .purposes[0]!;
  vault.world.usage = [
    {
      purpose: id,
      alive: 40,
      erased: 60,
      everOpenedShare: 0.05,
      latestOpeningMs: 3.2 * DAY_MS,
      termDays: 30,
      judged: true,
      advisedDays: 14,
    },
    {
      purpose: 'former',
      alive: 0,
      erased: 0,
      everOpenedShare: 0,
      latestOpeningMs: 0,
      termDays: null,
      judged: false,
      advisedDays: null,
    },
  ];
  const shown = await page('/retention');
  t.true(shown.includes(name));
  t.regex(shown, new RegExp(`${retention.contentDays} days`));
  t.regex(shown, /5%[\s\S]*after 4 days/);
  t.regex(shown, /14 days would have done; the term is 30/);
  t.regex(shown, /never opened[\s\S]*Nothing to say yet/);
  world.withPolicy = false;
  t.regex(await page('/retention'), /Without a policy there are no terms/);
});

test('requests are listed with what became of them and why', async (t) => {
  const { page, vault, person } = await signedIn(['dpo']);
  t.regex(await page('/retention'), /Nobody has asked/);
  const base = { recording: ID, caseRef: 'V-1', receivedAt: NOW, actor: person.id, expiresAt: NOW + 400 * DAY_MS };
  vault.world.requests = [
    { ...base, id: '1', kind: 'erasure', outcome: 'refused', ground: 'legal_retention' },
    { ...base, id: '3', kind: 'erasure', outcome: 'refused', ground: 'MiFID II 16(7)' },
    { ...base, id: '2', kind: 'objection', outcome: 'done', ground: null },
  ];
  const shown = await page('/retention');
  t.regex(shown, /Erasure \(Art\. 17\)[\s\S]*V-1[\s\S]*Refused: law demands that it stays/);
  t.regex(shown, /Refused: MiFID II 16\(7\)/);
  t.regex(shown, /Objection \(Art\. 21\)[\s\S]*Done/);
});

test('backups say where they go, how it went, until when keys stay in them, and that one was restored', async (t) => {
  const { page, vault } = await signedIn(['dpo']);
  t.regex(await page('/backups'), /No backup is kept/);
  vault.world.backups = backups;
  const shown = await page('/backups');
  for (const part of [
    /Backups are in order/,
    /Netherlands/,
    /12 recordings, 48 MB/,
    /Wed,? 7 Jan 2026/,
    /Restored and opened/,
  ])
    t.regex(shown, part);
  t.notRegex(shown, /Back up now|Drill now/, 'the DPO looks; whoever runs the machine runs them');
  const [archive] = backups.destinations;
  vault.world.backups = { ...backups, destinations: [{ ...archive!, country: 'US', allowed: false }] };
  t.regex(
    await page('/backups'),
    /A backup needs attention[\s\S]*Not in a country that the policy allows\. Nothing is sent/,
  );
  vault.world.backups = {
    ...backups,
    destinations: [{ ...archive!, last: { ...archive!.last!, outcome: 'destination_full' } }],
  };
  t.regex(await page('/backups'), /Is full/);
  vault.world.backups = { ...backups, drill: { ...backups.drill, dueAt: NOW - DAY_MS } };
  t.regex(await page('/backups'), /A backup needs attention[\s\S]*overdue/);
  vault.world.backups = { ...backups, destinations: [{ ...archive!, progress: { doneBytes: 5e6, totalBytes: 1e7 } }] };
  t.regex(await page('/backups'), /<progress max="10000000" value="5000000"/);
});

test('whoever runs the machine backs up and drills, and a second run waits', async (t) => {
  const { page, post, vault } = await signedIn(['admin']);
  t.is((await post('/backups/run', {})).status, 409, 'there is no destination');
  vault.world.backups = backups;
  t.regex(await page('/backups'), /Back up now[\s\S]*Drill now/);
  t.is((await post('/backups/run', {})).headers.get('Location'), '/backups?notice=started');
  t.regex(await page('/backups?notice=started'), /It has begun/);
  t.is((await post('/backups/run', {})).status, 409);
  t.is((await post('/backups/drill', {})).status, 303);
  t.deepEqual(vault.world.started, ['run', 'drill']);
});

test('the log says who else remembers it, and tells loudly when it is not what was written', async (t) => {
  const { page, vault } = await signedIn(['dpo']);
  t.regex(await page('/'), /No witness remembers it/);
  const alone = await page('/audit');
  t.regex(alone, /All entries as they were written/);
  t.regex(alone, /an old copy of the whole disk put back would not be noticed/);
  t.regex(alone, /EEEE EEEE EEEE/);
  vault.world.log = { witnesses: [{ name: 'De Linde archive', size: 1041, at: NOW - 60_000 }], generation: 2 };
  const witnessed = await page('/audit');
  t.regex(witnessed, /De Linde archive<\/dt><dd>up to entry 1,040/);
  t.regex(await page('/'), /Witnessed today/);
  t.regex(witnessed, /Generation<\/dt><dd>2/);
  vault.world.log = { verified: { upTo: 40, at: NOW, fault: { index: 17, what: 'leaf_changed' } } };
  t.regex(await page('/audit'), /Not what was written[\s\S]*Entry 17: its text was changed/);
});

test('health says what holds the key of keys, and how long the disk lasts', async (t) => {
  const { page, vault } = await signedIn(['admin']);
  t.regex(await page('/health'), /no TPM: what is erased stays readable in copies/);
  vault.world.keystore = { epoch: 12, kind: 'tpm', lastAdvanceAt: NOW, waiting: 3 };
  vault.world.disk = { freeBytes: 2e9, reserveBytes: 1e9, forecastDays: 6.4, state: 'early' };
  const shown = await page('/health');
  t.regex(shown, /What is erased opens from no copy of this disk/);
  t.regex(shown, /Near the reserve[\s\S]*in about 6 days/);
});

test('a clock in doubt is confirmed by a person who sees what leaves, and logged before', async (t) => {
  const { page, post, events, person, world, vault } = await signedIn(['admin']);
  t.regex(await page('/time'), /nothing to confirm/i);
  t.is((await post('/time/confirm', {})).status, 409);
  vault.world.time = { state: 'behind', wall: NOW - DAY_MS, expected: NOW, due: 0 };
  t.regex(await page('/health'), /The clock was set back/);
  vault.world.time = { state: 'unconfirmed', wall: NOW + 40 * DAY_MS, expected: NOW, due: 213 };
  t.regex(await page('/health'), /The clock is ahead[\s\S]*href="\/time"/);
  t.regex(await page('/time'), /class="door[\s\S]*Tue,? 10 Feb 2026[\s\S]*213 recordings leave at once, for good/);
  world.auditWorks = false;
  t.is((await post('/time/confirm', {})).status, 503);
  t.is(vault.world.time.state, 'unconfirmed');
  world.auditWorks = true;
  t.is((await post('/time/confirm', {})).status, 303);
  t.like(events.at(-1), { kind: 'time_confirmed', actor: person.id });
});

test('every new page speaks Dutch', async (t) => {
  const { page, get, post, recordings, vault } = await signedIn(['dpo', 'custodian', 'admin']);
  recordings.push(sealed());
  vault.world.backups = backups;
  await get('/?language=nl');
  const placed = await post('/holds', { case: 'K-1', reason: 'r', owner: 'o', review: '2026-02-01', recordings: ID });
  for (const [path, title] of [
    ['/holds', /Eén bewaarbevel houdt opnamen vast/],
    ['/holds/new', /Bewaarbevel geven/],
    [`${placed.headers.get('Location')}`, /Bewaarbevel voor K-1/],
    [`${placed.headers.get('Location')}/lift`, /opheffen\?/],
    [`/recordings/${ID}/restrict`, /Deze opname beperken/],
    [`/recordings/${ID}/erase`, /kan nu niet gewist worden/],
    ['/erasures', /Nog geen certificaat/],
    ['/retention', /Hoe lang alles blijft/],
    ['/backups', /De back-ups zijn in orde/],
    ['/audit', /Toestand van de log/],
  ] as const)
    t.regex(await page(path), title, path);
});

test('trunks say how they are in plain words, and which phone used up its day; a custodian does not see them', async (t) => {
  const { page, world, lines } = await signedIn(['admin']);
  t.regex(await page('/trunks'), /This box has no trunk/);
  lines.tell({ trunks: [{ id: 'carrier', host: 'sip.example.net' }] });
  const carrier: TrunkState = {
    id: 'carrier',
    host: 'sip.example.net',
    up: true,
    registration: { is: 'registered', until: NOW + 600_000, why: null },
    heardAt: NOW - 5000,
    calls: 3,
    maxCalls: 30,
    plain: false,
  };
  world.trunks = { trunks: [carrier], capped: [{ cap: 'user_at_once', kind: 'user', name: '<b>10' }] };
  const shown = await page('/trunks');
  t.regex(shown, /Every trunk is there[\s\S]*sip\.example\.net[\s\S]*Registered[\s\S]*3 of 30/);
  t.regex(shown, /Limits reached today[\s\S]*Phone &lt;b&gt;10[\s\S]*calls at once/);
  const faulty = (more: Partial<TrunkState>) => {
    world.trunks = { trunks: [{ ...carrier, ...more }], capped: [] };
    return page('/trunks');
  };
  const waiting = { is: 'waiting', until: null, why: 'wrong_password' } as const;
  t.regex(await faulty({ registration: waiting }), /A trunk needs attention[\s\S]*Refuses the account or its password/);
  t.regex(await faulty({ up: false }), /A trunk needs attention[\s\S]*Does not answer/);
  world.trunks = null;
  t.regex(await page('/trunks'), /The call process does not answer/);
});
