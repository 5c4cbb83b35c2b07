/** What browsers fetch from the console. */
import { join } from 'node:path';
import { type Assets, assetsOf } from '@belkluis/shared/web/assets';

export const loadAssets = (): Assets =>
  assetsOf({ browser: join(import.meta.dirname, 'browser'), shared: [], others: {} });
