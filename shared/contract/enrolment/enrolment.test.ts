import { fc, testProp } from '@fast-check/ava';
import test from 'ava';
import { seededChance } from '../../base/chance.ts';
import { type ClaimCode, newClaimCode, qrClaimCode, readClaimCode, shownClaimCode } from './code.ts';
import { LOCK_MS, MAX_TRIES } from './limits.ts';
import { shownNameSchema } from './messages.ts';
import { stretchCode } from './stretch.ts';
import { mayTryAt, type Tries, takeTry } from './tries.ts';

const KNOWN = {
  locator: '1154819a1467027a4060e2caf65c63bf',
  proofKey: '05872349bded3d12336f69bcf207b4b09e6fcccd019f89bab8085880b43cea34',
};

const codes = fc.string({ minLength: 1 }).map((seed) => newClaimCode(seededChance(seed)));

testProp('a code is read however it is typed or scanned', [codes], (t, code) => {
  t.regex(
    shownClaimCode(code),
    /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]$/,
  );
  t.regex(qrClaimCode(code), /^[0-9A-Z $%*+\-./:]+$/, 'the small alphabet of QR codes');
  const typed = shownClaimCode(code).toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l').replaceAll('-', ' ');
  for (const one of [code, shownClaimCode(code), qrClaimCode(code), typed]) t.is(readClaimCode(one), code);
});

testProp(
  'one symbol that is wrong, or two that changed places, are a mistake and not another code',
  [codes, fc.nat(12), fc.nat(11), fc.nat(31)],
  (t, code, at, swap, symbol) => {
    const other = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[symbol]!;
    const [zero, last] = ['0', 'Z'];
    const same = (a: string, b: string) => a === b || (a === zero && b === last) || (a === last && b === zero);
    const wrong = `${code.slice(0, at)}${other}${code.slice(at + 1)}`;
    if (!same(code[at]!, other)) t.is(readClaimCode(wrong), null, wrong);
    const [a, b] = [code[swap]!, code[swap + 1]!];
    const swapped = `${code.slice(0, swap)}${b}${a}${code.slice(swap + 2)}`;
    if (swap < 11 && !same(a, b)) t.is(readClaimCode(swapped), null, swapped);
    return t.pass();
  },
);

test('what is no code is none', (t) => {
  for (const text of ['', 'ABC', 'U'.repeat(13), '0'.repeat(14), 'x'.repeat(1e6), 'é'.repeat(13)]) {
    t.is(readClaimCode(text), null);
  }
});

test('a code of 60 bits: every symbol as likely as another', (t) => {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 2000; seed++) {
    for (const symbol of newClaimCode(seededChance(String(seed))).slice(0, 12)) {
      counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    }
  }
  t.is(counts.size, 32);
  for (const [symbol, count] of counts) t.true(count > 600 && count < 900, `${symbol} ${count}`);
});

test('two codes give other keys, the same code the same, and the locator says nothing of the proof key', async (t) => {
  const [one, other] = ['a', 'b'].map((seed) => newClaimCode(seededChance(seed))) as [ClaimCode, ClaimCode];
  const [first, again, second] = await Promise.all([one, one, other].map(stretchCode));
  t.deepEqual(first, again);
  t.not(first!.locator, second!.locator);
  t.not(first!.proofKey, second!.proofKey);
  t.false(first!.proofKey.includes(first!.locator));
  // What is released stays: a box of today and a fleet of tomorrow must come to the same.
  t.deepEqual(await stretchCode('0123456789ABC' as ClaimCode), KNOWN);
});

testProp(
  'whatever the times, nobody tries more often than five times in ten minutes',
  [fc.array(fc.integer({ min: 0, max: 20 * 60_000 }), { minLength: 50, maxLength: 400 })],
  (t, waits) => {
    let [tries, now]: [Tries | null, number] = [null, 1_800_000_000_000];
    const taken: number[] = [];
    for (const wait of waits) {
      now += Math.floor(wait / 40);
      const next = takeTry(tries, now);
      if (next) taken.push(now);
      else t.true(mayTryAt(tries) > now);
      tries = next ?? tries;
    }
    const first = taken.map((at, index) => taken.slice(index).filter((one) => one < at + LOCK_MS).length);
    t.true(Math.max(...first) <= MAX_TRIES);
  },
);

test('after five the sixth waits ten minutes, and a clock put back shortens nothing', (t) => {
  let tries: Tries | null = null;
  for (let count = 0; count < MAX_TRIES; count++) tries = takeTry(tries, 1000 + count);
  t.is(takeTry(tries, 1004 + LOCK_MS - 1), null);
  t.is(takeTry(tries, 0), null);
  t.like(takeTry(tries, 1004 + LOCK_MS), { tries: 1 });
});

test('a name that is shown is a line of letters and signs, not a line break, a direction or markup', (t) => {
  for (const name of ['Bakker & Zoon B.V.', 'Telefoon-Dienst (Noord)', 'Ærø Télécom', '株式会社', "Visser's IT"]) {
    t.true(shownNameSchema.safeParse(name).success, name);
  }
  for (const name of [
    '',
    ' x',
    'a  b',
    'a\nb',
    'a\u202eb',
    '<b>x</b>',
    'a\u0007',
    'x'.repeat(81),
    'https://x',
    'a\u200bb',
  ]) {
    t.false(shownNameSchema.safeParse(name).success, JSON.stringify(name));
  }
});
