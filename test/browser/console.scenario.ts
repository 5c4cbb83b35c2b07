/** The console in a real Chromium: a person comes in by an invitation and a passkey; every page in every language, wide and narrow. */
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { totpCode } from '@belkluis/shared/access/totp';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import type { Language } from '@belkluis/shared/web/formats';
import test, { type ExecutionContext } from 'ava';
import type { Page } from 'playwright-core';
import { openDatabase } from '../../fleet/db/open.ts';
import { openCa } from '../../fleet/enrolment/ca.ts';
import { migrations } from '../../fleet/migrations.ts';
import { serveConsole } from '../../fleet/web/serve.ts';
import { populate, weekOf } from '../../fleet/web/testing/boxes.ts';
import { consoleOn, of, PASSWORD } from '../../fleet/web/testing/console.ts';
import { policyBoxes } from '../../fleet/web/testing/policies.ts';
import { type Chromium, checkAccessibility, picture, startChromium } from './chromium.ts';

const folder = mkdtempSync(join(tmpdir(), 'console-scenario-'));
/** German words are the longest. */
const languages: readonly Language[] = ['de', 'nl', 'fr', 'en'];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

async function start() {
  const ca = await openCa({
    folder: join(folder, 'ca'),
    passphrase: null,
    hosts: ['localhost'],
    now: Date.now(),
    chance: systemChance,
  });
  const certificate = await ca.server(Date.now());
  const database = await openDatabase(`sqlite:${join(folder, 'fleet.db')}`, { migrations });
  const port = await freePort();
  const origin = `https://localhost:${port}`;
  const made = await consoleOn(database.kysely, systemClock, origin);
  made.works.agreement = null;
  const serving = await serveConsole({ app: made.app, certificate, address: '127.0.0.1', port });
  const spki = new X509Certificate(certificate.chain).publicKey.export({ format: 'der', type: 'spki' });
  const chromium = await startChromium([createHash('sha256').update(spki).digest('base64')]);
  return { ...made, database, serving, chromium, origin };
}

let world: Awaited<ReturnType<typeof start>>;
let anotherAuthenticator: () => Promise<void>;

test.before(async () => {
  world = await start();
});

test.after.always(async () => {
  await world?.chromium.browser.close();
  await world?.serving.close();
  await world?.database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** An authenticator that says yes, as a telephone whose owner puts a finger on it. What comes back puts another one, that knows nothing, in its place. */
async function withAuthenticator({ browser, page }: Chromium): Promise<() => Promise<void>> {
  const session = await browser.newCDPSession(page);
  await session.send('WebAuthn.enable');
  const add = () =>
    session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
  const { authenticatorId } = await add();
  return async () => {
    await session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    await add();
  };
}

/** What a page is but for its words: elements, attributes, and where there is text. */
const shapeOf = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const words = ['lang', 'aria-label', 'title', 'alt', 'placeholder', 'data-label', 'refused'];
    const shape = (node: Node): string => {
      if (!(node instanceof Element)) return node.nodeType === Node.TEXT_NODE && node.textContent?.trim() ? 'text' : '';
      const attributes = [...node.attributes].map(({ name, value }) => {
        if (name === 'aria-current' && node.hasAttribute('hreflang')) return '';
        return words.includes(name) ? `${name}=${value.trim() !== ''}` : `${name}=${value}`;
      });
      return `<${[node.localName, ...attributes.filter(Boolean)].join(' ')}>${[...node.childNodes].map(shape).join('')}</>`;
    };
    return shape(document.documentElement);
  });

/** What is wider than the screen. */
const beside = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const all = [...document.querySelectorAll('body *')].filter(
      (one) => one.getBoundingClientRect().right > clientWidth,
    );
    return all.map((one) => one.outerHTML.slice(0, 200));
  });

type Pages = readonly (readonly [name: string, path: string])[];

/**
 * Every page at 320 px in each language: nothing beside the screen, accessible. A page that differs from the German one, whose words are
 * the longest, in nothing but its words has been judged with it. Two windows at once: one is drawn while the other is fetched.
 */
