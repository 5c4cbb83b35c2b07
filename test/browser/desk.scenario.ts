/** The desk in a real Chromium, as a custodian uses it: sign in, open a recording with a key, hear both sides. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TEST_CALL_PURPOSE } from '@belkluis/shared/policy/purpose';
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { generateKey } from 'openpgp';
import type { BrowserContext, Page, Request } from 'playwright-core';
import type { Serving } from '../../appliance/web/serve.ts';
import { PASSWORD, recordingRow, type TestDesk } from '../../appliance/web/testing/desk.ts';
import { strongestTone } from '../peers/tones.ts';
import { picture, startBox, startChromium } from './chromium.ts';
import { opusTone } from './opus-tone.ts';
import { type SealedRecording, sealRecording } from './sealed-recording.ts';

const WHOLE = '1'.repeat(32);
const DAMAGED = '2'.repeat(32);
const CUT = '3'.repeat(32);
const OPUS = '4'.repeat(32);
/** The box's own test call. */
const OWN = '5'.repeat(32);
const PASSPHRASE = 'a passphrase nobody else knows';
const TONES = [440, 1000] as const;
const SECONDS = 12;

interface World {
  readonly box: TestDesk;
  readonly serving: Serving;
  readonly origin: string;
  readonly browser: BrowserContext;
  readonly page: Page;
  readonly person: Awaited<ReturnType<TestDesk['addPerson']>>;
  readonly keyFile: string;
  readonly otherKeyFile: string;
  readonly privateKey: string;
  readonly console: string[];
  readonly requests: Request[];
}

const test = anyTest as TestFn<World>;
const folder = mkdtempSync(join(tmpdir(), 'desk-scenario-'));

const makeKey = (name: string) =>
  generateKey({
    type: 'ecc',
    curve: 'curve25519Legacy',
    userIDs: [{ name }],
    passphrase: PASSPHRASE,
    format: 'armored',
  });

function putRecording(
  box: TestDesk,
  id: string,
  sealed: SealedRecording,
  fingerprints: string[],
  content = sealed.content,
) {
  const { segments, contentRoot, wraps } = sealed;
  const end = { reason: 'finished', durationMs: SECONDS * 1000, segments, gaps: 0, lost: 0, contentRoot } as const;
  const startedAt = Date.now() - 3600_000;
  box.recordings.push({ row: recordingRow({ id, startedAt, recipients: fingerprints, end }), wraps, content });
}

test.before(async (t) => {
  const { box, serving, origin } = await startBox();
  const { readKey } = await import('openpgp');
  const [custodian, escrow, stranger] = await Promise.all([
    makeKey('R. Visser'),
    makeKey('Escrow'),
    makeKey('Stranger'),
  ]);
  const certificates = [custodian.publicKey, escrow.publicKey];
  const fingerprints = await Promise.all(
    certificates.map(async (armoredKey) => (await readKey({ armoredKey })).getFingerprint()),
  );
  box.recipients.push({ name: 'R. Visser', role: 'custodian', fingerprint: fingerprints[0]! });
  box.recipients.push({ name: 'Escrow', role: 'escrow', fingerprint: fingerprints[1]! });
  const seal = (id: string) => sealRecording({ id, seconds: SECONDS, tones: TONES, certificates });
  putRecording(box, WHOLE, await seal(WHOLE), fingerprints);
  const damaged = await seal(DAMAGED);
  const content = Uint8Array.from(damaged.content);
  content[damaged.offsets[1]! + 5000]! ^= 1;
  putRecording(box, DAMAGED, damaged, fingerprints, content);
  const cut = await seal(CUT);
  putRecording(box, CUT, cut, fingerprints, cut.content.subarray(0, cut.offsets[2]!));
  const opus = { id: OPUS, seconds: SECONDS, tones: [1000, 440] as const, certificates, opus: opusTone() };
  putRecording(box, OPUS, await sealRecording(opus), fingerprints);
  const named = { purpose: TEST_CALL_PURPOSE, purposeName: 'Test call', caller: 'test-call-6f2a11c09d3e' };
  const ownRow = { ...named, callee: 'test-call-b9107f3c5a42', expiresAt: Date.now() + 20 * 3600_000 };
  box.recordings.push({
    row: recordingRow({ id: OWN, startedAt: Date.now() - 3600_000, ...ownRow }),
    wraps: Uint8Array.of(1),
    content: Uint8Array.of(1),
  });
  box.calls.push({
    id: 'call',
    caller: '214',
    callee: '+31 78 001 02 03',
    startedAt: Date.now() - 7200_000,
    talkMs: 190_000,
    notRecorded: 'no_rule',
  });
  const keyFile = join(folder, 'custodian.asc');
  const otherKeyFile = join(folder, 'stranger.asc');
  writeFileSync(keyFile, custodian.privateKey);
  writeFileSync(otherKeyFile, stranger.privateKey);

  const { browser, page, console, requests } = await startChromium();
  const person = await box.addPerson('Robert Visser', ['custodian', 'dpo', 'admin']);
  const privateKey = custodian.privateKey;
  t.context = { box, serving, origin, browser, page, person, keyFile, otherKeyFile, privateKey, console, requests };
  Object.assign(shared, t.context);
});

