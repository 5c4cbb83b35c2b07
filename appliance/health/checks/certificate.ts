import { atOnce, below, type Check } from '../finding.ts';

const DAY_MS = 86_400_000;

/** The box renews its certificate at a start; one that comes this near to its end needs a restart, ms. */
const NOTICE = { raise: 30 * DAY_MS, clear: 31 * DAY_MS };

/** Whether phones and browsers can still trust the box. */
export const checkCertificate: Check = {
  steady: { certificate_expires: atOnce, certificate_expired: atOnce },
  look({ certificate, now }, stands) {
    const { expiresAt: at } = certificate;
    if (at <= now) return [{ code: 'certificate_expired', state: 'bad', values: { at } }];
    if (below(at - now, NOTICE, stands('certificate_expires')))
      return [{ code: 'certificate_expires', state: 'warn', values: { at } }];
    return [{ code: 'certificate_ok', state: 'ok', values: { at } }];
  },
};