async function inEveryLanguage(
  t: ExecutionContext,
  { browser }: Chromium,
  origin: string,
  pages: Pages,
): Promise<void> {
  const windows = await Promise.all([browser.newPage(), browser.newPage()]);
  const judged = new Map<string, string>();
  for (const language of languages) {
    await windows[0]!.goto(`${origin}/trust?language=${language}`);
    const left = [...pages];
    const look = async (page: Page) => {
      await page.setViewportSize({ width: 320, height: 800 });
      for (let next = left.shift(); next; next = left.shift()) {
        const [name, path] = next;
        await page.goto(`${origin}${path}`);
        t.is(await page.getAttribute('html', 'lang'), language, path);
        t.deepEqual(await beside(page), [], `${path} in ${language} scrolls sideways at 320`);
        const shape = await shapeOf(page);
        if (judged.get(name) === shape) continue;
        judged.set(name, shape);
        await checkAccessibility(t, page, `${path} ${language}`);
      }
    };
    await Promise.all(windows.map(look));
  }
  await Promise.all(windows.map((page) => page.close()));
}

test.serial(
  'an invitation behind #, a passkey, out, and in by the passkey; the page follows; nothing offends the policy',
  async (t) => {
    t.timeout(120_000);
    const { origin, chromium, invite, scope, services, kysely, newId, clock, alerts } = world;
    const { page, console, requests } = chromium;
    anotherAuthenticator = await withAuthenticator(chromium);
    const code = await invite('maaike@noordkop.example', [of('owner'), of('policy_author'), of('policy_signer')]);
    await page.goto(`${origin}/invitation#${code}`);
    await picture(t, page, 'console-invitation');
    t.is(await page.inputValue('#code'), code);
    t.is(page.url(), `${origin}/invitation`);
    t.false(
      requests.some((one) => one.url().includes(code)),
      'the code is in no address that is asked for',
    );
    await page.getByLabel('Your name').fill('Maaike de Groot');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('Password again').fill(PASSWORD);
    await page.getByRole('button', { name: 'Continue' }).click();
    await picture(t, page, 'console-enrol');
    await page.getByRole('button', { name: 'Make a passkey' }).click();
    await page.waitForURL(`${origin}/`);
    t.true((await page.textContent('main'))!.includes('There are no customers yet'));
    await page.getByRole('button', { name: 'Sign out' }).click();
    await picture(t, page, 'console-sign-in');
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.waitForURL(`${origin}/`);

    const seen = page.evaluate(() => new Promise((done) => addEventListener('pagehide', () => done('left'))));
    seen.catch(() => {});
    await populate({ services, kysely, newId, scope, clock, alerts });
    services.live.changed([
      { box: 'x', msp: scope.msp, customer: 'x', site: 'x', before: 'ok', after: 'bad', raised: [], cleared: [] },
    ]);
    await page.getByText('Taxicentrale Kennemerland').first().waitFor();
    t.deepEqual(console, []);
  },
);

/** Pages of boxes, with a week behind one of them. */
async function boxPages(): Promise<Pages> {
  const { scope, services, commands } = world;
  const idOf = async (search: string) => (await services.boxes.list(scope, { search })).rows[0]!.id;
  const [box, failing] = [await idOf('dordrecht'), await idOf('kennemerland 1')];
  await weekOf(world, box, Date.now());
  await commands.send(scope, [box], 'test_call', 'operator');
  for (const one of [box, failing]) await services.tags.change(scope, one, { add: ['Contract A', 'Roof'] }, 'operator');
  const [asker] = await services.access.people.list(scope);
  const view = { filter: { state: 'bad', q: 'kenne' }, name: 'Offline and failing in Kennemerland', shared: true };
  await services.views.save({ person: asker!.id, scope }, view);
  const both = `&box=${box}&box=${failing}`;
  return [
    ['boxes', '/boxes'],
    ['boxes-filtered', '/boxes?state=bad&q=kenne'],
    ['boxes-none', '/boxes?q=nowhere'],
    ...['maintenance', 'mute', 'test_call', 'move', 'revoke'].map(
      (what) => [`boxes-act-${what}`, `/boxes/act?what=${what}${both}`] as const,
    ),
    ['box', `/boxes/${box}`],
    ['box-failing', `/boxes/${failing}?range=quarter`],
    ['box-edit', `/boxes/${box}/edit`],
    ['box-revoke', `/boxes/${box}/revoke`],
  ];
}

