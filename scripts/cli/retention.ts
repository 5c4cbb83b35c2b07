/** What terms do: what a shorter policy would erase, and whether terms are longer than what they are used for. */
import { systemClock } from '@belkluis/shared/base/clock';
import { type Earlier, type PurposePreview, previewRetention } from '../../appliance/vault/shorten.ts';
import { usageReport } from '../../appliance/vault/usage.ts';
import { withCatalogue } from './box.ts';
import type { Command } from './command.ts';
import { policyIn } from './policy-file.ts';

const DAY_MS = 24 * 3600_000;

const day = (at: number | null): string => (at === null ? '' : new Date(at).toISOString().slice(0, 10));

const words = (what: string, { count, atOnce, held, oldest, newest }: Earlier): string =>
  count === 0
    ? `no ${what} earlier`
    : `${count} ${what} earlier (${day(oldest)} to ${day(newest)}), ${atOnce} at once${held > 0 ? `, ${held} kept by holds or restrictions` : ''}`;

/** One purpose on one line. */
export const inWords = ({ purpose, recordings, calls }: PurposePreview): string =>
  `${purpose}: ${words('recordings', recordings)}; ${words('calls', calls)}`;

export const retentionPreview: Command = {
  name: 'retention preview',
  usage: 'retention preview POLICY',
  summary: 'says what would be erased earlier under a policy',
  options: {},
  takes: 1,
  run({ positionals, data }) {
    const { policy } = policyIn(positionals[0]!);
    return withCatalogue(data, async (catalogue) => {
      const purposes = await previewRetention(catalogue, policy, systemClock.now());
      return { json: { purposes }, text: purposes.map(inWords).join('\n') || 'The policy names no purpose.' };
    });
  },
};

export const retentionReport: Command = {
  name: 'retention report',
  usage: 'retention report',
  summary: 'says how much of what is kept is ever opened, and advises shorter terms',
  options: {},
  takes: 0,
  run: ({ data }) =>
    withCatalogue(data, (catalogue) => {
      const purposes = usageReport(catalogue);
      const lines = purposes.map(
        ({ purpose, alive, erased, everOpenedShare, latestOpeningMs, termDays, advisedDays }) =>
          `${purpose}: ${alive} kept, ${erased} erased; ${(everOpenedShare * 100).toFixed(1)} % ever opened, at the latest after ${Math.ceil(latestOpeningMs / DAY_MS)} days` +
          (advisedDays === null ? '' : `. ${advisedDays} days would have been enough; its term is ${termDays}`),
      );
      return { json: { purposes }, text: lines.join('\n') || 'Nothing has been recorded yet.' };
    }),
};
