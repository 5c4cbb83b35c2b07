import type { Check } from '../finding.ts';

/** The box renews its certificate at a start; one that comes this near to its end needs a restart, ms. */
const NOTICE_MS = 30 * 86_400_000;

/** Whether phones and browsers can still trust the box. */
export const checkCertificate: Check = ({ certificate, now }) => {
  const { expiresAt: at } = certificate;
  if (at <= now) return [{ code: 'certificate_expired', state: 'bad', values: { at } }];
  if (at - now <= NOTICE_MS) return [{ code: 'certificate_expires', state: 'warn', values: { at } }];
  return [{ code: 'certificate_ok', state: 'ok', values: { at } }];
};
