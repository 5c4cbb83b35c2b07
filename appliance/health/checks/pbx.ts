import type { Check } from '../finding.ts';

/** The PBX behind the box: without it no call leaves the house, and no phone that restarts comes back. */
export const checkPbx: Check = ({ pbx }) => {
  if (!pbx) return [];
  const { registered, localCalls } = pbx;
  if (!pbx.up) return [{ code: 'pbx_down', state: 'bad', values: { localCalls } }];
  return [{ code: 'pbx_ok', state: 'ok', values: { registered } }];
};
