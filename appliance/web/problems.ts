import { Problem, problemsOf } from '@belkluis/shared/base/problem';

/** What the desk itself refuses. */
export const problem = problemsOf({
  audit_failed:
    'The audit log cannot be written, so nothing is opened. Recording goes on. Tell IT: the disk may be full.',
  reason_missing: 'Say why you open it.',
  case_long: 'The case number is too long. Use at most 60 characters.',
  case_missing: 'Give the number of the case.',
  why_missing: 'Say why.',
  text_long: 'This is too long. Use at most 500 characters.',
  ground_missing: 'Choose the ground.',
  owner_missing: 'Say who answers for this hold.',
  review_missing: 'Give a day on which somebody looks at this hold again.',
  hold_on_all: 'A hold is on named recordings or on one number, never on everything. Say which.',
  nothing_found: 'No recording has this number.',
  recordings_wrong:
    'This is not the number of a recording: 32 digits and letters a to f, as in the address of its page.',
  hold_too_large: 'These are too many recordings for one hold. Name the ones that the case is about.',
  hold_review: 'The day of the review is tomorrow at the earliest and a year from now at the latest.',
  hold_unknown: 'There is no such hold.',
  exception_unknown: 'There is no such call in the list. It may have left with its term.',
  exception_explained: 'Somebody has explained this call already.',
  lift_asked: 'You have asked to lift this hold already. It waits for a second person.',
  certificate_unknown: 'There is no certificate for this.',
  time_not_doubted: 'The clock runs as it should. There is nothing to confirm.',
  length_wrong: 'Give a length in minutes, such as 5, or as 4:30.',
  password_differs: 'The two passwords differ. Type them again.',
  not_allowed: 'Your roles do not allow this. Ask the person who runs this box.',
  not_here: 'There is no such page.',
  use_not_allowed: 'This recording may not be used for that. Choose one of the uses that it carries.',
  export_not_allowed:
    'Recordings of the level high leave the box for the person concerned and for an authority alone. Listen to it here.',
  recording_objected: 'Somebody in the call objected to this recording. It is being erased, and nobody opens it.',
  purpose_bound:
    'A recording keeps the purpose that its callers were told. Give the new purpose to calls from now on, in the policy.',
  recording_erased: 'This recording has been erased. The audit log says when and why.',
  recording_restricted: 'This recording is restricted, so nobody opens it. The DPO lifts the restriction.',
  recording_unknown: 'There is no recording of this id. It may have been erased: the audit log says when and why.',
  too_large: 'What you sent is too large.',
  call_unknown: 'This call is not remembered any more. What calls said is kept for two hours, in memory alone.',
  calls_down: 'The call process does not answer. Try again in a moment, or tell IT.',
  no_such_call: 'This call is over.',
  not_recording: 'This call is not being recorded.',
  already_so: 'It is so already, or nobody has to begin this recording.',
  pause_not_allowed: 'The purpose of this call lets nobody pause its recording.',
  recording_required: 'The law requires this recording: it goes on.',
  exception_wrong: 'An exception ends tomorrow at the earliest, and within a year.',
  phone_unknown: 'There is no such phone.',
  trunk_unknown: 'There is no such trunk.',
  pbx_unknown: 'The box stands in front of no PBX.',
  test_running: 'A connection test goes on. Wait until it has ended.',
  cross_site: 'This request came from another page, so it was refused. Use the links of this page.',
  unavailable: 'The box could not do this now. Its log says why. Try again, or tell IT.',
});

/**
 * What appends to the audit log, made to fail closed: when it throws, whoever wanted to act learns that the log cannot be written, and has
 * done nothing yet. @throws Problem `audit_failed`.
 */
export const failClosed =
  <Args extends readonly unknown[], Result>(append: (...args: Args) => Result) =>
  (...args: Args): Result => {
    try {
      return append(...args);
    } catch (error) {
      throw problem('audit_failed', undefined, error);
    }
  };

export type Status = 400 | 403 | 404 | 409 | 410 | 413 | 422 | 429 | 500 | 503;

/** HTTP statuses by code, of this room and of those behind it. */
const statuses: Readonly<Record<string, Status>> = {
  audit_failed: 503,
  reason_missing: 400,
  case_long: 400,
  case_missing: 422,
  why_missing: 422,
  text_long: 422,
  ground_missing: 422,
  owner_missing: 422,
  review_missing: 422,
  hold_review: 422,
  hold_on_all: 422,
  hold_incomplete: 422,
  restriction_incomplete: 422,
  hold_too_large: 422,
  recordings_wrong: 422,
  nothing_found: 422,
  length_wrong: 422,
  hold_unknown: 404,
  exception_unknown: 404,
  exception_explained: 409,
  hold_lifted: 409,
  lift_asked: 409,
  lift_not_asked: 409,
  same_person: 409,
  use_not_allowed: 403,
  export_not_allowed: 403,
  recording_objected: 410,
  purpose_bound: 409,
  recording_held: 409,
  recording_restricted: 409,
  recording_in_progress: 409,
  not_restricted: 409,
  restricted_already: 409,
  advance_running: 409,
  legal_retention: 409,
  certificate_unknown: 404,
  backup_running: 409,
  no_destination: 409,
  time_not_doubted: 409,
  not_allowed: 403,
  cross_site: 403,
  not_here: 404,
  too_large: 413,
  call_unknown: 404,
  calls_down: 503,
  no_such_call: 404,
  not_recording: 409,
  already_so: 409,
  pause_not_allowed: 409,
  recording_required: 409,
  phone_unknown: 404,
  trunk_unknown: 404,
  trunk_exists: 409,
  pbx_unknown: 404,
  lines_unreadable: 503,
  lines_invalid: 503,
  secret_missing: 422,
  reason_needed: 422,
  draft_gone: 404,
  draft_old: 409,
  phone_name: 422,
  phone_exists: 422,
  exception_wrong: 422,
  vendor_unknown: 422,
  mac_wrong: 422,
  links_full: 409,
  target_wrong: 422,
  test_running: 409,
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
