/**
 * The purpose of test calls: two phones of the box itself, which nobody speaks on, recorded to prove that recording works. The one purpose
 * that no policy names; a policy that does is refused. Its recordings are sealed to a key of the test alone, never to people's.
 */
import type { PolicyInForce, RecordingTerms } from './decide.ts';
import { recordingRetention } from './retention.ts';
import type { Purpose } from './schema.ts';
import { TEST_CALL_PURPOSE } from './schema.ts';

const purpose: Purpose = {
  id: TEST_CALL_PURPOSE,
  name: 'Test call',
  lawfulBasis: 'f',
  rationale: 'Shows every day that calls that must be recorded are recorded. Nobody takes part in it.',
  // A day: long enough for IT to look at one that failed.
  retention: { contentDays: 1, trafficDays: 1, evidenceDays: 1 },
  announcement: [{ language: 'en', purpose: 'as a test', text: '{who} records this call {purpose}, for {retention}.' }],
  consent: 'inform',
  announcedBy: 'box',
  level: 'standard',
  mayOpen: ['dpo'],
  notUsedFor: [],
  mandatory: false,
};

/** The terms of a test call under the policy in force. Without a policy nothing is recorded, test calls neither. */
export const testCallTerms = ({ policy, hash }: PolicyInForce): RecordingTerms => ({
  purpose,
  rule: TEST_CALL_PURPOSE,
  policyVersion: policy.version,
  policyHash: hash,
  retention: recordingRetention(purpose, null),
  announcements: [],
});
