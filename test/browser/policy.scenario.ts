/** The policy of a real box at its desk: written, seen, signed, decided, and read in every document that is made of it. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { totpCode } from '@belkluis/shared/access/totp';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import test from 'ava';
import { openAccess } from '../../appliance/access/access.ts';
import type { Role } from '../../appliance/access/roles.ts';
import { places } from '../../appliance/config.ts';
import { writeWav } from '../../appliance/media/prompts/wav.ts';
import { loadPolicy } from '../../appliance/policy/store.ts';
import { PASSWORD } from '../../appliance/web/testing/desk.ts';
import { type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { forgetLastCode } from '../peers/visitor.ts';
import { type Chromium, picture, startChromium } from './chromium.ts';
import { signInAs } from './sign-in.ts';

const WHY = 'Complaints come later than we thought: the ombudsman says six weeks.';

interface Somebody {
  readonly name: string;
  /** A code that counts. */
  readonly code: () => string;
}

const world = {} as Chromium & { box: ScenarioBox; origin: string; dpo: Somebody; other: Somebody; admin: Somebody };

/** Makes a person as the box would, before it starts. */
async function person(path: string, name: string, roles: readonly Role[]): Promise<Somebody> {
  const access = openAccess({ path, clock: systemClock, chance: systemChance, append: () => {} });
  const setUp = access.newSetUpCode(roles);
  const { totpSecret } = await access.choose(setUp, name, PASSWORD, 'test');
  access.confirm(setUp, totpCode(totpSecret, systemClock.now()), 'test');
  access.close();
  const code = (): string => {
    forgetLastCode(path, name);
    return totpCode(totpSecret, systemClock.now());
  };
  return { name, code };
}

const signedIn = (somebody: Somebody) => signInAs(world.page, world.origin, somebody);

const signedOut = async () => {
  await world.page.getByRole('button', { name: 'Sign out' }).click();
  await world.page.waitForURL(/login/);
};

const inForce = () => loadPolicy(world.box.at.policy)!.policy;

test.before(async () => {
  const people: Somebody[] = [];
  const box = await scenarioBox({
    phones: [{ user: '201' }, { user: '202' }],
    beforeStart: async ({ config }) => {
      const { accessDatabase } = places(config.data);
      people.push(await person(accessDatabase, 'Ingrid Bakker', ['dpo']));
      people.push(await person(accessDatabase, 'Robert Visser', ['dpo']));
      people.push(await person(accessDatabase, 'Anna Visser', ['admin']));
    },
  });
  const { url } = box.processes.desk.ready as unknown as { url: string };
  const [dpo, other, admin] = people as [Somebody, Somebody, Somebody];
  Object.assign(world, await startChromium(), { box, origin: new URL(url).origin, dpo, other, admin });
});
test.after.always(async () => {
  await world.browser?.close();
  await world.box?.end();
});

test.serial(
  'a DPO shortens a term by keyboard: seen as what erases, signed only where the organisation lets the desk, and refused in its week',
  async (t) => {
    t.timeout(300_000);
    const { page, origin, box, dpo } = world;
    await signedIn(dpo);
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Policy' }).press('Enter');
    t.is(await page.textContent('h1'), 'Policy 1 is in force');
    await picture(t, page, 'policy');
    await page.getByRole('link', { name: 'Complaints' }).press('Enter');
    t.regex(
      (await page.textContent('main')) ?? '',
      /Example Office records this call to settle complaints\. We keep the recording for 30 days/,
    );
    await picture(t, page, 'policy-purpose');
    await page.getByRole('link', { name: 'Edit…' }).press('Enter');
    await picture(t, page, 'policy-edit');
    await page.getByRole('link', { name: /^Terms.*Complaints/ }).press('Enter');
    const said = page.getByRole('region', { name: 'What was said' });
    await said.getByLabel('Why so long').fill('Shorter');
    await said.getByLabel('Kept, days').fill('14');
    await said.getByLabel('Kept, days').press('Enter');
    t.is(await page.getByRole('alert').getByRole('link').textContent(), 'Write a sentence: 20 characters at least.');
    await page.getByRole('alert').getByRole('link').press('Enter');
    t.is(await page.evaluate(() => document.activeElement?.id), 'content-why');
    await picture(t, page, 'policy-refused');
    await said.getByLabel('Why so long').fill('Nobody asked for one after two weeks, in three years.');
    await page.getByRole('button', { name: 'Keep and go on' }).press('Enter');
    await page.waitForURL(`${origin}/policy/edit`);
    await page.getByRole('link', { name: 'See what changes…' }).press('Enter');
    const row = page.getByRole('row').filter({ hasText: 'What was said: kept, days' });
    t.regex((await row.textContent()) ?? '', /30 days[\s\S]*14 days[\s\S]*Erases earlier/);
    t.regex((await page.textContent('main')) ?? '', /This desk may not sign policies/);

    const credentials = join(box.folder, 'credentials');
    writeFileSync(credentials, `${PASSWORD}\n${dpo.code()}\n`, { mode: 0o600 });
    const cli = join(import.meta.dirname, '../../scripts/belkluis.ts');
    const asked = ['--data', box.config.data, 'trust', 'desk', '--as', dpo.name, '--credentials', credentials];
    t.regex((await promisify(execFile)(process.execPath, [cli, ...asked])).stdout, /The desk may sign policies/);
    await page.reload();
    t.regex((await page.textContent('main')) ?? '', /it waits 7 days, until/);
    await picture(t, page, 'policy-review');
    await page.getByLabel('Why').fill(WHY);
    await page.getByLabel('Code').fill('000000');
    await page.getByLabel('Code').press('Enter');
    t.regex((await page.getByRole('alert').textContent()) ?? '', /This code is not right/);
    await picture(t, page, 'policy-review-refused');
    await page.getByLabel('Code').fill(dpo.code());
    await page.getByLabel('Code').press('Enter');
    await page.waitForURL(`${origin}/policy/changes`);
    t.is(await page.textContent('h1'), 'Policy 2 waits for a decision');
    t.regex((await page.textContent('main')) ?? '', /waits for its day\. Policy 1 stays in force until then/);
    t.is(inForce().version, 1);
    await picture(t, page, 'policy-waits-week');
    await page.getByLabel('Why').fill('The works council wants to be asked first.');
    await page.getByLabel('Code').fill(dpo.code());
    await page.getByRole('button', { name: 'Refuse' }).press('Enter');
    await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'Nothing waits');
    t.is(inForce().version, 1);
  },
);

