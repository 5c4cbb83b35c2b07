/** The desk in a real Chromium: started on loopback, looked at in every light, and checked for accessibility. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import type { ExecutionContext } from 'ava';
import { type BrowserContext, chromium, type Page, type Request } from 'playwright-core';
import { openCertificate } from '../../appliance/identity/certificate.ts';
import { openDevice } from '../../appliance/identity/device.ts';
import { type Serving, serveDesk } from '../../appliance/web/serve.ts';
import { type TestDesk, testDesk } from '../../appliance/web/testing/desk.ts';

/** Where screenshots go, to be looked at; set SCREENSHOTS to keep them. */
const pictures = process.env.SCREENSHOTS ?? mkdtempSync(join(tmpdir(), 'desk-pictures-'));

/** A desk under test, on a socket with a certificate of its own. */
export async function startBox(): Promise<{ box: TestDesk; serving: Serving; origin: string }> {
  const box = testDesk(systemClock);
  const folder = mkdtempSync(join(tmpdir(), 'desk-scenario-'));
  const identity = join(folder, 'identity');
  const { tlsKey } = openDevice(identity, systemChance);
  const { key, certificate } = await openCertificate({
    folder: identity,
    tlsKey,
    names: ['localhost'],
    addresses: ['127.0.0.1'],
    now: Date.now(),
    chance: systemChance,
  });
  const serving = await serveDesk({ desk: box.desk, key, certificate, address: '127.0.0.1', port: 0 });
  return { box, serving, origin: `https://localhost:${serving.port}` };
}

export interface Chromium {
  readonly browser: BrowserContext;
  readonly page: Page;
  /** What pages complained about. */
  readonly console: string[];
  readonly requests: Request[];
}

/** A browser with nothing in it. `trusted`: SHA-256 of public keys (SPKI, base64) whose certificates it takes as good. */
export async function startChromium(trusted: readonly string[] = []): Promise<Chromium> {
  const browser = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), 'chromium-')), {
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
      ...(trusted.length > 0 ? [`--ignore-certificate-errors-spki-list=${trusted.join(',')}`] : []),
    ],
    ignoreHTTPSErrors: trusted.length === 0,
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    // A colour on its way to another is no colour to judge contrast by.
    reducedMotion: 'reduce',
  });
  const page = browser.pages()[0] ?? (await browser.newPage());
  const console: string[] = [];
  const requests: Request[] = [];
  const watch = (one: Page) => {
    one.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') console.push(message.text());
    });
    one.on('pageerror', (error) => console.push(error.message));
    one.on('request', (request) => requests.push(request));
  };
  watch(page);
  browser.on('page', watch);
  return { browser, page, console, requests };
}

/** Nothing that WCAG 2.2 AA asks for and a program can see may be missing. */
export async function checkAccessibility(t: ExecutionContext, page: Page, what: string): Promise<void> {
  const axe = readFileSync(join(import.meta.dirname, '../../node_modules/axe-core/axe.min.js'), 'utf8');
  // Through the debugger, which no policy of the page stops; the page itself may run nothing of it.
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await axe.run({ runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  });
  t.deepEqual(violations, [], what);
}

/** Looks at the page as it is seen in light, dark and on a telephone: accessible, nothing beside the screen, and a picture of each. */
export async function picture(t: ExecutionContext, page: Page, name: string): Promise<void> {
  for (const [width, scheme] of [
    [1440, 'light'],
    [1440, 'dark'],
    [390, 'light'],
  ] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 900 });
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    t.is(overflow, 0, `${name} scrolls sideways at ${width}`);
    await checkAccessibility(t, page, `${name} ${width} ${scheme}`);
    await page.screenshot({ path: join(pictures, `${name}-${width}-${scheme}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}
