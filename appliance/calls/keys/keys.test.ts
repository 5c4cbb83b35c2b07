import test from 'ava';
import { keyInInfo } from './info.ts';
import { sequences } from './sequences.ts';

test('a key is read out of what phones write in an INFO, and nothing else is', (t) => {
  const said: readonly [string, string, string | null][] = [
    ['application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n', '5'],
    ['application/dtmf-relay', 'Signal= *\r\nDuration= 250', '*'],
    ['Application/DTMF-Relay; charset=x', 'signal=10', '*'],
    ['application/dtmf', '#', '#'],
    ['application/dtmf', '11\r\n', '#'],
    ['application/dtmf-relay', 'Signal=55', null],
    ['application/dtmf', '', null],
    ['text/plain', '5', null],
    ['application/media_control+xml', 'Signal=5', null],
  ];
  for (const [type, body, key] of said) t.is(keyInInfo(type, Buffer.from(body)), key, body);
});

test('a sequence is heard when it is whole, within the time for a key; what is pressed wrong or slowly is none', (t) => {
  const of = (keys: string, gapMs: number) => {
    const { press } = sequences(() => ({ private: '*8', pause: '*7', start: '#31' }));
    return [...keys].map((key, index) => {
      const heard = press(key, index * gapMs);
      return heard.is === 'whole' ? heard.name : heard.is;
    });
  };
  t.deepEqual(of('*8', 500), ['within', 'private']);
  t.deepEqual(of('**7', 500), ['within', 'within', 'pause']);
  t.deepEqual(of('#3*8', 500), ['within', 'within', 'within', 'private']);
  t.deepEqual(of('*98', 500), ['within', 'none', 'none']);
  t.deepEqual(of('#31#31', 500), ['within', 'within', 'start', 'within', 'within', 'start']);
  t.deepEqual(of('*8', 3500), ['within', 'none']);
});
