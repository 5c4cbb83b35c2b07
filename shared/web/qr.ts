/** QR codes (ISO/IEC 18004), as a picture of a page and as text of a terminal. */
import encodeQr from 'qr';
import { type Html, html } from './html.ts';

/** Light modules around it, which scanners need (ISO/IEC 18004 9.1). */
const QUIET = 4;

/** A module of a picture, px: a telephone reads it from an arm's length. */
const MODULE_PX = 6;

const modulesOf = (text: string): boolean[][] => encodeQr(text, 'raw', { ecc: 'medium', border: QUIET });

/** The dark modules of a row, as steps of one path: a rectangle for each run. */
function runs(row: readonly boolean[], y: number): string {
  let path = '';
  for (let x = 0; x < row.length; x++) {
    if (!row[x]) continue;
    const from = x;
    while (row[x]) x++;
    path += `M${from} ${y}h${x - from}v1h${from - x}z`;
  }
  return path;
}

/** `label`: what it is, for whoever does not see it. Dark on light whatever the page wears: scanners ask for it. */
export function qrPicture(text: string, label: string): Html {
  const rows = modulesOf(text);
  const size = rows.length;
  return html`<svg role="img" aria-label="${label}" viewBox="0 0 ${size} ${size}" width="${size * MODULE_PX}" height="${size * MODULE_PX}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path fill="#000" d="${rows.map(runs).join('')}"/></svg>`;
}

/** Black on white, whatever the terminal wears (ECMA-48 SGR). */
const [PAPER, PLAIN] = ['\u001b[30;107m', '\u001b[0m'];

/** Two rows of modules on each line: a character is about twice as high as wide. */
export function qrText(text: string): string {
  const rows = modulesOf(text);
  const lines: string[] = [];
  for (let y = 0; y < rows.length; y += 2) {
    const half = (x: number) => (rows[y]![x] ? 1 : 0) + (rows[y + 1]?.[x] ? 2 : 0);
    lines.push(`${PAPER}${rows[y]!.map((_, x) => ' ▀▄█'[half(x)]).join('')}${PLAIN}`);
  }
  return lines.join('\n');
}
