/** The pages for the person on site, in a real browser: calls and their ladder, phones, tokens of programs, the connection test, the fleet. */
import test, { type ExecutionContext } from 'ava';
import { CALL } from '../../appliance/web/testing/tools.ts';
import { type Chromium, picture, startBox, startChromium } from './chromium.ts';
import { readQr } from './read-qr.ts';
import { signInAs } from './sign-in.ts';

type Box = Awaited<ReturnType<typeof startBox>>;

const world = {} as Box & Chromium & { code: () => string; nextCode: () => string };

test.before(async () => {
  Object.assign(world, await startBox(), await startChromium());
  const { box, origin, page } = world;
  box.tools.traceCall();
  box.tools.world.live = [
    { id: CALL, from: '2147', to: '+31687654321', startedAt: Date.now() - 65_000, recording: 'r', paused: false },
  ];
  const { code, nextCode } = await box.addPerson('Robert Visser', ['dpo', 'admin']);
  Object.assign(world, { code, nextCode });
  await signInAs(page, origin, { name: 'Robert Visser', code });
});

test.after.always(async () => {
  await world.browser?.close();
  await world.serving?.close();
});

/** Nothing that the page's own policy forbids was tried. */
const quiet = (t: ExecutionContext) =>
  t.deepEqual(
    world.console.filter((line) => !/responded with a status of 4\d\d/.test(line)),
    [],
  );

test.serial('a call is a ladder that is read by eye and by ear, and a capture to take along', async (t) => {
  const { page, origin } = world;
  await page.goto(`${origin}/calls`);
  await picture(t, page, 'calls');
  await page.getByRole('region', { name: 'The last two hours' }).getByRole('link').first().click();
  await page.waitForURL(`${origin}/calls/${CALL}`);
  const rows = page.getByRole('row');
  t.is(await rows.filter({ hasText: 'INVITE, from TLS 192.0.2.10:5061 to This box' }).count(), 2);
  // An arrow begins and ends where the lines of its peers are.
  const [box, invite] = await Promise.all([
    page.getByRole('columnheader', { name: 'This box' }).boundingBox(),
    page.locator('.arrow.right').first().boundingBox(),
  ]);
  const end = invite!.x + invite!.width;
  t.true(Math.abs(end - (box!.x + box!.width / 2)) < 12, `${end} against ${box!.x + box!.width / 2}`);
  await page.locator('summary').nth(3).click();
  await picture(t, page, 'call');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Capture file for Wireshark' }).click();
  t.is((await download).suggestedFilename(), 'signalling.pcap');
  quiet(t);
});

test.serial('a phone is added, and its link made, with secrets that are shown once', async (t) => {
  const { page, origin, box } = world;
  await page.goto(`${origin}/phones`);
  await picture(t, page, 'phones-none');
  await page.getByRole('link', { name: 'Add a phone…' }).click();
  await page.getByLabel('Number or name').fill('a b');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await picture(t, page, 'phone-refused');
  await page.getByLabel('Number or name').fill('214');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await picture(t, page, 'phone-added');
  await page.getByRole('link', { name: 'Phone 214' }).click();
  await picture(t, page, 'phone');
  await page.getByLabel('Yealink').check();
  await page.getByLabel('MAC address').fill('00:15:65:aa:bb:cc');
  await page.getByRole('button', { name: 'Make a link' }).click();
  await picture(t, page, 'phone-link');
  t.regex((await page.locator('code').first().textContent()) ?? '', /\/provision\/[\w-]{43}\/$/);
  const remote = { address: '192.0.2.10', port: 5061 };
  box.tools.world.registrations = [{ user: '214', transport: 'TLS', remote, expiresInS: 300 }];
  await page.goto(`${origin}/phones?language=nl`);
  await picture(t, page, 'phones-nl');
  await page.goto(`${origin}/phones?language=en`);
  quiet(t);
});