const shared = {} as World;
test.beforeEach((t) => {
  t.context = shared;
});

test.after.always(async () => {
  await shared.browser?.close();
  await shared.serving?.close();
});

/** Fills in the question that stands before an opening. */
async function ask(t: ExecutionContext<World>, id: string, keyFile: string, passphrase: string): Promise<void> {
  const { page, origin } = t.context;
  await page.goto(`${origin}/recordings/${id}`);
  await page.getByRole('button', { name: 'Open with my key…' }).click();
  await page.getByLabel('A complaint').check();
  await page.getByLabel('Case number').fill('K-2026-131');
  await page.getByLabel('Your private key').setInputFiles(keyFile);
  await page.getByLabel('Passphrase of the key').fill(passphrase);
}

async function open(t: ExecutionContext<World>, id: string, keyFile: string, passphrase: string): Promise<void> {
  await ask(t, id, keyFile, passphrase);
  await t.context.page.getByRole('button', { name: 'Open and log' }).click();
}

/** Samples of a stereo WAV file. */
function readWav(path: string): { rate: number; sides: [Int16Array, Int16Array] } {
  const bytes = readFileSync(path);
  const frames = (bytes.length - 44) / 4;
  const side = (n: number) => Int16Array.from({ length: frames }, (_, at) => bytes.readInt16LE(44 + at * 4 + n * 2));
  return { rate: bytes.readUInt32LE(24), sides: [side(0), side(1)] };
}

test.serial('set-up and sign-in pages are for everybody', async (t) => {
  const { page, origin } = t.context;
  await page.goto(`${origin}/set-up`);
  await picture(t, page, 'set-up');
  await page.goto(`${origin}/login`);
  await picture(t, page, 'login');
});

