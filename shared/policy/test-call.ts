/**
 * The purpose of test calls: two phones of the box itself, which nobody speaks on, recorded to prove that recording works. The one purpose
 * that no policy names; a policy that does is refused. Its recordings are sealed to a key of the test alone, never to people's.
 */
import type { PolicyInForce, RecordingTerms } from './decide.ts';
import { type Purpose, TEST_CALL_PURPOSE } from './purpose.ts';
import { recordingRetention } from './retention.ts';

const why = {
  why: 'Long enough for whoever runs the box to look at one that failed.',
  ground: 'GDPR 5(1)(e)',
  author: 'Belkluis',
  date: '2026-11-25',
};

const purpose: Purpose = {
  id: TEST_CALL_PURPOSE,
  name: 'Test call',
  lawfulBasis: 'f',
  rationale: 'Shows every day that calls that must be recorded are recorded. Nobody takes part in it.',
  assessment: null,
  specialCategories: null,
  retention: {
    contentDays: 1,
    trafficDays: 1,
    evidenceDays: 1,
    because: { content: why, traffic: why, evidence: why },
  },
  announcement: {
    by: 'box',
    said: [{ language: 'en', purpose: 'as a test' }],
    callerHears: 'after-answer',
    staffHear: true,
    staffBeepSeconds: null,
  },
  consent: { mode: 'inform' },
  level: 'standard',
  recipients: null,
  mayOpen: ['dpo'],
  uses: ['evidence'],
  notUsedFor: [],
  mandatory: false,
  pause: null,
  register: { dataSubjects: ['nobody'], dataCategories: ['test tones'], receivers: [] },
};

/** The terms of a test call under the policy in force. Without a policy nothing is recorded, test calls neither. */
export const testCallTerms = ({ policy, hash }: PolicyInForce): RecordingTerms => ({
  purpose,
  rule: TEST_CALL_PURPOSE,
  policyVersion: policy.version,
  policyHash: hash,
  retention: recordingRetention(purpose, null),
  announcements: [],
  level: purpose.level,
  uses: purpose.uses,
  start: 'automatic',
  recipients: null,
});