/** Pages of policies, with levels, boxes that have their customer's policy, and a rollout. */
async function policyPages(): Promise<Pages> {
  const { scope, policies, services } = world;
  await policyBoxes(world);
  const msp = { kind: 'msp', of: scope.msp } as const;
  const parts = {
    holidays: [{ date: '2027-12-25', name: 'Christmas' }],
    groups: [{ id: 'desk', extensions: ['20', '21'] }],
  };
  await policies.levels.write(scope, msp, 0, { parts, locks: ['holidays'] }, 'operator');
  const variables = { shop: { type: 'text' as const, says: 'Name of the shop' } };
  const { rows } = await services.tenants.customers(scope, { search: 'visser' });
  const customer = { kind: 'customer', of: rows[0]!.id } as const;
  await policies.levels.write(scope, customer, 0, { variables, without: ['rules.evening'] }, 'operator');
  const choice = { customers: [customer.of] };
  const { token } = await policies.preview(scope, choice);
  const { rollout } = await policies.sign(scope, { choice, token, title: 'Holidays of 2027' }, 'operator');
  await policies.keys.rotate(scope, 'operator');
  const level = `/policies/level/customer/${customer.of}`;
  return [
    ['policies', '/policies'],
    ['policy-level', `/policies/level/msp/${scope.msp}`],
    ['policy-level-below', level],
    ...['variables', 'terms', 'said', 'schedules', 'holidays', 'limits', 'groups'].map(
      (form) => [`policy-${form}`, `${level}/edit/${form}`] as const,
    ),
    ['policy-preview', '/policies/preview?who=all'],
    ['policy-boxes', '/policies/boxes'],
    ['policy-documents', '/policies/documents'],
    ['policy-keys', '/policies/keys?act=retire'],
    ['rollouts', '/rollouts'],
    ['rollout', `/rollouts/${rollout}`],
  ];
}

test.serial('every page in four languages is accessible, and fits a narrow screen', async (t) => {
  t.timeout(300_000);
  const { origin, chromium, services, scope } = world;
  const { page, console } = chromium;
  const { rows: customers } = await services.tenants.customers(scope, { search: 'zuiderwoude' });
  const { rows: sites } = await services.tenants.sites(scope, { search: 'gemeentehuis' });
  const { rows: boxes } = await services.boxes.list(scope, { search: 'raadhuis' });
  const [person] = await services.access.people.list(scope);
  const { agreements, subprocessors, incidents } = services.compliance;
  await agreements.send(scope, customers[0]!.id, 'nl', person!.id);
  const scan = { by: 'A. Jansen', at: Date.now(), until: null, scan: null };
  await agreements.sign(scope, customers[0]!.id, scan, person!.id);
  const helper = { name: 'Rekenhuis', purpose: 'backups', country: 'NL', parentCountry: 'DE', transfer: null };
  const { id: change } = await subprocessors.add({ ...helper, since: null }, 'operator');
  const happened = {
    what: 'A disk was stolen from the rack.',
    about: 'Names of customers and sites.',
    foundAt: Date.now(),
  };
  const incident = await incidents.open(
    { ...happened, drill: false, severity: 'serious', concerns: 'all' },
    'operator',
  );
  await incidents.addStep(incident.id, 'The disk was encrypted. Keys are being replaced.', 'operator');
  const { list, windows, channels } = services.alerts;
  await world.alerts.watch.raise({ box: boxes[0]!.id }, 'audit_fork');
  const {
    rows: [fork],
  } = await list.list(scope, { code: 'audit_fork' });
  await list.assign(scope, [fork!.id], person!.id, person!.id);
  await list.mute(scope, fork!.id, null, 'The board was replaced', person!.id);
  const night = { zone: 'Europe/Lisbon', days: [2, 4], fromDate: '2026-01-01', fromTime: '23:30', untilTime: '01:00' };
  const site = { of: 'site', site: sites[0]!.id } as const;
  await windows.plan(scope, site, { ...night, untilDate: null }, 'Patches', person!.id);
  const told = { name: 'On call', language: 'nl', level: 'warn', within: 'all', codes: null, on: true } as const;
  const channel = await channels.add(
    scope,
    { ...told, kind: 'email', addresses: ['noc@noordkop.example'] },
    person!.id,
  );
  const pages: Pages = [
    ['trust', '/trust'],
    ['location', '/location'],
    ['boxes-send', '/boxes-send'],
    ['agreements', '/agreements'],
    ['agreement', `/customers/${customers[0]!.id}/agreement`],
    ['agreement-preview', `/customers/${customers[0]!.id}/agreement/preview?in=de`],
    ['agreement-end', `/customers/${customers[0]!.id}/agreement/end`],
    ['subprocessors', '/subprocessors'],
    ['change', `/customers/${customers[0]!.id}/changes/${change}`],
    ['incidents', '/incidents'],
    ['incident', `/incidents/${incident.id}`],
    ['records', '/records'],
    ...(await boxPages()),
    ...(await policyPages()),
    ['overview', '/'],
    ['customers', '/customers'],
    ['customer-new', '/customers/new'],
    ['customer', `/customers/${customers[0]!.id}`],
    ['customer-edit', `/customers/${customers[0]!.id}/edit`],
    ['site-new', `/customers/${customers[0]!.id}/sites/new`],
    ['sites', '/sites'],
    ['site', `/sites/${sites[0]!.id}`],
    ['site-edit', `/sites/${sites[0]!.id}/edit`],
    ['alerts', '/alerts'],
    ['alerts-by-cause', '/alerts?view=codes'],
    ['alert', `/alerts/${fork!.id}`],
    ['mutes', '/alerts/mutes'],
    ['maintenance', '/maintenance'],
    ['maintenance-new', '/maintenance/new'],
    ['channels', '/channels'],
    ['channel', `/channels/${channel.id}`],
    ['channel-new', '/channels/new?kind=webhook'],
    ['witness', '/witness'],
    ['witness-box', `/witness/${boxes[0]!.id}`],
    ['audit', '/audit'],
    ['people', '/people'],
    ['person', `/people/${person!.id}`],
    ['person-role', `/people/${person!.id}/grants/0/remove`],
    ['person-remove', `/people/${person!.id}/remove`],
    ['invite', '/people/invite'],
    ['tokens', '/tokens'],
    ['token-new', '/tokens/new'],
    ['account', '/account'],
    ['search', '/search?q=van'],
    ['enrol', '/enrol'],
    ['enrol-app', '/enrol?add=app'],
    ['factor-remove', '/account/app/remove'],
    ['provider-new', '/providers/new'],
    ['not-here', '/no-such-page'],
  ];
  await inEveryLanguage(t, chromium, origin, pages);
  // Accessible at every width and light; people look at the pictures when they ask for them.
  for (const [name, path] of pages) {
    if (!process.env.SCREENSHOTS && name !== 'overview') continue;
    await page.goto(`${origin}${path}`);
    await picture(t, page, `console-${name}`);
  }
  // A page that is not there is told with 404, which the browser writes down.
  t.deepEqual(
    console.filter((line) => !line.includes('404')),
    [],
  );
});

