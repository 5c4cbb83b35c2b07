/** Why phones do not register, in the desk's own words. */
import { places } from '../../appliance/config.ts';
import { ask } from '../../appliance/control/client.ts';
import { en } from '../../appliance/web/i18n/en.ts';
import { type Command, problem } from './command.ts';

const when = (at: number): string => new Date(at).toISOString();

const times = (count: number): string => (count === 1 ? '' : `, ${en.attempts.times(String(count))}`);

export const phonesTrace: Command = {
  name: 'phones trace',
  usage: 'phones trace [USER]',
  summary: 'says how a phone tried to register lately and why it was refused; without one, what failed at all',
  options: {},
  takes: 0,
  mayTake: 1,
  async run({ positionals, data }) {
    const [user = null] = positionals;
    if (user !== null && !/^[\x21-\x7e]{1,64}$/.test(user)) throw problem('usage', 'USER is the name of a phone');
    const told = await ask(places(data).controlSocket, { ask: 'attempts', user });
    if (!told) throw problem('not_running');
    const { attempts: texts } = en;
    const tries = told.attempts.map(
      ({ at, count, outcome, transport, address, agent }) =>
        `${when(at)}${times(count)}  ${transport} ${address}${agent === null ? '' : ` (${agent})`}  ${texts.outcomes[outcome] ?? outcome}`,
    );
    const strangers = told.strangers.map(
      ({ user: number, at, count, outcome, transport, address }) =>
        `${number || '–'}  ${when(at)}${times(count)}  ${transport} ${address}  ${texts.outcomes[outcome] ?? outcome}`,
    );
    const handshakes = told.handshakes.map(
      ({ at, count, address, fault }) => `${address}  ${when(at)}${times(count)}  ${texts.faults[fault] ?? fault}`,
    );
    const bans = told.bans.map(
      ({ source, why, until }) => `${source}  until ${when(until)}  ${texts.bans[why] ?? why}`,
    );
    const part = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : [title, ...lines, '']);
    const isWell = tries.length > 0 && told.attempts[0]!.outcome === 'ok';
    // Of a phone that is there nothing else needs looking for.
    const others = [...part(texts.handshakesCaption, handshakes), ...part(texts.bansCaption, bans)];
    const lines =
      user === null
        ? [...part(texts.strangers, strangers), ...others]
        : [...(tries.length === 0 ? [texts.none, ''] : part(texts.title, tries)), ...(isWell ? [] : others)];
    return { json: told, text: lines.join('\n').trimEnd() || texts.well };
  },
};
