/** What is drawn is what a scanner reads. */
import test from 'ava';
import decodeQr from 'qr/decode.js';
import { qrPicture, qrText } from './qr.ts';

const TEXT = 'BELKLUIS:CLAIM:ABCD0123EFGHX';

/** As a camera sees it: dark where `isDark`, some pixels a module. */
function scan(size: number, isDark: (x: number, y: number) => boolean): string {
  const scale = 4;
  const side = size * scale;
  const data = new Uint8Array(side * side * 4).fill(255);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      if (isDark(Math.floor(x / scale), Math.floor(y / scale)))
        data.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3);
  return decodeQr({ width: side, height: side, data });
}

test('a picture says its text, dark on light, and what it is', async (t) => {
  const svg = String(await qrPicture(TEXT, 'Code & "picture"'));
  t.regex(svg, /aria-label="Code &amp; &quot;picture&quot;"/);
  const size = Number(/viewBox="0 0 (\d+) /.exec(svg)![1]);
  const dark = new Set<string>();
  for (const [, x, y, width] of /fill="#000" d="([^"]*)"/.exec(svg)![1]!.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
    for (let at = 0; at < Number(width); at++) dark.add(`${Number(x) + at} ${y}`);
  t.is(
    scan(size, (x, y) => dark.has(`${x} ${y}`)),
    TEXT,
  );
  // Around it is light: a reader that takes both ways would not notice.
  t.false([...dark].some((at) => at.split(' ').some((one) => Number(one) < 4 || Number(one) >= size - 4)));
  t.notRegex(svg, /style=|<script/);
});

test('so does a terminal, two rows a line', (t) => {
  const lines = qrText(TEXT)
    .split('\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what colours a terminal begins with one.
    .map((line) => [...line.replaceAll(/\u001b\[[\d;]*m/g, '')]);
  const size = lines[0]!.length;
  t.is(lines.length, Math.ceil(size / 2));
  t.regex(lines[0]!.join(''), /^ +$/);
  t.is(
    scan(size, (x, y) => (y % 2 === 0 ? '▀█' : '▄█').includes(lines[Math.floor(y / 2)]![x]!)),
    TEXT,
  );
});
