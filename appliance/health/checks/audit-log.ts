import type { Check } from '../finding.ts';

/** Whether acts can be written down, and whether what was written is still so. */
export const checkAuditLog: Check = ({ audit }) => {
  switch (audit.state) {
    case 'ok':
      return [{ code: 'audit_ok', state: 'ok', values: { size: audit.size } }];
    case 'unwritable':
      return [{ code: 'audit_unwritable', state: 'bad', values: {} }];
    case 'tampered':
      return [{ code: 'audit_tampered', state: 'bad', values: {} }];
  }
};