test.serial(
  'a rollout is followed with what can be done about it; what somebody chooses or types meanwhile stays',
  async (t) => {
    t.timeout(60_000);
    const { origin, chromium, policies, scope, services } = world;
    const { page } = chromium;
    const listed = async () => (await policies.rollouts.list(scope)).rows[0];
    // Also where this is run without the pages.
    if (!(await listed())) await policyPages();
    const rollout = await listed();
    await page.goto(`${origin}/rollouts/${rollout!.id}`);
    await page.selectOption('#state', 'applied');
    // Controls in parts that are put in anew, as forms in them have: one that was changed, and one of each that was not.
    await page.evaluate(() => {
      const add = (part: string, name: 'input' | 'textarea' | 'select') => {
        const control = document.createElement(name);
        if (control instanceof HTMLSelectElement) control.append(new Option('one'), new Option('two'));
        document.getElementById(part)!.append(control);
        return control;
      };
      for (const name of ['input', 'textarea', 'select'] as const) add('live-rings', name);
      (add('live-numbers', 'select') as HTMLSelectElement).selectedIndex = 1;
      (add('live-state', 'input') as HTMLInputElement).value = 'typed';
      (document.activeElement as HTMLElement | null)?.blur();
    });
    await policies.rollouts.halt(scope, rollout!.id, 'operator');
    services.live.touched(scope.msp);
    await page.getByRole('button', { name: 'Go on' }).waitFor();
    t.is(await page.getByRole('button', { name: 'Halt' }).count(), 0);
    t.is(await page.inputValue('#state'), 'applied');
    t.is(await page.inputValue('#live-numbers select'), 'two');
    t.is(await page.inputValue('#live-state input'), 'typed');
    t.is(
      await page.locator('#live-rings :is(input, textarea, select)').count(),
      0,
      'what nobody has changed is put in anew',
    );
  },
);

test.serial('a passkey proves again for one act: another key that signs policies', async (t) => {
  t.timeout(60_000);
  const { origin, chromium, policies, scope } = world;
  const { page } = chromium;
  const before = await policies.keys.list(scope);
  await page.goto(`${origin}/policies/keys?act=rotate`);
  await page.getByRole('button', { name: 'Make it with a passkey' }).click();
  await page.waitForURL(`${origin}/policies/keys`);
  t.is((await policies.keys.list(scope)).length, before.length + 1);
});

