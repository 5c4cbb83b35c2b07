import type { Check } from '../finding.ts';

/** Whether the wall clock can be believed: erasure goes by it. */
export const checkTime: Check = ({ time }) => {
  const { state, wall, expected } = time;
  if (state === 'unconfirmed') return [{ code: 'time_unconfirmed', state: 'bad', values: { wall, expected } }];
  if (state === 'behind') return [{ code: 'time_behind', state: 'warn', values: { wall, expected } }];
  return [{ code: 'time_ok', state: 'ok', values: {} }];
};
