import { Problem, problemsOf } from '@belkluis/shared/base/problem';

/** What the desk itself refuses. */
export const problem = problemsOf({
  audit_failed:
    'The audit log cannot be written, so nothing is opened. Recording goes on. Tell IT: the disk may be full.',
  reason_missing: 'Say why you open it.',
  case_long: 'The case number is too long. Use at most 60 characters.',
  password_differs: 'The two passwords differ. Type them again.',
  not_allowed: 'Your roles do not allow this. Ask the person who runs this box.',
  not_here: 'There is no such page.',
  recording_unknown: 'There is no recording of this id. It may have been erased: the audit log says when and why.',
  too_large: 'What you sent is too large.',
  cross_site: 'This request came from another page, so it was refused. Use the links of this page.',
  unavailable: 'The box could not do this now. Its log says why. Try again, or tell IT.',
});

export type Status = 400 | 403 | 404 | 410 | 413 | 429 | 500 | 503;

/** HTTP statuses by code, of this room and of those behind it. */
const statuses: Readonly<Record<string, Status>> = {
  audit_failed: 503,
  reason_missing: 400,
  case_long: 400,
  not_allowed: 403,
  cross_site: 403,
  not_here: 404,
  too_large: 413,
  recording_unknown: 404,
  recording_erased: 410,
  wraps_missing: 410,
  content_damaged: 500,
  login_refused: 400,
  code_refused: 400,
  code_expired: 400,
  setup_code_refused: 400,
  name_invalid: 400,
  name_taken: 400,
  people_full: 400,
  password_short: 400,
  password_long: 400,
  password_differs: 400,
  login_wait: 429,
  login_busy: 503,
};

/** What a person is told about an error: nothing that is not in a vocabulary leaves the box. */
export function told(error: unknown): { code: string; status: Status } {
  const code = error instanceof Problem ? error.code : 'unavailable';
  return { code, status: statuses[code] ?? 503 };
}
