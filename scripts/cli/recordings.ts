import { TEST_CALL_PURPOSE } from '@belkluis/shared/policy/purpose';
import type { Search } from '../../appliance/vault/catalogue.ts';
import { withCatalogue } from './box.ts';
import { type Command, instantOf, problem, textOf, type Values } from './command.ts';

/** Recordings on one page: what a terminal shows without scrolling far. */
const DEFAULT_LIMIT = 50;

/** Longest text to search for, characters: what the audit log takes. */
const MAX_TEXT_LENGTH = 200;

function wholeOf(values: Values, name: string): number | undefined {
  const value = textOf(values, name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw problem('usage', `--${name} is a whole number`);
  return number;
}

function searchOf(values: Values): Search {
  const [party, purpose] = [textOf(values, 'party') || undefined, textOf(values, 'purpose') || undefined];
  if ([party, purpose].some((text) => (text?.length ?? 0) > MAX_TEXT_LENGTH))
    throw problem('usage', `--party and --purpose have ${MAX_TEXT_LENGTH} characters at most`);
  const [from, until] = [instantOf(values, 'from'), instantOf(values, 'until')];
  const [min, max] = [wholeOf(values, 'min-seconds'), wholeOf(values, 'max-seconds')];
  return {
    ...(party === undefined ? {} : { party }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    ...(min === undefined ? {} : { durationFromMs: min * 1000 }),
    ...(max === undefined ? {} : { durationToMs: max * 1000 }),
  };
}

export const recordingsList: Command = {
  name: 'recordings list',
  usage:
    'recordings list [--party NUMBER] [--from DATE] [--until DATE] [--min-seconds N] [--max-seconds N] [--purpose ID] [--limit N] [--offset N]',
  summary: 'finds recordings, newest first, by any part of a number, by time, length and purpose',
  options: {
    party: { type: 'string', means: 'any part of a number or name' },
    from: { type: 'string', means: 'no older ones: a date' },
    until: { type: 'string', means: 'no newer ones: a date' },
    'min-seconds': { type: 'string', means: 'no shorter ones' },
    'max-seconds': { type: 'string', means: 'no longer ones' },
    purpose: {
      type: 'string',
      means: `the id of a purpose of the policy; without it all but ${TEST_CALL_PURPOSE}, the box's own calls`,
    },
    limit: { type: 'string', means: `how many; ${DEFAULT_LIMIT} when it is not given` },
    offset: { type: 'string', means: 'how many of the newest to pass over' },
  },
  takes: 0,
  run({ values, data }) {
    const limit = wholeOf(values, 'limit') ?? DEFAULT_LIMIT;
    if (limit < 1) throw problem('usage', '--limit is 1 at least');
    const search = searchOf(values);
    return withCatalogue(data, (catalogue, { log }) => {
      const { recordings, total, exact } = catalogue.search(search, limit, wholeOf(values, 'offset') ?? 0);
      const { party = null, purpose = null, from = null, until = null } = search;
      // Who was looked for is written down before anybody sees who was found.
      log.append({ kind: 'search', actor: 'cli', facts: { party, purpose, from, until, found: total } });
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
        json: { total, exact, recordings: rows },
        text:
          rows.length === 0
            ? 'No recordings.'
            : [...rows.map(line), `${rows.length} of ${exact ? '' : 'at least '}${total}`].join('\n'),
      };
    });
  },
};
