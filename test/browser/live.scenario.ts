/** A call that goes on, seen in a real browser: real phones, a real box, from its first page on. */
import { setTimeout as delay } from 'node:timers/promises';
import { totpCode } from '@belkluis/shared/access/totp';
import test from 'ava';
import { PASSWORD } from '../../appliance/web/testing/desk.ts';
import { type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { type Chromium, picture, startChromium } from './chromium.ts';
import { signInAs } from './sign-in.ts';

/** Long enough for a page to say that it goes on. */
const TALK_MS = 2500;

const world = {} as Chromium & { box: ScenarioBox; origin: string };

test.before(async () => {
  const box = await scenarioBox({ phones: [{ user: '31201234567' }, { user: 'bram' }] });
  const { url } = box.processes.desk.ready as unknown as { url: string };
  Object.assign(world, await startChromium(), { box, origin: new URL(url).origin });
});
test.after.always(async () => {
  await world.browser?.close();
  await world.box?.end();
});

test.serial('whoever sets the box up sees a call go on, its ladder grow, and how it ended', async (t) => {
  const { page, origin, box } = world;
  const { setUpCode } = box.processes.desk.ready as unknown as { setUpCode: string };
  await page.goto(`${origin}/`);
  await page.getByLabel('Set-up code').fill(setUpCode);
  await page.getByLabel('Name').fill('Anna Visser');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('again').fill(PASSWORD);
  await page.getByRole('button').last().click();
  await page.waitForURL(/set-up\/code/);
  const secret = /secret=([A-Z2-7]+)/.exec(await page.content())![1]!;
  await page.getByRole('textbox', { name: 'Code' }).fill(totpCode(secret, Date.now() - 30_000));
  await page.getByRole('main').getByRole('button').click();
  await page.waitForURL(/login/);
  await signInAs(page, origin, { name: 'Anna Visser', code: () => totpCode(secret, Date.now()) });

  const caller = await box.baresip('31201234567', { tone: 500, rate: 8000, codecs: 'PCMA' });
  const callee = await box.phone('bram');
  await page.goto(`${origin}/calls`);
  await picture(t, page, 'live-none');
  await caller.dial('bram');
  const call = await callee.nextCall();
  await call.line.until((heard) => heard.length > 20);
  await box.until(({ calls }) => calls[0]?.recording, 'a recording');
  await delay(TALK_MS);
  await page.reload();
  t.is(await page.textContent('h1'), '1 call goes on');
  await picture(t, page, 'live');
  const live = page.getByRole('region', { name: 'Now' }).getByRole('row').filter({ hasText: 'bram' });
  t.regex((await live.textContent()) ?? '', /31201234567[\s\S]*bram[\s\S]*Yes/);
  // By keyboard alone to the ladder, which names both phones and the box.
  await live.getByRole('link').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/calls\/[0-9a-f]{32}/);
  t.is(
    await page
      .getByRole('row')
      .filter({ hasText: /INVITE, from TLS 127\.0\.0\.1:\d+ to This box/ })
      .count(),
    2,
  );
  t.is(await page.getByRole('row').filter({ hasText: 'BYE' }).count(), 0);
  await picture(t, page, 'live-ladder');
  call.hangUp();
  await caller.event('CALL_CLOSED');
  await page.reload();
  t.is(await page.getByRole('row').filter({ hasText: /BYE/ }).count(), 2);
  t.regex((await page.textContent('main')) ?? '', /Ended well/);
  await picture(t, page, 'live-ended');

  // The phone that called is tested from its page, over its own connection.
  await page.goto(`${origin}/phones/31201234567`);
  await page.getByRole('button', { name: 'Test the phone' }).click();
  t.regex(
    (await page.textContent('main')) ?? '',
    /The sound of its last call was offered with SRTP, SDES[\s\S]*It answers SIP: 200/,
  );
  await picture(t, page, 'live-phone-tested');
});
