/** What the API refuses: its own codes and those of the rooms behind it, each with its status. A code stays what it is; sentences may change. */
import { Problem, problemsOf } from '@belkluis/shared/base/problem';
import { faultOf } from '../db/faults.ts';

export const problem = problemsOf({
  token_missing: 'Send a token: Authorization: Bearer bkf_…',
  not_here: 'There is no such path, or nothing of yours is there.',
  method_wrong: 'This path does not know that method. The header Allow names those that it knows.',
  query_invalid: 'The query says something that this path does not understand. Correct the field named here.',
  body_invalid: 'The body says something that this path does not understand. Correct the field named here.',
  body_type: 'Send the body as application/json.',
  body_large: 'What you sent is too large.',
  too_many: 'Too many requests. Wait as long as Retry-After says.',
  idempotency_key_missing:
    'Send an Idempotency-Key of 16 to 128 letters, digits, - and _: a new one for each wish, the same for each try.',
  idempotency_key_reused: 'This Idempotency-Key was used for another request. Take a new one.',
  idempotency_busy: 'The same request is being worked on. Ask again with the same key, as Retry-After says.',
  idempotency_answer_gone:
    'This was done when the key was first sent, and its answer was too long to be kept. Read what became of it; for another wish take a new key.',
  idempotency_full:
    'This token has sent as many requests as are remembered for a day. Wait as long as Retry-After says.',
  precondition_missing:
    'Send If-Match with the ETag that you read, so that you do not undo what somebody else did meanwhile.',
  precondition_failed: 'It was changed since you read it. Read it again, then change it.',
  failed: 'This did not work. Try again with the same Idempotency-Key, or tell whoever runs this server.',
  unavailable: 'The fleet cannot reach its database. Try again as Retry-After says.',
});

const statuses = {
  token_missing: 401,
  token_refused: 401,
  token_unvouched: 401,
  not_allowed: 403,
  msp_archived: 403,
  scope_too_small: 403,
  not_here: 404,
  customer_unknown: 404,
  site_unknown: 404,
  box_unknown: 404,
  claim_unknown: 404,
  alert_unknown: 404,
  level_unknown: 404,
  rollout_unknown: 404,
  agreement_unknown: 404,
  mute_unknown: 404,
  window_unknown: 404,
  target_unknown: 404,
  log_unsigned: 404,
  event_unknown: 404,
  method_wrong: 405,
  name_taken: 409,
  msp_tags_too_many: 409,
  archived: 409,
  code_claimed: 409,
  mutes_full: 409,
  level_locked: 409,
  windows_full: 409,
  agreement_missing: 409,
  agreement_expired: 409,
  idempotency_busy: 409,
  idempotency_answer_gone: 409,
  precondition_failed: 412,
  body_large: 413,
  body_type: 415,
  idempotency_key_reused: 422,
  precondition_missing: 428,
  too_many: 429,
  idempotency_full: 429,
  claim_wait: 429,
  failed: 500,
  unavailable: 503,
  // 400: what was sent is not right.
  query_invalid: 400,
  body_invalid: 400,
  idempotency_key_missing: 400,
  level_invalid: 400,
  nothing_chosen: 400,
  too_many_boxes: 400,
  mute_invalid: 400,
  window_invalid: 400,
  reason_missing: 400,
  name_invalid: 400,
  tag_invalid: 400,
  country_invalid: 400,
  time_zone_invalid: 400,
  cursor_invalid: 400,
  code_unreadable: 400,
  code_unknown: 400,
  name_unusable: 400,
  log_empty: 404,
} as const satisfies Record<string, number>;

export type ApiCode = keyof typeof statuses;

export const apiCodes = Object.keys(statuses) as ApiCode[];

export const statusOf = (code: ApiCode): number => statuses[code];

export interface Refusal {
  readonly code: ApiCode;
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
}

/** An error as it is told. What is not of this list is a fault of ours, of which nothing is told. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Problem && Object.hasOwn(statuses, error.code)) {
    const code = error.code as ApiCode;
    return { code, status: statuses[code], title: error.advice, detail: error.detail };
  }
  const ours = problem(faultOf(error) === 'unavailable' ? 'unavailable' : 'failed');
  return { code: ours.code as ApiCode, status: statuses[ours.code as ApiCode], title: ours.advice, detail: undefined };
}
