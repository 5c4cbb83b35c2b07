/** What came and what went between two samples of health, as events. Pure. */
import type { Event } from '@belkluis/shared/contract/event';
import type { Health } from '@belkluis/shared/contract/health';

/** What is wrong, by code. */
export type Wrong = Readonly<Record<string, Health['findings'][number]['level']>>;

export const wrongIn = (findings: Health['findings']): Wrong =>
  Object.fromEntries(findings.filter(({ level }) => level !== 'ok').map(({ code, level }) => [code, level]));

type FindingEvent = Extract<Event, { is: 'finding' }>;

/** A finding that gets worse or better comes anew. */
export function eventsBetween(before: Wrong, after: Wrong): FindingEvent[] {
  const event = (code: string, level: Wrong[string] | undefined, on: boolean) =>
    ({ is: 'finding', code, level, on }) as FindingEvent;
  const came = Object.keys(after).filter((code) => before[code] !== after[code]);
  const went = Object.keys(before).filter((code) => after[code] === undefined);
  return [
    ...came.map((code) => event(code, after[code], true)),
    ...went.map((code) => event(code, before[code], false)),
  ];
}