test.serial('a form is checked before the passkey is asked; then it proves, and what was typed is done', async (t) => {
  t.timeout(60_000);
  const { origin, chromium, services, scope } = world;
  const { page, requests } = chromium;
  await page.goto(`${origin}/people/invite`);
  const verb = page.getByRole('button', { name: 'Make the link with a passkey' });
  const asked = requests.length;
  await verb.click();
  t.false(
    requests.slice(asked).some((one) => one.url().endsWith('/proof/options')),
    'no address was typed',
  );
  await page.getByLabel('E-mail address').fill('els@visser.example');
  await page.getByLabel('Auditor').check();
  await verb.click();
  await page.getByText('/invitation#').waitFor();
  const open = await services.access.people.invitations(scope);
  t.true(open.some(({ email }) => email === 'els@visser.example'));
});

test.serial('who proves it adds another passkey', async (t) => {
  t.timeout(60_000);
  const { origin, chromium } = world;
  const { page } = chromium;
  await page.goto(`${origin}/enrol?add=passkey`);
  await page.getByRole('button', { name: 'Continue with a passkey' }).click();
  const verb = page.getByRole('button', { name: 'Make a passkey…' });
  await verb.waitFor();
  await anotherAuthenticator();
  await verb.click();
  await page.waitForURL(`${origin}/`);
  await page.goto(`${origin}/account`);
  t.is(await page.getByRole('link', { name: 'Remove… Passkey' }).count(), 2);
});

test.serial('the hash of a scan is computed in the browser, and the scan stays there', async (t) => {
  t.timeout(60_000);
  const { origin, chromium, services, scope } = world;
  const { page, requests } = chromium;
  const { rows } = await services.tenants.customers(scope, { search: 'kennemerland' });
  await page.goto(`${origin}/customers/${rows[0]!.id}/agreement`);
  const scan = Buffer.from('%PDF-1.7 a signed agreement');
  await page.getByLabel('Scan of the signed agreement').setInputFiles({
    ...{ name: 'jansen.pdf', mimeType: 'application/pdf', buffer: scan },
  });
  const digest = createHash('sha256').update(scan).digest('hex');
  await page.waitForFunction((wanted) => document.querySelector<HTMLInputElement>('#digest')?.value === wanted, digest);
  await page.getByLabel('Who signed for the customer').fill('A. Jansen');
  await page.getByRole('button', { name: 'Record it' }).click();
  await page.getByText(digest).first().waitFor();
  t.false(requests.some((one) => /jansen\.pdf|PDF-1\.7/.test(one.postData() ?? '')));
  t.is((await services.compliance.agreements.with(scope, rows[0]!.id)).agreements.at(-1)?.digest, digest);
});

test.serial('with a password and an app, without scripts; the picture of the secret fits a telephone', async (t) => {
  t.timeout(60_000);
  const { origin, chromium, invite } = world;
  const { browser, page } = chromium;
  const code = await invite('joost@noordkop.example', [of('operator')]);
  await browser.clearCookies();
  const session = await browser.newCDPSession(page);
  await session.send('Emulation.setScriptExecutionDisabled', { value: true });
  await page.setViewportSize({ width: 320, height: 800 });
  await page.goto(`${origin}/invitation`);
  await page.getByLabel('Invitation').fill(code);
  await page.getByLabel('Your name').fill('Joost');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Password again').fill(PASSWORD);
  await page.getByRole('button', { name: 'Continue' }).click();
  t.false(await page.getByRole('button', { name: 'Make a passkey' }).isVisible());
  await page.getByRole('button', { name: 'Set up an app' }).click();
  const secret = (await page.locator('dd.fingerprint').textContent())!.replaceAll(/\s/g, '');
  const box = await page.getByRole('img', { name: 'QR code' }).boundingBox();
  t.true(box !== null && box.x + box.width <= 320, JSON.stringify(box));
  await session.send('Emulation.setScriptExecutionDisabled', { value: false });
  await picture(t, page, 'console-app');
  await page.getByRole('textbox', { name: 'Code' }).fill(totpCode(secret, Date.now()));
  await page.getByRole('button', { name: 'Finish' }).click();
  await page.waitForURL(`${origin}/`);
  t.true((await page.textContent('main'))!.includes('Taxicentrale Kennemerland'));
});
