import { atOnce, below, type Check, type Finding } from '../finding.ts';

const DAY_MS = 86_400_000;

/** How long before its end a key is renewed, ms: a new list needs its holder, the keyring holder and a policy. */
const NOTICE = { raise: 30 * DAY_MS, clear: 31 * DAY_MS };

/** Whether recordings can be sealed, and opened later: each key that cannot be used, or not for long, by its holder's name. */
export const checkRecipients: Check = {
  steady: {
    recipients_missing: atOnce,
    recipient_revoked: atOnce,
    recipient_expired: atOnce,
    recipient_unusable: atOnce,
    recipient_expires: atOnce,
  },
  look({ recipients, now }, stands) {
    if (!recipients) return [{ code: 'recipients_missing', state: 'warn', values: {} }];
    const found: Finding[] = [];
    for (const { name, fault, expiresAt: at } of recipients) {
      if (fault === 'revoked') found.push({ code: 'recipient_revoked', state: 'bad', values: { name } });
      else if (fault === 'expired' || (at !== null && at <= now))
        found.push({ code: 'recipient_expired', state: 'bad', values: { name } });
      else if (fault !== null) found.push({ code: 'recipient_unusable', state: 'bad', values: { name, fault } });
      else if (at !== null && below(at - now, NOTICE, stands('recipient_expires')))
        found.push({ code: 'recipient_expires', state: 'warn', values: { name, at } });
    }
    if (found.length > 0) return found;
    const count = (wanted: string) => recipients.filter(({ role }) => role === wanted).length;
    const ends = recipients.flatMap(({ expiresAt }) => (expiresAt === null ? [] : [expiresAt]));
    const nextExpiry = ends.length > 0 ? Math.min(...ends) : null;
    const values = { custodians: count('custodian'), escrows: count('escrow'), nextExpiry };
    return [{ code: 'recipients_ok', state: 'ok', values }];
  },
};
