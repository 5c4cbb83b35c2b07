/** Whom a REFER means, as it is told of whatever becomes of it. */
import type { Refer } from '../../sip/dialog/referrals.ts';
import type { Side } from '../conversation.ts';
import { userIn } from '../numbers.ts';
import type { Transfer } from './origin.ts';

export type Wish = Pick<Transfer, 'call' | 'how' | 'by' | 'to'>;

export const wishOf = ({ replaces, target }: Pick<Refer, 'replaces' | 'target'>, call: string, by: Side): Wish => ({
  call,
  how: replaces ? 'attended' : 'transferred',
  by,
  to: userIn(target),
});
