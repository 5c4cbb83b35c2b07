import { atOnce, type Check } from '../finding.ts';

/** Whether acts can be written down, and whether what was written is still so. */
export const checkAuditLog: Check = {
  steady: {
    audit_unwritable: { raiseAfterMs: 0, clearAfterMs: 60_000 },
    audit_tampered: atOnce,
  },
  look({ audit }) {
    switch (audit.state) {
      case 'ok':
        return [{ code: 'audit_ok', state: 'ok', values: { size: audit.size } }];
      case 'unwritable':
        return [{ code: 'audit_unwritable', state: 'bad', values: {} }];
      case 'tampered':
        return [{ code: 'audit_tampered', state: 'bad', values: {} }];
    }
  },
};
