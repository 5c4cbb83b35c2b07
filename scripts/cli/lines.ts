/** The lines of a box: its PBX, trunks and SIPREC sources, and what may go out by them. One document. */
import { text } from 'node:stream/consumers';
import { places } from '../../appliance/config.ts';
import { joinLines, type LinesPreview } from '../../appliance/join-lines.ts';
import type { Change, Weakening } from '../../appliance/lines/changes.ts';
import type { Lines } from '../../appliance/lines/schema.ts';
import { hideSecrets } from '../../appliance/lines/secrets.ts';
import { loadLines, parseLines } from '../../appliance/lines/store.ts';
import { en } from '../../appliance/web/i18n/en.ts';
import { PERSON_USAGE, personFrom, personOptions } from './as-person.ts';
import { withBox } from './box.ts';
import { type Command, type Invocation, type Options, readText, textOf } from './command.ts';

/** The text of a file; of `-`, what comes in: a secret need not lie in a file, and is never an argument. */
export const readInput = (path: string): Promise<string> | string =>
  path === '-' ? text(process.stdin) : readText(path);

/** Options of every command that changes lines: who does it, and why when it lowers a guard. */
export const changeOptions: Options = {
  reason: { type: 'string', means: 'why; asked for when it lowers a guard, and kept in the audit log' },
  ...personOptions,
};

export const CHANGE_USAGE = `[--reason TEXT] ${PERSON_USAGE}`;

/** Has the person that `--as` names put lines in force. @throws Problem of `personFrom`, of `LinesActs.apply`. */
export async function applyLines({ values, data }: Invocation, change: (kept: Lines) => Lines): Promise<LinesPreview> {
  const person = await personFrom(values, data, 'manage lines');
  return withBox(data, ({ at, log }) => {
    const acts = joinLines(at.lines, log.append);
    return acts.apply(change(acts.kept()), { actor: person.id, reason: textOf(values, 'reason') ?? null });
  });
}

const changeText = ({ path, before, after }: Change): string =>
  `  ${path.join('.')}: ${before.join(', ') || '–'} → ${after.join(', ') || '–'}`;

/** What changes, and which guards that lowers: a line for each. */
const changesText = (changes: readonly Change[], weakens: readonly Weakening[]): string[] => [
  ...(changes.length === 0 ? ['Nothing changes.'] : changes.map(changeText)),
  ...weakens.map((one) => `Lowers a guard: ${en.lines.weakens[one]}`),
];

const inWords = ({ pbx, trunks, siprec, outbound }: Lines): string =>
  [
    pbx ? `PBX ${pbx.domain}` : 'no PBX',
    trunks.length === 0 ? 'no trunk' : `trunks ${trunks.map(({ id }) => id).join(', ')}`,
    siprec ? `${siprec.sources.length} SIPREC sources` : 'no SIPREC source',
    outbound.allow.length === 0 ? 'only emergency calls go out' : `calls to ${outbound.allow.join(', ')} go out`,
  ].join('; ');

export const linesShow: Command = {
  name: 'lines show',
  usage: 'lines show',
  summary: 'prints the PBX, trunks and SIPREC sources of the box, without passwords',
  options: {},
  takes: 0,
  run({ data }) {
    const lines = hideSecrets(loadLines(places(data).lines));
    return { json: { lines }, text: JSON.stringify(lines, null, 2) };
  },
};

export const linesCheck: Command = {
  name: 'lines check',
  usage: 'lines check FILE',
  summary: 'says what a file of lines would change, and changes nothing',
  options: {},
  takes: 1,
  async run({ positionals, data }) {
    const told = parseLines(await readInput(positionals[0]!));
    const { next, changes, weakens } = joinLines(places(data).lines, () => {}).preview(told);
    return {
      json: { ok: true, trunks: next.trunks.map(({ id }) => id), changes, weakens },
      text: [`Good: ${inWords(next)}.`, ...changesText(changes, weakens)].join('\n'),
    };
  },
};

export const linesApply: Command = {
  name: 'lines apply',
  usage: `lines apply FILE ${CHANGE_USAGE}`,
  summary: 'puts a file of lines in force within a second; passwords that it hides stay',
  options: changeOptions,
  takes: 1,
  async run(invocation) {
    const told = parseLines(await readInput(invocation.positionals[0]!));
    const { next, changes, weakens } = await applyLines(invocation, () => told);
    return {
      json: { lines: hideSecrets(next), changes, weakens },
      text: [`In force: ${inWords(next)}.`, ...changesText(changes, weakens)].join('\n'),
    };
  },
};
