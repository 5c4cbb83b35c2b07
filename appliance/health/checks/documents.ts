import { atOnce, type Check, type Finding } from '../finding.ts';

/** Whether what is written down for supervisors and employees is what is so: the register, the assessment, the notices. */
export const checkDocuments: Check = {
  steady: {
    register_drift: atOnce,
    dpia_required: atOnce,
    dpia_open: atOnce,
    notices_missing: atOnce,
  },
  look({ documents }) {
    const { drift, unacknowledged, dpia } = documents;
    const findings: Finding[] = [
      drift > 0
        ? { code: 'register_drift', state: 'bad', values: { drift } }
        : { code: 'register_ok', state: 'ok', values: {} },
    ];
    if (dpia?.required && !dpia.done) findings.push({ code: 'dpia_required', state: 'bad', values: {} });
    else if (dpia && dpia.open.length > 0)
      findings.push({ code: 'dpia_open', state: 'warn', values: { open: dpia.open.length } });
    if (unacknowledged > 0) findings.push({ code: 'notices_missing', state: 'warn', values: { unacknowledged } });
    return findings;
  },
};
