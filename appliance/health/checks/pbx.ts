import type { Check } from '../finding.ts';

/** The call process doubts a PBX only after several questions; what came back has to stay for this long, ms. */
const BACK_MS = 60_000;

/** The PBX behind the box: without it no call leaves the house, and no phone that restarts comes back. */
export const checkPbx: Check = {
  steady: { pbx_down: { raiseAfterMs: 0, clearAfterMs: BACK_MS } },
  look({ pbx }) {
    if (!pbx) return [];
    const { registered, localCalls } = pbx;
    if (!pbx.up) return [{ code: 'pbx_down', state: 'bad', values: { localCalls } }];
    return [{ code: 'pbx_ok', state: 'ok', values: { registered } }];
  },
};
