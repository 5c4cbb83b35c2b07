/**
 * The other process of a test: `put FOLDER SEED` puts and erases until its input ends and says each thing that is done; `advance FOLDER`
 * and `open FOLDER` do what they say. Ends where BELKLUIS_DIE_AT says.
 */

import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { openKeystore } from '../keystore.ts';
import { drawWraps } from './wraps.ts';

const [act, folder, seed, plain] = process.argv.slice(2) as [string, string, string, string | undefined];
const tpm = process.env.KEYSTORE_TPM || null;
const keystore = openKeystore({
  folder,
  chance: systemChance,
  clock: systemClock,
  tpm,
  ...(plain === undefined ? {} : { plain }),
});
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

switch (act) {
  case 'put': {
    let number = 0;
    let told = false;
    const step = () => {
      // It ends by itself: an exit would lose lines that are on their way, and with them what was erased.
      if (told) return keystore.close();
      const { id, wraps, eraseAfter } = drawWraps(seed, number++);
      keystore.put(id, wraps, 1);
      say({ put: id, pkesk: wraps.pkesk.toString('hex') });
      if (eraseAfter) {
        // Said before and after: a death between the two may have erased it or not.
        say({ erasing: id });
        keystore.erase([id]);
        say({ erased: id });
      }
      setImmediate(step);
      return undefined;
    };
    process.stdin
      .on('end', () => {
        told = true;
      })
      .resume();
    step();
    break;
  }
  case 'advance':
    say(await keystore.advance());
    keystore.close();
    break;
  case 'open':
    say({ epoch: keystore.epoch });
    keystore.close();
    break;
}
