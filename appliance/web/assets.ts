/** What browsers fetch from the desk: its modules, what these share with the sealer, OpenPGP.js as it is. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Assets, assetsOf } from '@belkluis/shared/web/assets';

export function loadAssets(): Assets {
  const openpgp = join(dirname(createRequire(import.meta.url).resolve('openpgp')), '../openpgp.min.mjs');
  return assetsOf({
    browser: join(import.meta.dirname, 'browser'),
    shared: ['release'],
    others: { openpgp: { file: 'openpgp.min.mjs', body: readFileSync(openpgp) } },
  });
}
