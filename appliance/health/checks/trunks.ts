import { atOnce, type Check, type Finding, type TrunkFact } from '../finding.ts';

/** The call process doubts a trunk only after several questions; what came back has to stay for this long, ms. */
const BACK_MS = 60_000;

/** A registration may be refused once and stand at the next try, ms. */
const UNREGISTERED_MS = 20_000;

function ofTrunk({ name, up, registered, fault }: TrunkFact): Finding[] {
  if (registered === false && fault !== null) {
    return [{ code: 'trunk_unregistered', state: 'bad', values: { name, fault } }];
  }
  return up ? [] : [{ code: 'trunk_down', state: 'bad', values: { name } }];
}

/** Whether calls come in and go out, and whether somebody used up what may go out: that may be a thief. */
export const checkTrunks: Check = {
  steady: {
    trunk_down: { raiseAfterMs: 0, clearAfterMs: BACK_MS },
    trunk_unregistered: { raiseAfterMs: UNREGISTERED_MS, clearAfterMs: BACK_MS },
    trunk_caps: atOnce,
    trunk_counts_lost: atOnce,
  },
  look({ trunks }) {
    if (!trunks || trunks.all.length === 0) return [];
    const found = trunks.all.flatMap(ofTrunk);
    const { capped, countsLost } = trunks;
    const caps: Finding[] = [];
    if (capped > 0) caps.push({ code: 'trunk_caps', state: 'warn', values: { capped } });
    if (countsLost > 0) caps.push({ code: 'trunk_counts_lost', state: 'bad', values: {} });
    if (found.length > 0) return [...found, ...caps];
    return [{ code: 'trunk_ok', state: 'ok', values: { trunks: trunks.all.length } }, ...caps];
  },
};
