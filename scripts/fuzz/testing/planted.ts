/** A target with bugs, for the fuzzer's own test. */
import type { Target } from '../targets.ts';

const planted = (run: Target['run']): Target => ({
  run,
  seeds: () => [Buffer.from('hello')],
  words: [],
  maxLength: 64,
});

const cpuMs = () => process.threadCpuUsage().user / 1000;

/** Not written as literals beside the comparison, so that nothing but the branch taken tells that a byte is right. */
const KEY = [...'Belk'].map((letter) => letter.charCodeAt(0));

export const targets = {
  /** Four bytes, each looked at after the one before was right: only who watches branches gets there. */
  nested: planted((data) => {
    if (data[0] !== KEY[0]) return;
    if (data[1] !== KEY[1]) return;
    if (data[2] !== KEY[2]) return;
    if (data[3] === KEY[3]) throw new Error('the planted bug');
  }),
  slow: planted((data) => {
    // As the fuzzer counts: on a busy machine the same time holds less work.
    const end = cpuMs() + 200;
    while (data[0] === 0x21 && cpuMs() < end);
  }),
  hang: planted((data) => {
    while (data[0] === 0x21);
  }),
};