test.serial(
  'a DPO lowers privacy and sees what; an administrator sees it wait and can do nothing; approved by another DPO, callers hear the new term',
  async (t) => {
    t.timeout(300_000);
    const { page, origin, box, dpo, other, admin } = world;
    await page.goto(`${origin}/policy/edit/purposes/complaints/terms`);
    for (const region of ['What was said', 'Who called whom, and when'])
      await page.getByRole('region', { name: region }).getByLabel('Kept, days').fill('42');
    await page.getByRole('button', { name: 'Keep and go on' }).click();
    await page.goto(`${origin}/policy/edit/purposes/complaints/told`);
    // The sentence that somebody has read out says the old term: without it the box says the new one itself.
    await picture(t, page, 'policy-told');
    await page.goto(`${origin}/policy/review`);
    t.regex((await page.textContent('main')) ?? '', /It lowers privacy: it waits until a DPO approves it/);
    await page.getByLabel('Why').fill(WHY);
    await page.getByLabel('Code').fill(dpo.code());
    await page.getByRole('button', { name: 'Sign and put forward' }).click();
    await page.waitForURL(`${origin}/policy/changes`);
    await picture(t, page, 'policy-waits');
    await page.goto(`${origin}/policy/changes?language=nl`);
    t.regex((await page.textContent('main')) ?? '', /zou de privacy verlagen/);
    await picture(t, page, 'policy-waits-nl');
    await page.goto(`${origin}/policy/changes?language=en`);
    await signedOut();
    await signedIn(admin);
    await page.goto(`${origin}/policy/changes`);
    t.regex((await page.textContent('main')) ?? '', /A DPO decides about it/);
    t.is(await page.getByRole('button', { name: 'Approve' }).count(), 0);
    const answered = await page.evaluate(async () => {
      const form = new URLSearchParams({ verdict: 'approve', reason: 'x'.repeat(30), code: '123456', hash: '' });
      return (await fetch('/policy/changes', { method: 'POST', body: form })).status;
    });
    t.is(answered, 403);
    t.is((await page.goto(`${origin}/policy/edit`))?.status(), 403);
    await signedOut();
    await signedIn(other);
    await page.goto(`${origin}/policy/changes`);
    await page.getByLabel('Why').fill('The ombudsman asks for it, and the works council agreed.');
    await page.getByLabel('Code').fill(other.code());
    await page.getByRole('button', { name: 'Approve with my code' }).press('Enter');
    await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'Nothing waits');
    t.is(inForce().purposes[0]?.retention.contentDays, 42);
    await picture(t, page, 'policy-versions');
    await page.goto(`${origin}/policy/purposes/complaints`);
    t.regex((await page.textContent('main')) ?? '', /We keep the recording for 6 weeks/);
    const approved = box
      .audit()
      .events.filter(({ kind }) => kind.startsWith('policy_'))
      .map(({ kind }) => kind);
    t.deepEqual(approved.slice(-5), [
      'policy_signed',
      'policy_received',
      'policy_pending',
      'policy_approved',
      'policy_applied',
    ]);
  },
);

