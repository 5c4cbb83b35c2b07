/** The desk in a real Chromium, as two people keep and forget with it: hold, lift by the second, restrict, erase, take the certificate away. */
import { readFileSync } from 'node:fs';
import anyTest, { type TestFn } from 'ava';
import type { Page } from 'playwright-core';
import { recordingRow, type TestDesk } from '../../appliance/web/testing/desk.ts';
import { type Chromium, picture, startBox, startChromium } from './chromium.ts';
import { signIn } from './sign-in.ts';

const DAY_MS = 86_400_000;
const CLAIM = '1'.repeat(32);
const REQUEST = '2'.repeat(32);
const LOCKED = '3'.repeat(32);

interface World extends Awaited<ReturnType<typeof startBox>> {
  readonly robert: Chromium;
  readonly ingrid: Chromium;
}

const test = anyTest as TestFn<World>;
const shared = {} as World;

function putRecordings(box: TestDesk): void {
  const now = Date.now();
  const sealed = { wraps: Uint8Array.of(1), content: Uint8Array.of(1) };
  const lock = { lockedUntil: now + 1700 * DAY_MS, lockGround: 'MiFID II 16(7)', expiresAt: now + 1800 * DAY_MS };
  for (const row of [
    recordingRow({ id: CLAIM, startedAt: now - 2 * DAY_MS }),
    recordingRow({ id: REQUEST, startedAt: now - 3 * DAY_MS, caller: '+31 78 555 0101' }),
    recordingRow({ id: LOCKED, startedAt: now - 4 * DAY_MS, purposeName: 'Mortgage advice', ...lock }),
    recordingRow({ id: '4'.repeat(32), startedAt: now - 40 * DAY_MS }),
  ])
    box.recordings.push({ row, ...sealed });
}

function putState({ vault, events }: TestDesk): void {
  const now = Date.now();
  const snapshot = (hours: number) => ({
    name: `s${hours}`,
    at: now - hours * 3_600_000,
    expiresAt: now + 7 * DAY_MS - hours * 3_600_000,
  });
  vault.world.backups = {
    destinations: [
      {
        name: 'archive',
        kind: 'sftp',
        country: 'NL',
        allowed: true,
        last: { at: now - 3_600_000, outcome: 'done', recordings: 12, bytes: 48_000_000 },
        progress: { doneBytes: 21_000_000, totalBytes: 64_000_000 },
        snapshots: [snapshot(1), snapshot(25)],
      },
      { name: 'overseas', kind: 's3', country: 'US', allowed: false, last: null, progress: null, snapshots: [] },
    ],
    nextAt: now + 1_800_000,
    drill: {
      last: { at: now - 20 * DAY_MS, outcome: 'passed', seconds: 41 },
      dueAt: now + 10 * DAY_MS,
      running: false,
    },
  };
  vault.world.usage = [
    {
      purpose: 'complaints',
      alive: 412,
      erased: 1803,
      everOpenedShare: 0.031,
      latestOpeningMs: 6.3 * DAY_MS,
      termDays: 30,
      judged: true,
      advisedDays: 14,
    },
  ];
  const base = { recording: LOCKED, caseRef: 'V-2026-019', actor: 'somebody', expiresAt: now + 300 * DAY_MS };
  vault.world.requests = [
    { ...base, id: 'a', kind: 'erasure', receivedAt: now - DAY_MS, outcome: 'refused', ground: 'MiFID II 16(7)' },
    {
      ...base,
      id: 'b',
      kind: 'objection',
      receivedAt: now - 9 * DAY_MS,
      outcome: 'done',
      ground: null,
      recording: '5'.repeat(32),
    },
  ];
  vault.world.log = { witnesses: [{ name: 'Archive of the board', size: 184_190, at: now - 240_000 }] };
  events.push({
    kind: 'log_opened',
    at: now,
    actor: 'box',
    facts: { deviceId: 'd', generation: 1, previousSize: null, previousRoot: null },
  });
}

test.before(async () => {
  const started = await startBox();
  putRecordings(started.box);
  putState(started.box);
  Object.assign(shared, started, { robert: await startChromium(), ingrid: await startChromium() });
  const { box, origin, robert, ingrid } = shared;
  await signIn(box, origin, robert.page, 'Robert Visser', ['custodian', 'dpo', 'admin']);
  await signIn(box, origin, ingrid.page, 'Ingrid Bakker', ['dpo']);
});

test.beforeEach((t) => {
  t.context = shared;
});

test.after.always(async () => {
  await shared.robert?.browser.close();
  await shared.ingrid?.browser.close();
  await shared.serving?.close();
});

const heading = (page: Page): Promise<string | null> => page.locator('h1').textContent();

