import test from 'ava';
import { directionOf } from './direction.ts';

const told = (caller: string, callee: string, ordered = true) => directionOf({ caller, callee, ordered }, 'inbound');

test('who is outside is known by a long number or a withheld one, who called by the source alone', (t) => {
  t.is(told('+31201234567', 'anna'), 'inbound');
  t.is(told('anonymous', '104'), 'inbound');
  t.is(told('104', '0201234567'), 'outbound');
  t.is(told('anna', '104'), 'internal');
  t.is(told('anna', '104', false), 'internal', 'whoever called');
});

test('what cannot be told is as the source’s configuration says', (t) => {
  for (const usual of ['inbound', 'outbound', 'internal'] as const) {
    for (const [caller, callee, ordered] of [
      ['104', '0201234567', false],
      ['unknown', 'anna', true],
      ['+31201234567', '+31207654321', true],
    ] as const)
      t.is(directionOf({ caller, callee, ordered }, usual), usual);
  }
});