test.serial(
  'rules, what is never recorded and a purpose out of a template are written; law that forbids stops it',
  async (t) => {
    t.timeout(300_000);
    const { page, origin } = world;
    await page.goto(`${origin}/policy/edit/entries/neverRecord/new`);
    await page.getByLabel('Short name').fill('doctor');
    await page.getByLabel('Why', { exact: true }).selectOption('company doctor');
    await page.getByLabel('Numbers outside').fill('020 555 01 00');
    await page.getByRole('button', { name: 'Keep and go on' }).click();
    await page.goto(`${origin}/policy/edit/purposes/new`);
    await page.getByLabel('Short name').fill('advice');
    await page.getByLabel('Name', { exact: true }).fill('Advice by phone');
    await page.getByLabel('Begin with').selectOption('Template: quality, Netherlands');
    await picture(t, page, 'policy-add');
    await page.getByRole('button', { name: 'Keep and go on' }).click();
    await page.goto(`${origin}/policy/edit/entries/rules/new`);
    await page.getByLabel('Short name').fill('advice-hours');
    await page.getByLabel('Recorded for').selectOption('Advice by phone');
    await page.getByLabel('Which way').selectOption('from outside');
    for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday']) await page.getByLabel(day).check();
    await page.getByLabel('From', { exact: true }).fill('08:30');
    await page.getByLabel('Until').fill('17:00');
    await picture(t, page, 'policy-rule');
    await page.getByRole('button', { name: 'Keep and go on' }).click();
    await page.getByRole('button', { name: 'Up advice-hours' }).press('Enter');
    await picture(t, page, 'policy-edit-full');
    await page.goto(`${origin}/policy/edit/document/general`);
    await page.getByLabel('Germany').check();
    await page.getByRole('button', { name: 'Keep and go on' }).click();
    await page.goto(`${origin}/policy/review`);
    const main = (await page.textContent('main')) ?? '';
    t.regex(main, /What the law forbids of it[\s\S]*StGB 201/);
    t.regex(main, /Calls from outside on Monday to Friday from 08:30 to 17:00 are recorded for Advice by phone\./);
    t.is(await page.getByRole('main').getByRole('button', { name: 'Sign' }).count(), 0);
    await picture(t, page, 'policy-forbidden');
    await page.goto(`${origin}/policy/edit/purposes/complaints/voice`);
    const voice = page.getByRole('region', { name: 'The sentence, English' });
    const sound = Int16Array.from({ length: 24_000 }, (_, at) => 8_000 * Math.sin(at / 6));
    const buffer = writeWav({ sampleRate: 16_000, channels: [sound] });
    await voice.getByLabel('Recording by a person').setInputFiles({ name: 'said.wav', mimeType: 'audio/wav', buffer });
    await voice.getByRole('button', { name: 'Use this recording' }).press('Enter');
    await voice.getByText('Spoken by a person, 1.5 seconds.').waitFor();
    const seconds = await page
      .locator('audio')
      .first()
      .evaluate(
        (audio: HTMLAudioElement) =>
          new Promise((resolve, reject) => {
            audio.onloadedmetadata = () => resolve(audio.duration);
            audio.onerror = () => reject(new Error(audio.error?.message));
            audio.preload = 'auto';
            audio.load();
          }),
      );
    t.is(seconds, 1.5, 'it plays in the page');
    await picture(t, page, 'policy-voice');
    await page.goto(`${origin}/policy/edit`);
    await page.getByRole('button', { name: 'Throw my draft away' }).click();
  },
);

test.serial('what people are told is read, and what they say is noted', async (t) => {
  t.timeout(300_000);
  const { page, origin } = world;
  await page.goto(`${origin}/privacy/register`);
  t.regex((await page.textContent('main')) ?? '', /says what is so/);
  await picture(t, page, 'privacy-register');
  await page.getByRole('link', { name: 'Notice to callers' }).press('Enter');
  await picture(t, page, 'privacy-callers');
  await page.getByRole('link', { name: 'Notice to staff' }).press('Enter');
  await page.getByLabel('Phones').fill('201, 202');
  await page.getByRole('button', { name: 'Note it' }).press('Enter');
  await page.waitForFunction(() => document.body.textContent?.includes('Everybody whom it concerns'));
  await picture(t, page, 'privacy-staff');
  await page.getByRole('link', { name: 'Impact assessment' }).press('Enter');
  await picture(t, page, 'privacy-dpia');
  await page.getByRole('link', { name: 'Objections' }).press('Enter');
  await page.getByLabel('Number', { exact: true }).fill('+31 20 555 01 00');
  await page.getByLabel('Case').fill('B-2026-3');
  await page.getByLabel('Case').press('Enter');
  await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'One number is not recorded');
  t.regex((await page.textContent('main')) ?? '', /\+31205550100/);
  await picture(t, page, 'privacy-objections');
  await page.getByRole('link', { name: 'What is stored' }).press('Enter');
  t.regex((await page.textContent('main')) ?? '', /objections\.number/);
  await picture(t, page, 'privacy-data');
  t.deepEqual(
    world.console.filter((line) => !/responded with a status of 4\d\d/.test(line)),
    [],
  );
});
