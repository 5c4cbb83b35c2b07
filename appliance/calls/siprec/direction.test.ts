import test from 'ava';
import { directionOf } from './direction.ts';

const told = (caller: string, callee: string, what: 'order' | 'parties' = 'order') =>
  directionOf({ caller, callee, told: what }, 'inbound');

test('who is outside is known by a long number or a withheld one, who called by the source alone', (t) => {
  t.is(told('+31201234567', 'anna'), 'inbound');
  t.is(told('anonymous', '104'), 'inbound');
  t.is(told('104', '0201234567'), 'outbound');
  t.is(told('anna', '104'), 'internal');
  t.is(told('anna', '104', 'parties'), 'internal', 'whoever called');
});

test('what cannot be told is as the source’s configuration says', (t) => {
  for (const usual of ['inbound', 'outbound', 'internal'] as const) {
    for (const [caller, callee, what] of [
      ['104', '0201234567', 'parties'],
      ['sbc', 'srs', null],
      ['unknown', 'anna', 'order'],
      ['+31201234567', '+31207654321', 'order'],
    ] as const)
      t.is(directionOf({ caller, callee, told: what }, usual), usual);
  }
});