test.serial('a person sets up and signs in with password and code', async (t) => {
  const { page, origin, box, person } = t.context;
  await page.goto(`${origin}/set-up`);
  await page.getByLabel('Set-up code').fill(box.access.newSetUpCode(['dpo']));
  await page.getByLabel('Your name').fill('Ingrid Bakker');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Password again').fill(PASSWORD);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL('**/set-up/code');
  await picture(t, page, 'set-up-code');

  await page.goto(`${origin}/login`);
  await page.getByLabel('Name').fill('Robert Visser');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Continue' }).click();
  await picture(t, page, 'login-refused');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Code').fill(person.code());
  await picture(t, page, 'login-code');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${origin}/`);
  t.regex((await page.textContent('h1')) ?? '', /order/);
});

test.serial('every page is accessible, fits a telephone, and breaks no rule of its own policy', async (t) => {
  const { page, origin, console } = t.context;
  for (const [path, name] of [
    ['/', 'overview'],
    ['/recordings', 'recordings'],
    ['/recordings?party=nobody', 'recordings-none'],
    [`/recordings?purpose=${TEST_CALL_PURPOSE}`, 'recordings-test-calls'],
    [`/recordings/${OWN}`, 'recording-test-call'],
    [`/recordings/${WHOLE}`, 'recording-sealed'],
    ['/audit', 'audit'],
    ['/health', 'health'],
    ['/account', 'account'],
    ['/licences', 'licences'],
    ['/nowhere', 'nowhere'],
  ] as const) {
    await page.goto(origin + path);
    await picture(t, page, name);
  }
  await page.goto(`${origin}/recordings?language=nl`);
  t.is(await page.getAttribute('html', 'lang'), 'nl');
  await picture(t, page, 'recordings-nl');
  await page.goto(`${origin}/?language=en`);
  t.deepEqual(
    console.filter((line) => !/responded with a status of 4\d\d/.test(line)),
    [],
  );
});

test.serial(
  'what is wrong with the box says what it is, by which code, and what to do, in both languages',
  async (t) => {
    const { page, origin, box } = t.context;
    box.world.facts = {
      disk: { freeBytes: 8e10, totalBytes: 1e12, reserveBytes: 1e9, forecastDays: 11 },
      trunks: { all: [{ name: 'carrier', up: false, registered: null, fault: null }], capped: 0, countsLost: 0 },
      host: { cpuPercent: 93, memoryPercent: 41, temperatureCelsius: 61, criticalCelsius: null, uptimeS: 500_000 },
    };
    await page.goto(`${origin}/health`);
    await picture(t, page, 'health-troubles');
    t.regex(
      (await page.textContent('main')) ?? '',
      /Trunks\s*trunk_down[\s\S]*carrier does not answer[\s\S]*trunks test/,
    );
    await page.goto(`${origin}/health?language=nl`);
    await picture(t, page, 'health-troubles-nl');
    t.regex((await page.textContent('main')) ?? '', /trunk_down[\s\S]*carrier antwoordt niet[\s\S]*trunks test/);
    await page.goto(`${origin}/?language=en`);
    box.world.facts = {};
  },
);

test.serial('a wrong key and a wrong passphrase say so, and leave no trace in the audit log', async (t) => {
  const { page, keyFile, otherKeyFile, box } = t.context;
  const before = box.events.length;
  await open(t, WHOLE, otherKeyFile, PASSPHRASE);
  const errors = page.locator('#ask-errors a');
  await page.waitForFunction(() => document.activeElement?.closest('#ask-errors'));
  t.is(await errors.textContent(), 'This key cannot open it. It is sealed to R. Visser, Escrow.');
  await picture(t, page, 'recording-wrong-key');
  await open(t, WHOLE, keyFile, 'wrong');
  await page.waitForFunction(() => document.activeElement?.closest('#ask-errors'));
  t.regex((await errors.textContent()) ?? '', /passphrase does not open this key/);
  // That the page was seen is written down; that it was opened is not so.
  t.deepEqual([...new Set(box.events.slice(before).map(({ kind }) => kind))], ['view']);
});

test.serial('a custodian opens a recording and hears the caller left and the callee right', async (t) => {
  const { page, keyFile, box, person, console, requests, privateKey } = t.context;
  const before = requests.length;
  await open(t, WHOLE, keyFile, PASSPHRASE);
  const audio = page.locator('audio');
  await audio.waitFor({ state: 'visible', timeout: 20_000 });
  t.like(box.events.at(-1), {
    kind: 'release',
    actor: person.id,
    facts: { recording: WHOLE, reason: 'complaint K-2026-131' },
  });
  await audio.evaluate((element: HTMLAudioElement) => element.play());
  await page.waitForFunction(() => (document.querySelector('audio')?.currentTime ?? 0) > 0.2);
  const duration = await audio.evaluate((element: HTMLAudioElement) => element.duration);
  t.true(Math.abs(duration - SECONDS) < 0.1, `${duration} s`);
  t.is(await page.textContent('#whole .state'), '3 of 3 segments whole');
  await picture(t, page, 'recording-open');

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Save as WAV' }).click();
  const saved = await (await download).path();
  const why = { recording: WHOLE, use: 'complaint', reason: 'complaint K-2026-131' };
  t.like(box.events.at(-1), { kind: 'export', actor: person.id, facts: why });
  const { rate, sides } = readWav(saved);
  for (const side of [0, 1] as const) {
    for (let at = 0; at < SECONDS - 1; at++) {
      const second = sides[side].subarray(at * rate, (at + 1) * rate);
      t.is(strongestTone(second, TONES, rate), TONES[side], `side ${side}, second ${at}`);
    }
  }
  const secret = privateKey.split('\n')[6] ?? '';
  for (const request of requests.slice(before)) {
    const sent = `${request.url()} ${JSON.stringify(request.headers())} ${request.postData() ?? ''}`;
    t.false(sent.includes(PASSPHRASE) || sent.includes('PRIVATE KEY') || sent.includes(secret), request.url());
  }
  t.deepEqual(
    console.filter((line) => !/responded with a status of 4\d\d/.test(line)),
    [],
  );
  const url = await audio.getAttribute('src');
  await page.goto(`${t.context.origin}/recordings`);
  t.truthy(url);
});

test.serial('a damaged segment is a named gap, and the rest plays', async (t) => {
  const { page, keyFile } = t.context;
  await open(t, DAMAGED, keyFile, PASSPHRASE);
  await page.locator('audio').waitFor({ state: 'visible', timeout: 20_000 });
  t.is(await page.textContent('#whole .state'), '2 of 3 segments whole');
  t.regex((await page.textContent('#marks-section tbody')) ?? '', /0:05.*damaged or not the one that was sealed/s);
  await picture(t, page, 'recording-damaged');
});

test.serial('a file that was cut is told from a whole one', async (t) => {
  const { page, keyFile } = t.context;
  await open(t, CUT, keyFile, PASSPHRASE);
  await page.locator('audio').waitFor({ state: 'visible', timeout: 20_000 });
  t.is(await page.textContent('#whole .state'), '2 of 3 segments whole');
  t.regex((await page.textContent('#marks-section tbody')) ?? '', /what follows is missing/);
});

test.serial('an Opus caller and an A-law callee are heard together', async (t) => {
  const { page, keyFile } = t.context;
  await open(t, OPUS, keyFile, PASSPHRASE);
  await page.locator('audio').waitFor({ state: 'visible', timeout: 20_000 });
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Save as WAV' }).click();
  const { rate, sides } = readWav(await (await download).path());
  t.is(rate, 16_000);
  for (let at = 1; at < SECONDS - 1; at++) {
    const second = (side: 0 | 1) => sides[side].subarray(at * rate, (at + 1) * rate);
    t.is(strongestTone(second(0), TONES, rate), 1000, `caller, second ${at}`);
    t.is(strongestTone(second(1), TONES, rate), 440, `callee, second ${at}`);
  }
});

test.serial('without audit log the key stays on the box, and the page says why', async (t) => {
  const { page, keyFile, box } = t.context;
  await ask(t, WHOLE, keyFile, PASSPHRASE);
  box.world.auditWorks = false;
  t.teardown(() => {
    box.world.auditWorks = true;
  });
  await page.getByRole('button', { name: 'Open and log' }).click();
  await page.waitForFunction(() => document.activeElement?.closest('#ask-errors'));
  t.regex((await page.textContent('#ask-errors')) ?? '', /audit log cannot be written, so nothing is opened/);
  t.true(await page.locator('audio').isHidden());
});
