import { atOnce, type Check } from '../finding.ts';

/** Whether each legal hold has been looked at when it was promised: a hold that nobody reviews keeps data for no purpose. */
export const checkHolds: Check = {
  steady: {
    holds_review: atOnce,
  },
  look({ holds }) {
    const { inForce, overdue } = holds;
    if (overdue > 0) return [{ code: 'holds_review', state: 'warn', values: { overdue } }];
    return [{ code: 'holds_ok', state: 'ok', values: { inForce } }];
  },
};
