/** The lines of a box in a real browser: a trunk, the PBX and what may go out are told, seen before they are in force, and tested. */
import test, { type ExecutionContext } from 'ava';
import { type Chromium, picture, startBox, startChromium } from './chromium.ts';
import { signIn } from './sign-in.ts';

type Box = Awaited<ReturnType<typeof startBox>>;

const world = {} as Box & Chromium;

test.before(async () => {
  Object.assign(world, await startBox(), await startChromium());
  const { box, origin, page } = world;
  await signIn(box, origin, page, 'Robert Visser', ['admin']);
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

const now = () => Date.now();

test.serial(
  'a carrier is added by keyboard alone: refused at its field, seen with what it lowers, applied with a reason',
  async (t) => {
    const { page, origin, box } = world;
    await page.goto(`${origin}/trunks`);
    await picture(t, page, 'trunks-none');
    await page.getByRole('link', { name: 'Add a trunk…' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`${origin}/trunks/new`);
    await picture(t, page, 'trunk-new');
    await page.getByLabel('Name', { exact: true }).focus();
    await page.keyboard.type('carrier');
    await page.keyboard.press('Tab');
    await page.keyboard.type('sip example');
    await page.getByLabel('Host').press('Enter');
    t.is(
      await page.getByRole('alert').getByRole('link').textContent(),
      'This is no host name or address. Give one such as sip.example.net or 192.0.2.10.',
    );
    // The summary has the focus; its link leads to the field, which is described by its fault.
    await page.getByRole('alert').getByRole('link').press('Enter');
    t.is(await page.evaluate(() => document.activeElement?.id), 'host');
    await picture(t, page, 'trunk-refused');
    await page.getByLabel('Host').fill('sip.example.net');
    await page.getByLabel('Transport').selectOption('UDP');
    await page.getByLabel('User', { exact: true }).fill('31201234500');
    await page.getByLabel('Password').fill('hunter-2-hunter');
    await page.getByLabel('Who rings').fill('+31201234567 = 10, 11');
    await page
      .getByLabel('Without TLS and SRTP until')
      .fill(new Date(now() + 60 * 86_400_000).toISOString().slice(0, 10));
    await page.getByRole('button', { name: 'See what changes…' }).click();
    await page.waitForURL(/\/lines\//);
    t.regex((await page.textContent('main')) ?? '', /can be listened to on the way/);
    t.false((await page.content()).includes('hunter'));
    await picture(t, page, 'line-changes');
    await page.getByRole('button', { name: 'Apply' }).click();
    t.is(await page.getByRole('alert').getByRole('link').textContent(), 'Say why.');
    await page.getByLabel('Why').fill('Their gateway speaks nothing else until March');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL(`${origin}/trunks/carrier`);
    t.is(box.lines.kept().trunks[0]?.account?.password, 'hunter-2-hunter');
    const carrier = {
      id: 'carrier',
      host: 'sip.example.net',
      up: true,
      heardAt: now() - 5000,
      calls: 3,
      maxCalls: 100,
      plain: true,
    };
    const registration = { is: 'registered' as const, until: now() + 600_000, why: null };
    box.world.trunks = {
      trunks: [{ ...carrier, registration }],
      capped: [{ cap: 'user_at_once', kind: 'user', name: '10' }],
    };
    await page.reload();
    await picture(t, page, 'trunk');
    await page.goto(`${origin}/trunks`);
    await picture(t, page, 'trunks');
    quiet(t);
  },
);

test.serial('its settings are changed, its connection tested, and it is taken out', async (t) => {
  const { page, origin, box } = world;
  await page.goto(`${origin}/trunks/carrier`);
  t.is(await page.getByLabel('Password').inputValue(), '');
  await page.getByText('More settings').click();
  await picture(t, page, 'trunk-more');
  await page.getByLabel('Codecs').fill('PCMA, opus');
  await page.getByRole('button', { name: 'See what changes…' }).click();
  await page.waitForURL(/\/lines\//);
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.waitForURL(`${origin}/trunks/carrier`);
  t.deepEqual(box.lines.kept().trunks[0]?.codecs, ['PCMA', 'opus']);
  await page.getByRole('button', { name: 'Test the connection' }).click();
  t.is(await page.textContent('h1'), 'This does not work');
  await page.goto(`${origin}/trunks/carrier`);
  await page.getByRole('button', { name: 'Take it out…' }).click();
  await page.waitForURL(/\/lines\//);
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.waitForURL(`${origin}/trunks`);
  t.deepEqual(box.lines.kept().trunks, []);
  quiet(t);
});

test.serial('what may go out is opened to a country, and a PBX is set', async (t) => {
  const { page, origin, box } = world;
  await page.goto(`${origin}/outbound`);
  await picture(t, page, 'outbound');
  await page.getByRole('region', { name: 'What may be called' }).getByLabel('May be called').fill('+31\n+32');
  await page.getByLabel('Night from').fill('19:00');
  await page.getByLabel('Night until').fill('07:00');
  await page.getByRole('button', { name: 'See what changes…' }).click();
  await page.waitForURL(/\/lines\//);
  await page.getByLabel('Why').fill('We call customers at home and in Belgium');
  await picture(t, page, 'outbound-changes');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.waitForURL(`${origin}/outbound`);
  t.is(await page.textContent('h1'), 'Calls to +31, +32 go out');
  t.is(box.lines.kept().outbound.night?.from, '19:00');

  await page.goto(`${origin}/pbx`);
  await picture(t, page, 'pbx-none');
  await page.getByLabel('Domain of its users').fill('pbx.example.net');
  await page.getByLabel('Host').fill('192.0.2.10');
  await page.getByRole('button', { name: 'See what changes…' }).click();
  await page.waitForURL(/\/lines\//);
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.waitForURL(`${origin}/pbx`);
  const remote = { address: '192.0.2.20', port: 5061 };
  const phones = ['201', '202', '203'].map((user) => ({ user, transport: 'TLS' as const, remote, expiresInS: 300 }));
  box.world.pbx = { up: true, phones };
  await page.goto(`${origin}/pbx?language=nl`);
  t.is(await page.textContent('h1'), 'De centrale pbx.example.net antwoordt');
  await picture(t, page, 'pbx-nl');
  await page.goto(`${origin}/pbx?language=en`);
  quiet(t);
});

test.serial('a phone that does not register: its page says why, and what may have been it', async (t) => {
  const { page, origin, box } = world;
  box.tools.services.phones.add({ id: 'x', name: 'x', roles: ['admin'] }, '214', 0);
  const at = now() - 60_000;
  const tried = {
    firstAt: at,
    at,
    count: 3,
    transport: 'TLS' as const,
    address: '192.0.2.10',
    agent: 'Yealink SIP-T46U 108.86.0.70',
  };
  box.tools.world.attempts = {
    attempts: [
      { ...tried, outcome: 'wrong_secret' },
      { ...tried, at: at - 600_000, count: 1, outcome: 'ok' },
    ],
    strangers: [{ ...tried, user: '241', count: 1, outcome: 'unknown_number' }],
    handshakes: [{ at, count: 12, address: '192.0.2.11', fault: 'untrusted' }],
    bans: [{ source: '192.0.2.12', why: 'guesses', until: now() + 600_000 }],
  };
  await page.goto(`${origin}/phones/214`);
  await picture(t, page, 'phone-refused-why');
  await page.goto(`${origin}/phones`);
  await page.getByRole('link', { name: 'Why does a phone not register?' }).click();
  t.is(await page.textContent('h1'), 'Phones that do not register');
  await picture(t, page, 'registrations');
  await page.goto(`${origin}/connection`);
  await picture(t, page, 'connection-known');
  await page.getByLabel('Which').selectOption('Phone 214');
  await page.getByRole('region', { name: 'A line or phone of this box' }).getByRole('button', { name: 'Test' }).click();
  t.is(await page.textContent('h1'), 'This does not work');
  t.is(box.tools.world.asked.at(-1), 'phone 214');
  quiet(t);
});
