import { generateKeyPairSync } from 'node:crypto';
import { type CallToDecide, decide } from '@belkluis/shared/policy/decide';
import { signEnvelope } from '@belkluis/shared/policy/dsse';
import type { Rule } from '@belkluis/shared/policy/rule';
import { samplePolicy, withRecipients } from '@belkluis/shared/policy/sample';
import { said } from '@belkluis/shared/policy/testing/said';

const signer = generateKeyPairSync('ed25519');

/** A policy whose one purpose is announced by the source; `rules` say for whom. */
export function policy(rules: readonly Partial<Rule>[] = [{}], by: 'box' | 'source' = 'source') {
  const sample = withRecipients(samplePolicy(new Date()), signEnvelope('t', Buffer.from('{}'), [signer]));
  const purposes = sample.purposes.map((purpose) => ({ ...purpose, announcement: { ...purpose.announcement, by } }));
  const made = rules.map((rule, at) => ({ id: `r${at}`, purpose: 'complaints', start: 'automatic' as const, ...rule }));
  const inForce = { policy: { ...sample, purposes, rules: made }, hash: '0'.repeat(64) };
  return (call: CallToDecide) => decide(inForce, call, said);
}
