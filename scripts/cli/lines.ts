/** The lines of a box: its PBX, trunks and SIPREC sources, and what may go out by them. One document. */
import { text } from 'node:stream/consumers';
import { places } from '../../appliance/config.ts';
import type { Lines } from '../../appliance/lines/schema.ts';
import { hideSecrets, loadLines, parseLines, revealSecrets, saveLines } from '../../appliance/lines/store.ts';
import { withBox } from './box.ts';
import { type Command, readText } from './command.ts';

/** The text of a file; of `-`, what comes in: a secret need not lie in a file, and is never an argument. */
export const readInput = (path: string): Promise<string> | string =>
  path === '-' ? text(process.stdin) : readText(path);

/** Puts lines in force; the call process follows within a second. The log first: what it does not take does not happen. */
export const applyLines = (data: string, change: (kept: Lines) => Lines): Promise<Lines> =>
  withBox(data, ({ at, log }) => {
    const next = change(loadLines(at.lines));
    const { pbx, siprec, trunks } = next;
    const facts = { trunks: trunks.map(({ id }) => id), pbx: pbx !== null, siprec: siprec?.sources.length ?? 0 };
    saveLines(at.lines, next, () => void log.append({ kind: 'lines_changed', actor: 'cli', facts }));
    return next;
  });

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
  summary: 'says whether a file of lines could be applied, and changes nothing',
  options: {},
  takes: 1,
  async run({ positionals, data }) {
    const next = revealSecrets(parseLines(await readInput(positionals[0]!)), loadLines(places(data).lines));
    return { json: { ok: true, trunks: next.trunks.map(({ id }) => id) }, text: `Good: ${inWords(next)}.` };
  },
};

export const linesApply: Command = {
  name: 'lines apply',
  usage: 'lines apply FILE',
  summary: 'puts a file of lines in force within a second; passwords that it hides stay',
  options: {},
  takes: 1,
  async run({ positionals, data }) {
    const told = parseLines(await readInput(positionals[0]!));
    const next = await applyLines(data, (kept) => revealSecrets(told, kept));
    return { json: { lines: hideSecrets(next) }, text: `In force: ${inWords(next)}.` };
  },
};
