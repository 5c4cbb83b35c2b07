import { seededChance, systemChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import type { NumberForm } from '../lines/trunk.ts';
import { isE164, type Numbering, normalise, userInText, written } from './numbers.ts';

const dutch: Numbering = { country: '31', international: '00', national: '0', shown: 'national' };
const danish: Numbering = { country: '45', international: '00', national: '', shown: 'national' };
const american: Numbering = { country: '1', international: '011', national: '1', shown: 'national' };

test('every way of writing a number is one number', (t) => {
  for (const text of [
    '0201234567',
    '020-123 45 67',
    '(020) 1234567',
    '0031201234567',
    '+31 20 123 4567',
    '+31201234567',
  ]) {
    t.is(normalise(text, dutch), '+31201234567', text);
  }
  t.is(normalise('22334455', danish), '+4522334455');
  t.is(normalise('12125550123', american), '+12125550123');
  t.is(normalise('01131201234567', american), '+31201234567');
});

test('what is no number of the world stays as it is', (t) => {
  for (const text of [
    '112',
    '144',
    '1233',
    '14020',
    '116117',
    '10',
    'anna',
    '*21',
    '+1',
    '00',
    '',
    '0020',
    `0${'9'.repeat(30)}`,
  ]) {
    t.is(normalise(text, dutch), text);
  }
});

test('a number survives being written for a peer and read again, and reading twice changes nothing', (t) => {
  const seed = systemChance.bytes(8).toString('hex');
  t.log(`seed ${seed}`);
  const chance = seededChance(seed);
  const below = (n: number) => chance.bytes(4).readUInt32BE() % n;
  const forms: NumberForm[] = ['e164', 'international', 'national'];
  for (let round = 0; round < 3000; round++) {
    const numbering = [dutch, danish, american][below(3)]!;
    const alphabet = '0123456789+ -().*#a';
    const text = Array.from({ length: below(20) }, () => alphabet[below(below(4) === 0 ? alphabet.length : 10)]).join(
      '',
    );
    const once = normalise(text, numbering);
    t.is(normalise(once, numbering), once, JSON.stringify(text));
    if (!isE164(once)) continue;
    for (const form of forms) {
      const wire = written(once, form, numbering);
      // Less than seven digits in all are dialled as a short number, so they cannot be meant as a national one.
      if (wire.length > 6) t.is(normalise(wire, numbering), once, `${once} as ${form}`);
    }
  }
});

test('each peer gets the form that it wants; short numbers are the same in each', (t) => {
  const forms: NumberForm[] = ['e164', 'international', 'national', 'as dialled'];
  const all = (number: string, dialled: string) => forms.map((form) => written(number, form, dutch, dialled));
  t.deepEqual(all('+31201234567', '020 1234567'), ['+31201234567', '0031201234567', '0201234567', '020 1234567']);
  t.deepEqual(all('+442071234567', '0044'), ['+442071234567', '00442071234567', '00442071234567', '0044']);
  t.deepEqual(all('112', '112'), ['112', '112', '112', '112']);
});

test('tel URIs and user=phone name a number, whatever else they carry', (t) => {
  t.is(userInText('tel:+31-20-123-4567;phone-context=+31'), '+31201234567');
  t.is(userInText('sip:+31201234567;npdi;rn=+3120000@carrier.test;user=phone'), '+31201234567');
  t.is(userInText('sip:020-1234567@box.test;user=phone'), '0201234567');
  t.is(userInText('sip:j.de-boer@box.test'), 'j.de-boer');
  t.is(userInText('sip:box.test'), null);
  t.is(userInText('mailto:a@b'), null);
});
