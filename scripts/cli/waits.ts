/** How long callers waited, by queue and hour: totals, never of one call. */
import { FEWEST_SHOWN, type WaitsOfHour } from '../../appliance/vault/waits.ts';
import { withCatalogue } from './box.ts';
import { type Command, instantOf } from './command.ts';

const FEWER = `fewer than ${FEWEST_SHOWN}`;

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

function lineOf({ hour, queue, figures }: WaitsOfHour): string {
  const when = `${new Date(hour).toISOString().slice(0, 16)}Z  ${queue}  `;
  if (!figures) return `${when}${FEWER} calls`;
  const { calls, answered, meanMs, longestMs } = figures;
  return `${when}${calls} calls, ${answered} answered, ${seconds(meanMs)} on average, ${seconds(longestMs)} at most`;
}

export const callsWaits: Command = {
  name: 'calls waits',
  usage: 'calls waits [--from DATE] [--until DATE]',
  summary: 'says how long callers waited in each queue, by the hour',
  options: {
    from: { type: 'string', means: 'no older hours: a date' },
    until: { type: 'string', means: 'no newer hours: a date' },
  },
  takes: 0,
  run({ values, data }) {
    const [from = 0, until = Number.MAX_SAFE_INTEGER] = [instantOf(values, 'from'), instantOf(values, 'until')];
    return withCatalogue(data, (catalogue) => {
      const waits = catalogue.waits.between(from, until);
      return { json: { waits }, text: waits.map(lineOf).join('\n') || 'Nobody has waited in a queue yet.' };
    });
  },
};
