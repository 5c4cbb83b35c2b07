/** What the console refuses, by its own words or by those of the rooms behind it, and with which status. */
import type { problem as passwordProblem } from '@belkluis/shared/access/problems';
import { Problem, problemsOf } from '@belkluis/shared/base/problem';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type problem as accessProblem, statusOf } from '../access/problems.ts';
import type { problem as alertProblem } from '../alerts/problems.ts';
import type { problem as auditProblem } from '../audit/problems.ts';
import type { problem as commandProblem } from '../commands/problems.ts';
import type { problem as complianceProblem } from '../compliance/problems.ts';
import type { problem as databaseProblem } from '../db/problems.ts';
import type { problem as enrolmentProblem } from '../enrolment/problems.ts';
import type { problem as inventoryProblem } from '../inventory/problems.ts';
import type { problem as policyProblem } from '../policy/problems.ts';
import type { problem as tenantProblem } from '../tenants/problems.ts';
import type { problem as viewProblem } from '../views/problems.ts';

export const problem = problemsOf({
  not_here: 'There is no such page, or nothing of yours is on it.',
  cross_site: 'This came from another page, so nothing was done. Open the page here and try again.',
  too_large: 'What you sent is too large.',
  too_many: 'Too many requests come from your address. Wait a moment.',
  password_differs: 'The two passwords differ. Type them again.',
  body_wrong: 'This request is not understood. Open the page again.',
  unavailable: 'This did not work, and nothing was changed. Try again in a moment, or tell whoever runs this server.',
});

type CodeOf<Room extends (code: never, ...rest: never[]) => unknown> = Parameters<Room>[0];

/** Those of alerts that no other room has, too. */
export type AlertProblem = Exclude<
  CodeOf<typeof alertProblem>,
  CodeOf<typeof accessProblem> | CodeOf<typeof tenantProblem>
>;

/** Every code that somebody at the console can meet. The rooms' own sentences are the English ones; other languages have each. */
export type ProblemCode =
  | CodeOf<typeof problem>
  | CodeOf<typeof accessProblem>
  | CodeOf<typeof passwordProblem>
  | CodeOf<typeof tenantProblem>
  | CodeOf<typeof auditProblem>
  | CodeOf<typeof commandProblem>
  | CodeOf<typeof viewProblem>
  | AlertProblem
  | Exclude<CodeOf<typeof inventoryProblem>, 'inventory_full' | 'inventory_closed'>
  | Extract<
      CodeOf<typeof complianceProblem>,
      | 'provider_missing'
      | 'language_unknown'
      | 'text_invalid'
      | 'date_invalid'
      | 'digest_invalid'
      | `agreement_${string}`
      | `notice_${'unknown' | 'over'}`
      | 'incident_unknown'
      | 'region_locked'
      | 'transfer_blocked'
      | 'destination_undeclared'
    >
  | CodeOf<typeof policyProblem>
  | Extract<CodeOf<typeof databaseProblem>, 'cursor_invalid'>
  | Extract<
      CodeOf<typeof enrolmentProblem>,
      | 'code_unreadable'
      | 'code_unknown'
      | 'code_claimed'
      | 'claim_wait'
      | 'agreement_missing'
      | 'agreement_expired'
      | 'name_unusable'
      | 'claim_unknown'
    >;

export type Status = ContentfulStatusCode;

/** Of each that is not 400. */
const statuses: Readonly<Record<string, number>> = {
  ...statusOf,
  not_here: 404,
  msp_unknown: 404,
  customer_unknown: 404,
  site_unknown: 404,
  box_unknown: 404,
  command_box_unknown: 404,
  commands_too_many: 409,
  person_unknown: 404,
  invitation_unknown: 404,
  passkey_unknown: 404,
  token_unknown: 404,
  claim_unknown: 404,
  cursor_invalid: 404,
  event_unknown: 404,
  alert_unknown: 404,
  mute_unknown: 404,
  window_unknown: 404,
  channel_unknown: 404,
  delivery_unknown: 404,
  target_unknown: 404,
  log_empty: 404,
  log_unsigned: 404,
  box_not_watched: 404,
  agreement_unknown: 404,
  notice_unknown: 404,
  incident_unknown: 404,
  level_unknown: 404,
  rollout_unknown: 404,
  view_unknown: 404,
  cross_site: 403,
  name_taken: 409,
  email_taken: 409,
  archived: 409,
  enrolled_already: 409,
  last_owner: 409,
  last_factor: 409,
  code_claimed: 409,
  box_taken: 409,
  level_changed: 409,
  level_locked: 409,
  preview_old: 409,
  some_cannot: 409,
  nothing_to_sign: 409,
  signed_meanwhile: 409,
  rollout_over: 409,
  rollout_not_halted: 409,
  rollout_changed: 409,
  policy_key_elsewhere: 409,
  agreement_missing: 409,
  agreement_not_sent: 409,
  notice_over: 409,
  agreement_expired: 409,
  alert_not_closable: 409,
  documents_full: 409,
  views_full: 409,
  tags_too_many: 409,
  msp_tags_too_many: 409,
  mutes_full: 409,
  windows_full: 409,
  channels_full: 409,
  mail_not_configured: 409,
  test_wait: 429,
  too_large: 413,
  too_many: 429,
  claim_wait: 429,
  provider_missing: 503,
  unavailable: 503,
};

/** What a person is told about an error: nothing that is not in a vocabulary leaves the fleet. */
export function told(error: unknown): { readonly problem: Problem; readonly status: Status } {
  const known = error instanceof Problem ? error : problem('unavailable');
  const status = statuses[known.code] ?? (isKnown(known) ? 400 : 503);
  return {
    problem: status === 503 && !(known.code in statuses) ? problem('unavailable') : known,
    status: status as Status,
  };
}

/** Rooms below a page (database, certificates) refuse in words that are for whoever runs the server. */
const isKnown = ({ code }: Problem): boolean => !/^(database|ca|copy|inventory|config)_/.test(code);
