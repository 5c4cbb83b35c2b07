import test from 'ava';
import { linesSchema } from '../../lines/schema.ts';
import { phonesCalled } from './called.ts';

const trunk = (id: string, inbound: object[]) => ({ id, host: `${id}.carrier.test`, inbound });
const lines = linesSchema.parse({
  schemaVersion: 1,
  trunks: [
    trunk('one', [
      { did: '+31201110001', to: ['10', '11'] },
      { did: '+3120111*', to: ['12'] },
      { did: '900', to: ['13'] },
    ]),
    trunk('two', [
      { did: '+31201110001', to: ['14'] },
      { did: '*', to: ['15'] },
    ]),
  ],
});

test('a number from outside names every phone that it may ring, by whichever trunk and however it is written', (t) => {
  const named: [string, string[]][] = [
    ['+31201110001', ['10', '11', '14']],
    ['0201110001', ['10', '11', '14']],
    ['+31201119999', ['12', '15']],
    ['+31301234567', ['15']],
    ['900', ['13']],
    ['10', []],
    ['anna', []],
  ];
  for (const [called, phones] of named) {
    t.deepEqual(phonesCalled(lines, called), phones, called);
    t.deepEqual(phonesCalled(lines, called), phones, 'once more');
  }
  t.deepEqual(phonesCalled(linesSchema.parse({ schemaVersion: 1 }), '+31201110001'), []);
});
