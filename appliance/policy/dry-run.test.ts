import { generateKeyPairSync } from 'node:crypto';
import { signEnvelope } from '@belkluis/shared/policy/dsse';
import { mandatory, samplePolicy, withRecipients } from '@belkluis/shared/policy/sample';
import type { Policy } from '@belkluis/shared/policy/schema';
import test from 'ava';
import { DRY_RUN_STEP, dryRun, type PastCall } from './dry-run.ts';

const said = { timeZone: 'UTC', objected: () => false, acknowledged: (own: string) => own !== '13' };
const sample = withRecipients(
  samplePolicy(new Date('2026-11-01T00:00:00Z')),
  signEnvelope('t', Buffer.from('{}'), [generateKeyPairSync('ed25519')]),
);
const inForce = (change: Partial<Policy> = {}) => ({ policy: { ...sample, ...change }, hash: 'h' });
const call = (n: number, caller: string, more: Partial<PastCall> = {}): PastCall => ({
  id: `${n}`,
  caller,
  callee: '20',
  direction: 'internal',
  startedAt: 1000 + n,
  ...more,
});
const steps = (calls: readonly PastCall[]) => (last: PastCall | null) => {
  const from = last === null ? 0 : calls.indexOf(last) + 1;
  return calls.slice(from, from + DRY_RUN_STEP);
};

test('more, fewer and refused calls are counted for each purpose, against what was in force at their time', async (t) => {
  const [purpose] = sample.purposes;
  const must = inForce({ purposes: [mandatory(purpose!)], rules: [{ ...sample.rules[0]!, from: ['10', '13'] }] });
  const calls = [call(0, '10'), call(1, '11'), call(2, '12'), call(3, '13'), call(4, '10')];
  // The first call came before there was a policy.
  const policyAt = (at: number) => (at === 1000 ? null : inForce());
  const effect = await dryRun({ nextCalls: steps(calls), policyAt, candidate: must, said });
  t.like(effect, { calls: 5, differ: 4 });
  t.deepEqual(effect.purposes, [
    { purpose: 'complaints', was: 3, would: 2, more: 1, fewer: 2, wasRefused: 0, wouldBeRefused: 1 },
  ]);
  t.deepEqual(
    effect.examples.map(({ call, was, would }) => [call, was.reason, would.reason, would.refused]),
    [
      ['0', 'no_policy', null, false],
      ['1', null, 'no_rule', false],
      ['2', null, 'no_rule', false],
      ['3', 'not_acknowledged', 'not_acknowledged', true],
    ],
  );
});

test('rules that ask for trunk, queue and way are asked by what the record of the call says; what it does not say is not there', async (t) => {
  const candidate = inForce({
    rules: [{ ...sample.rules[0]!, direction: 'inbound', trunks: ['t'], queues: ['+3120*'] }],
  });
  const inbound = { direction: 'inbound' };
  const calls = [call(0, '1', { ...inbound, trunk: 't', queue: '0205550100' }), call(1, '1', inbound)];
  const effect = await dryRun({
    nextCalls: steps(calls),
    policyAt: () => null,
    candidate,
    said,
  });
  t.like(effect.purposes, [{ would: 1 }]);
});

test('a hundred thousand calls are decided in steps, between which others work', async (t) => {
  const calls = Array.from({ length: 100_000 }, (_, n) => call(n, n % 2 === 0 ? '10' : '11'));
  let others = 0;
  const timer = setInterval(() => others++, 0);
  const nextCalls = (last: PastCall | null) => {
    const from = last === null ? 0 : last.startedAt - 999;
    return calls.slice(from, from + DRY_RUN_STEP);
  };
  const effect = await dryRun({ nextCalls, policyAt: () => null, candidate: inForce(), said });
  clearInterval(timer);
  t.is(effect.calls, 100_000);
  t.true(others > 20, `${others} turns of others`);
});
