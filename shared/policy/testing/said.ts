/** What people have said, for tests that are not about it: nobody objected, everybody was told. */
import type { Said } from '../decide.ts';

export const said: Said = { timeZone: 'UTC', objected: () => false, acknowledged: () => true };