test.serial('pages with nothing on them yet', async (t) => {
  const { robert, origin } = t.context;
  for (const path of ['/holds', '/erasures']) {
    await robert.page.goto(origin + path);
    await picture(t, robert.page, `${path.slice(1)}-empty`);
  }
});

test.serial('calls that went unrecorded are seen, and one is explained; trunks tell how they are', async (t) => {
  const { robert, origin, box } = t.context;
  const { page } = robert;
  const now = box.services.clock.now();
  const call = { source: 'pbx', callee: '204', talkMs: 65_000, call: null, purpose: 'complaints', foundAt: now };
  const lost = (id: string, hours: number, caller: string, cause: string) => {
    const startedAt = now - hours * 3_600_000;
    return { ...call, id: id.repeat(32), startedAt, caller, cause, expiresAt: startedAt + 30 * DAY_MS };
  };
  box.vault.exceptions.add(
    [
      lost('a', 3, '+31201234567', 'not_seen'),
      lost('b', 28, '+32470000000', 'disk_reserve'),
      lost('c', 30, 'anna', 'cut_short'),
    ],
    () => {},
  );
  await page.goto(`${origin}/exceptions`);
  t.is(await heading(page), '3 calls should have been recorded and were not');
  await picture(t, page, 'exceptions');
  await page.getByRole('link', { name: 'Explain this call' }).first().click();
  await picture(t, page, 'exception');
  await page.getByLabel('Why was it not recorded').fill('The night line went past the box; rerouted.');
  await page.getByRole('button', { name: 'Keep the explanation' }).click();
  await page.getByText('rerouted').waitFor();
  t.is(await heading(page), '2 calls should have been recorded and were not');
  const trunk = { host: 'sip.example.net', heardAt: now - 20_000, calls: 3, maxCalls: 30, plain: false };
  box.world.trunks = {
    trunks: [
      { ...trunk, id: 'carrier', up: true, registration: { is: 'registered', until: now + 1_800_000, why: null } },
      { ...trunk, id: 'spare', up: false, registration: { is: 'waiting', until: null, why: 'no_answer' }, plain: true },
    ],
    capped: [{ cap: 'user_minutes', kind: 'user', name: 'anna' }],
  };
  await page.goto(`${origin}/trunks`);
  await picture(t, page, 'trunks');
});

test.serial('a hold is placed from the page of a recording', async (t) => {
  const { robert, origin, box } = t.context;
  const { page } = robert;
  await page.goto(`${origin}/recordings/${CLAIM}`);
  await page.getByRole('link', { name: 'Hold…' }).click();
  await page.getByText('1 recording will be held.').waitFor();
  await picture(t, page, 'hold-new');
  await page.getByRole('button', { name: 'Place the hold' }).click();
  await page.waitForFunction(() => document.activeElement?.classList.contains('errors'));
  t.is(await page.locator('.errors a').textContent(), 'Give the number of the case.');
  await picture(t, page, 'hold-new-refused');
  await page.getByLabel('Case number').fill('K-2026-131');
  await page.getByLabel('Why must it stay?').fill('A claim is announced');
  await page.getByLabel('Who answers for it?').fill('Legal affairs');
  const review = new Date(Date.now() + 90 * DAY_MS).toISOString().slice(0, 10);
  await page.getByLabel('Look at it again by').fill(review);
  await page.getByRole('button', { name: 'Place the hold' }).click();
  await page.waitForURL('**/holds/a*');
  t.is(await heading(page), 'Hold for K-2026-131');
  t.like(box.events.at(-1), { kind: 'hold_placed' });
  await picture(t, page, 'hold');
  await page.goto(`${origin}/recordings/${CLAIM}`);
  await picture(t, page, 'recording-held');
});

test.serial('the first person asks, and the second lifts', async (t) => {
  const { robert, ingrid, origin, box } = t.context;
  await robert.page.goto(`${origin}/holds`);
  await robert.page.getByRole('link', { name: 'K-2026-131' }).click();
  await robert.page.getByRole('link', { name: 'Ask to lift…' }).click();
  await picture(t, robert.page, 'hold-ask-lift');
  await robert.page.getByLabel('Why is it no longer needed?').fill('Claim settled');
  await robert.page.getByRole('button', { name: 'Ask to lift' }).click();
  await robert.page.getByText('somebody else must confirm').waitFor();
  t.is(await robert.page.getByRole('button', { name: 'Lift the hold on 1 recording' }).count(), 0);
  await picture(t, robert.page, 'hold-asked');

  await ingrid.page.goto(`${origin}/`);
  await picture(t, ingrid.page, 'overview-to-decide');
  await ingrid.page.getByRole('link', { name: 'All holds' }).click();
  await picture(t, ingrid.page, 'holds');
  await ingrid.page.getByRole('link', { name: 'K-2026-131' }).click();
  await ingrid.page.getByRole('link', { name: 'Decide on lifting…' }).click();
  await picture(t, ingrid.page, 'hold-decide');
  await ingrid.page.getByRole('button', { name: 'Lift the hold on 1 recording' }).click();
  await ingrid.page.getByText(/Lifted .* by Ingrid Bakker, at the request of Robert Visser/).waitFor();
  t.like(box.events.at(-1), { kind: 'hold_lifted' });
  t.is(box.vault.services.holds.of(CLAIM).length, 0);
});