test.serial('a token is made for a program with a fresh code, shown once, and revoked', async (t) => {
  const { page, origin, code } = world;
  await page.goto(`${origin}/phones`);
  await page.getByRole('link', { name: 'Programs that control recordings' }).click();
  await picture(t, page, 'tokens-none');
  await page.getByRole('link', { name: 'Make a token…' }).click();
  await picture(t, page, 'token-new');
  await page.getByLabel('Name of the program').fill('CRM of sales');
  await page.getByLabel('Code').fill('12');
  await page.getByRole('button', { name: 'Make the token' }).click();
  t.is(await page.getByRole('alert').getByRole('link').getAttribute('href'), '#extensions');
  await picture(t, page, 'token-refused');
  await page.getByRole('textbox', { name: 'Extensions' }).fill('214, 215');
  // The code of the sign-in counted once: the next one.
  const used = code();
  while (code() === used) await page.waitForTimeout(500);
  await page.getByLabel('Code').fill(code());
  await page.getByRole('button', { name: 'Make the token' }).click();
  t.is(await page.textContent('h1'), 'The token of CRM of sales');
  await picture(t, page, 'token-made');
  await page.goto(`${origin}/tokens?language=nl`);
  await picture(t, page, 'tokens-nl');
  await page.goto(`${origin}/tokens/new`);
  await picture(t, page, 'token-new-nl');
  await page.goto(`${origin}/tokens?language=en`);
  await picture(t, page, 'tokens');
  await page.getByRole('button', { name: 'Revoke the token of CRM of sales' }).click();
  t.is(await page.textContent('h1'), 'No program controls recordings');
  quiet(t);
});

test.serial('a connection test says what is wrong', async (t) => {
  const { page, origin } = world;
  await page.goto(`${origin}/connection`);
  await picture(t, page, 'connection');
  await page.getByLabel('Host').fill('pbx.example');
  await page.getByRole('region', { name: 'Another machine' }).getByRole('button').click();
  t.is(await page.textContent('h1'), 'This does not work');
  await picture(t, page, 'connection-failed');
  quiet(t);
});

test.serial(
  'a fleet is given a code, compared and confirmed, and is not left without one of the authenticator',
  async (t) => {
    const { page, origin, box, nextCode } = world;
    const { fleet } = box;
    await page.goto(`${origin}/health`);
    await page.getByRole('link', { name: 'No fleet manages this box' }).click();
    await picture(t, page, 'fleet-none');
    await page.getByLabel('Address of the fleet').fill('fleet.example');
    await page.getByRole('button', { name: 'Make the code' }).click();
    await picture(t, page, 'fleet-refused-url');
    await page.getByLabel('Address of the fleet').fill('https://fleet.example:8443');
    await page.getByRole('button', { name: 'Make the code' }).click();
    t.is(await page.textContent('h1'), 'Give your MSP this code');
    // A telephone reads it off the screen, in the dark as well.
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const shot = await page.getByRole('img', { name: /^QR code/ }).screenshot();
      t.is(readQr(shot), `BELKLUIS:CLAIM:${(await page.locator('h2 code').textContent())!.replaceAll('-', '')}`);
    }
    await picture(t, page, 'fleet-code');
    await page.goto(`${origin}/fleet?language=nl`);
    await picture(t, page, 'fleet-code-nl');
    await page.goto(`${origin}/fleet?language=en`);

    fleet.offered();
    await page.goto(`${origin}/`);
    await picture(t, page, 'overview-fleet-waits');
    await page.getByRole('link', { name: 'Compare and decide' }).click();
    await picture(t, page, 'fleet-offered');
    await page.getByLabel('The root of its certificates is the same').check();
    await page.getByRole('button', { name: 'Let it manage this box' }).click();
    t.is(await page.getByRole('alert').getByRole('link').getAttribute('href'), '#compared');
    t.true(await page.getByLabel('The root of its certificates is the same').isChecked());
    await picture(t, page, 'fleet-not-compared');
    await page.goto(`${origin}/fleet?language=nl`);
    await picture(t, page, 'fleet-offered-nl');
    await page.goto(`${origin}/fleet?language=en`);
    await page.getByLabel('The root of its certificates is the same').check();
    await page.getByLabel('The key that signs policies is the same').check();
    await page.getByLabel('Code of your authenticator').fill(nextCode());
    await page.getByRole('button', { name: 'Let it manage this box' }).click();
    t.is(await page.textContent('h1'), 'Noordzee Telecom B.V. manages this box');
    fleet.connected();
    await page.reload();
    await picture(t, page, 'fleet-enrolled');
    await page.goto(`${origin}/fleet?language=nl`);
    await picture(t, page, 'fleet-enrolled-nl');
    await page.goto(`${origin}/fleet/move`);
    await picture(t, page, 'fleet-move-nl');
    await page.goto(`${origin}/fleet?language=en`);
    await page.getByRole('link', { name: 'Leave this fleet…' }).click();
    await picture(t, page, 'fleet-leave');
    await page.getByLabel('Code of your authenticator').fill('000000');
    await page.getByRole('button', { name: 'Leave the fleet' }).click();
    t.is(await page.getByRole('alert').getByRole('link').getAttribute('href'), '#code');
    quiet(t);
  },
);
