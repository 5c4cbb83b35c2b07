import test from 'ava';
import { Ear } from '../tones/ear.ts';
import { beep } from './beep.ts';
import { encodeOpus } from './opus.ts';
import { levelAt } from './testing/sound.ts';

test('the beep is the same 200 ms of 1400 Hz in every codec', (t) => {
  const { frames } = beep(encodeOpus);
  t.deepEqual(Object.keys(frames).sort(), ['G722', 'PCMA', 'PCMU', 'opus']);
  for (const [name, packets] of Object.entries(frames) as ['PCMA', Uint8Array[]][]) {
    t.is(packets.length, 10, name);
    const ear = new Ear();
    const sound = Int16Array.from(packets.flatMap((packet) => [...ear.hear(name, packet)!]));
    ear.close();
    const level = levelAt(1400, sound.subarray(200, 1400), 8000);
    t.true(Math.abs(level - 3000) < 300, `${name} ${level}`);
  }
  t.false('opus' in beep(null).frames);
});