test.serial('a restriction closes a recording until it is lifted', async (t) => {
  const { robert, origin, box } = t.context;
  const { page } = robert;
  await page.goto(`${origin}/recordings/${CLAIM}`);
  await page.getByRole('link', { name: 'Restrict…' }).click();
  await picture(t, page, 'restrict');
  await page.getByLabel('Its accuracy is contested').check();
  await page.getByLabel('What happened?').fill('The caller says that it was cut');
  await page.getByRole('button', { name: 'Restrict' }).click();
  await page.waitForURL(`${origin}/recordings/${CLAIM}`);
  await page.locator('.note.warn', { hasText: 'Nobody opens it' }).waitFor();
  t.is(await page.getByRole('button', { name: 'Open with my key…' }).count(), 0);
  await picture(t, page, 'recording-restricted');
  await page.goto(`${origin}/holds`);
  await picture(t, page, 'holds-restricted');
  await page.getByRole('link', { name: /\d\d:\d\d/ }).click();
  await page.getByRole('link', { name: 'Lift the restriction…' }).click();
  await picture(t, page, 'lift-restriction');
  await page.getByLabel('Why does it end?').fill('Checked with the caller');
  await page.getByRole('button', { name: 'Lift the restriction' }).click();
  await page.waitForURL(`${origin}/recordings/${CLAIM}`);
  t.like(box.events.at(-2), { kind: 'restriction_lifted' });
});

test.serial('a recording is erased at request, and its certificate taken away', async (t) => {
  const { robert, origin, box } = t.context;
  const { page } = robert;
  await page.goto(`${origin}/recordings/${REQUEST}`);
  await page.getByRole('link', { name: 'Erase…' }).click();
  await picture(t, page, 'erase');
  await page.getByLabel('The person concerned asks for it').check();
  await page.getByLabel('Case number').fill('V-2026-022');
  await page.getByRole('button', { name: 'Erase 1 recording' }).click();
  await page.waitForURL(`${origin}/erasures/${REQUEST}`);
  await picture(t, page, 'erasure');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download the certificate' }).click();
  const file = await download;
  t.is(file.suggestedFilename(), 'belkluis-erased-22222222.json');
  t.is(readFileSync((await file.path()) ?? '', 'utf8'), box.vault.services.erasure.certificate(REQUEST) ?? 'none');
  await page.goto(`${origin}/erasures`);
  await picture(t, page, 'erasures');
  await page.goto(`${origin}/recordings/${REQUEST}`);
  t.is(await page.getByText('555 0101').count(), 0);
  await picture(t, page, 'recording-erased');
});

test.serial('what law keeps cannot be erased, and the page names the law', async (t) => {
  const { robert, origin } = t.context;
  await robert.page.goto(`${origin}/recordings/${LOCKED}/erase`);
  await robert.page.getByText('MiFID II 16(7)').waitFor();
  t.is(await robert.page.getByRole('button', { name: 'Erase 1 recording' }).count(), 0);
  await picture(t, robert.page, 'erase-locked');
});

test.serial('terms, backups, the log and the box tell how things are', async (t) => {
  const { robert, origin, box } = t.context;
  const { page } = robert;
  for (const path of [
    '/retention',
    '/backups',
    '/audit',
    '/health',
    '/recordings?longer=4:00',
    '/recordings?longer=x',
  ]) {
    await page.goto(origin + path);
    await picture(t, page, `state-${path.slice(1).replaceAll(/\W/g, '-')}`);
  }
  box.vault.world.time = { state: 'unconfirmed', wall: Date.now() + 40 * DAY_MS, expected: Date.now(), due: 213 };
  await page.goto(`${origin}/health`);
  await page.getByRole('link', { name: 'Look at the clock…' }).click();
  await picture(t, page, 'time');
  await page.getByRole('button', { name: 'Confirm the clock' }).click();
  await page.waitForURL(`${origin}/health`);
  t.like(box.events.at(-1), { kind: 'time_confirmed' });
  await page.goto(`${origin}/holds?language=nl`);
  await picture(t, page, 'holds-nl');
  await page.goto(`${origin}/backups`);
  await picture(t, page, 'backups-nl');
});

test.serial('no page broke a rule of its own policy', (t) => {
  for (const { console } of [t.context.robert, t.context.ingrid])
    t.deepEqual(
      console.filter((line) => !/responded with a status of 4\d\d/.test(line)),
      [],
    );
});
