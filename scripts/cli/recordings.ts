import { places } from '../../appliance/config.ts';
import { openVault } from '../../appliance/vault/vault.ts';
import { type Command, problem, textOf } from './command.ts';

/** Recordings on one page: what a terminal shows without scrolling far. */
const DEFAULT_LIMIT = 50;

export const recordingsList: Command = {
  name: 'recordings list',
  usage: 'recordings list [--limit N]',
  summary: 'lists recordings, newest first',
  options: { limit: { type: 'string' } },
  takes: 0,
  run({ values, data }) {
    const limit = Number(textOf(values, 'limit') ?? DEFAULT_LIMIT);
    if (!Number.isInteger(limit) || limit < 1) throw problem('usage', '--limit is a whole number');
    const vault = openVault(places(data).vault);
    try {
      const { recordings, total } = vault.catalogue.search({}, limit, 0);
      const rows = recordings.map(({ id, startedAt, expiresAt, caller, callee, purpose, end }) => ({
        id,
        startedAt: new Date(startedAt).toISOString(),
        expiresAt: new Date(expiresAt).toISOString(),
        caller,
        callee,
        purpose,
        state: end?.reason ?? 'in progress',
        seconds: end ? Math.round(end.durationMs / 1000) : null,
        segments: end?.segments ?? null,
        gaps: end?.gaps ?? null,
        lost: end?.lost ?? null,
      }));
      const line = ({ id, startedAt, caller, callee, purpose, state, seconds }: (typeof rows)[number]) =>
        `${id}  ${startedAt}  ${caller} → ${callee}  ${purpose}  ${seconds === null ? '' : `${seconds} s  `}${state}`;
      return {
        json: { total, recordings: rows },
        text: rows.length === 0 ? 'No recordings.' : [...rows.map(line), `${rows.length} of ${total}`].join('\n'),
      };
    } finally {
      vault.close();
    }
  },
};
