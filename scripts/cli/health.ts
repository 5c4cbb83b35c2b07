/** How the box is, in the words of the desk. */
import type { GaugeName } from '@belkluis/shared/contract/gauges';
import { places } from '../../appliance/config.ts';
import { ask } from '../../appliance/control/client.ts';
import type { Answer } from '../../appliance/control/protocol.ts';
import { checkOf, type Finding } from '../../appliance/health/finding.ts';
import { en } from '../../appliance/web/i18n/en.ts';
import { findingText } from '../../appliance/web/i18n/finding-texts.ts';
import { formatsOf, type LanguageCode } from '../../appliance/web/i18n/formats.ts';
import { gaugeText } from '../../appliance/web/i18n/gauge-text.ts';
import { nl } from '../../appliance/web/i18n/nl.ts';
import { type Command, problem, textOf } from './command.ts';

const languages = { en, nl };

/** Line after line: what is wrong with its code, what is well, what was measured. */
function written({ timeZone, findings, gauges }: Answer<'health'>, language: LanguageCode): string {
  const t = languages[language];
  const f = formatsOf(language, timeZone);
  const found = (findings as unknown as readonly Finding[]).map((finding) => {
    const code = finding.state === 'ok' ? '' : ` (${finding.code})`;
    return `${t.states[finding.state].padEnd(10)}  ${t.healthWords.checks[checkOf(finding.code)]}${code}: ${findingText(t, f, finding)}`;
  });
  const measured = (Object.entries(gauges) as [GaugeName, number][]).map(
    ([name, value]) => `  ${t.healthWords.gauges[name]}: ${gaugeText(name, value, f, t.health)}`,
  );
  return [...found, '', `${t.health.measured}:`, ...measured].join('\n');
}

export const healthShow: Command = {
  name: 'health',
  usage: 'health [--language en|nl]',
  summary: 'says what is wrong with the box, what to do, and what is well; fails on bad news',
  options: { language: { type: 'string', means: 'en or nl (default: en)' } },
  takes: 0,
  async run({ data, values }) {
    const language = textOf(values, 'language') ?? 'en';
    if (language !== 'en' && language !== 'nl') throw problem('usage', '--language is en or nl');
    const answer = await ask(places(data).deskSocket, { ask: 'health' });
    if (!answer) throw problem('desk_not_running');
    const bad = answer.findings.some(({ state }) => state === 'bad');
    return { json: answer, text: written(answer, language), exitCode: bad ? 1 : 0 };
  },
};
