import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@belkluis/shared/base/log';
import { en } from '@belkluis/shared/contract/health-words/en';
import { nl } from '@belkluis/shared/contract/health-words/nl';
import test from 'ava';
import { places } from '../../appliance/config.ts';
import { serveControl } from '../../appliance/control/server.ts';
import { checkOf } from '../../appliance/health/finding.ts';
import { answerOf } from '../../appliance/keep-health.ts';
import { signedIn } from '../../appliance/web/testing/browser.ts';
import { healthShow } from './health.ts';

const health = (data: string, language: string) => healthShow.run({ data, positionals: [], values: { language } });

/** As a browser shows it. */
const read = (page: string) =>
  page
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ');

test('command line and desk say the same of each check, in the same words, and what to do', async (t) => {
  const { page, world, services } = await signedIn(['admin']);
  const trunk = (name: string, up: boolean) => ({ name, up, registered: null, fault: null });
  world.facts = {
    policy: null,
    audit: { state: 'unwritable' },
    trunks: { all: [trunk('carrier', false), trunk('spare', true)], capped: 0, countsLost: 0 },
    host: { cpuPercent: 93, memoryPercent: 40, temperatureCelsius: null, criticalCelsius: null, uptimeS: 7200 },
  };
  const data = mkdtempSync(join(tmpdir(), 'health-'));
  const server = await serveControl(
    places(data).deskSocket,
    { health: async () => answerOf(await services.health(), services.timeZone) },
    silentLog,
  );
  t.teardown(() => server.close());
  for (const [language, words] of [
    ['en', en],
    ['nl', nl],
  ] as const) {
    await page(`/health?language=${language}`);
    const shown = read(await page('/health'));
    const { text, exitCode } = await health(data, language);
    t.is(exitCode, 1);
    for (const line of text.split('\n').filter((one) => one.includes(': '))) {
      const says = line.slice(line.indexOf(': ') + 2).replaceAll(/\s+/g, ' ');
      t.true(shown.includes(says), says);
    }
    const { findings } = await services.health();
    for (const { code, state } of findings) {
      t.true(text.includes(words.checks[checkOf(code)]) && shown.includes(words.checks[checkOf(code)]), code);
      if (state === 'ok') continue;
      t.true(text.includes(code) && shown.includes(code), code);
      const { advice } = words.codes[code as keyof typeof words.codes];
      t.true(text.includes(advice) && shown.includes(advice), advice);
    }
  }
});

test('without the desk process there is no answer, and that is said', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'health-'));
  await t.throwsAsync(async () => health(data, 'en'), { code: 'desk_not_running' });
  await t.throwsAsync(async () => health(data, 'fr'), { code: 'usage' });
});
