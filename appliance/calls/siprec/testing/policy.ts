import { generateKeyPairSync } from 'node:crypto';
import { type CallToDecide, decide } from '@belkluis/shared/policy/decide';
import { signEnvelope } from '@belkluis/shared/policy/dsse';
import { samplePolicy, withRecipients } from '@belkluis/shared/policy/sample';
import type { Rule } from '@belkluis/shared/policy/schema';

const signer = generateKeyPairSync('ed25519');

/** A policy whose one purpose is announced by the source; `rules` say for whom. */
export function policy(rules: readonly Partial<Rule>[] = [{}], announcedBy: 'box' | 'source' = 'source') {
  const sample = withRecipients(samplePolicy(new Date()), signEnvelope('t', Buffer.from('{}'), [signer]));
  const purposes = sample.purposes.map((purpose) => ({ ...purpose, announcedBy }));
  const made = rules.map((rule, at) => ({ id: `r${at}`, purpose: 'complaints', ...rule }));
  const inForce = { policy: { ...sample, purposes, rules: made }, hash: '0'.repeat(64) };
  return (call: CallToDecide) => decide(inForce, call, 'UTC');
}
