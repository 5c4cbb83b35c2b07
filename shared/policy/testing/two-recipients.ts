/** The shortest list of recipients that a policy may have: somebody who opens, and somebody who recovers. Their certificates are none. */
import type { Recipients } from '../recipients.ts';

export const twoRecipients: Recipients = {
  schemaVersion: 1,
  listVersion: 1,
  issuedAt: '2026-11-01T00:00:00Z',
  recipients: [
    { role: 'custodian', name: 'C', fingerprint: 'a'.repeat(40), certificate: 'x' },
    { role: 'escrow', name: 'E', fingerprint: 'b'.repeat(40), certificate: 'y' },
  ],
};
