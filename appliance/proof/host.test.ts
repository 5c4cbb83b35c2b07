import { generateKeyPairSync } from 'node:crypto';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { signEnvelope } from '@belkluis/shared/policy/dsse';
import { samplePolicy, withRecipients } from '@belkluis/shared/policy/sample';
import { policySchema } from '@belkluis/shared/policy/schema';
import test from 'ava';
import { hostTestCalls, type TestCallPlan } from './host.ts';
import { testAnnouncement } from './sounds.ts';

const envelope = signEnvelope('t', Buffer.from('{}'), [generateKeyPairSync('ed25519')]);
const policy = withRecipients(samplePolicy(new Date()), envelope);
const inForce = { policy, hash: '0'.repeat(64) };
const plan: TestCallPlan = {
  phones: [
    { user: 'test-call-000000000001', ha1: 'a'.repeat(32) },
    { user: 'test-call-000000000002', ha1: 'b'.repeat(32) },
  ],
  recipient: { role: 'custodian', name: 'test call', fingerprint: 'f'.repeat(40), certificate: '' },
};

function hosting() {
  const clock = new ManualClock();
  const recipients: unknown[] = [];
  const setRecipient = (recipient: unknown) => recipients.push(recipient);
  const host = hostTestCalls({ clock, announcement: testAnnouncement(), setRecipient });
  const call = (from: string, to: string) => ({ id: '1', from, to, direction: 'internal' as const, at: 0 });
  return { clock, recipients, host, call };
}

test('a test call is recorded for the test alone; a test phone with anybody else is not, and other calls are none of its business', (t) => {
  const { host, call, recipients } = hosting();
  host.begin(plan);
  const [a, b] = plan.phones.map(({ user }) => user) as [string, string];
  const decided = host.decide(call(a, b), inForce);
  t.is(decided?.record && decided.terms.purpose.id, 'test-call');
  t.like(host.decide(call(a, 'anna'), inForce), { record: false });
  t.like(host.decide(call('anna', b), inForce), { record: false });
  t.is(host.decide(call('anna', 'ben'), inForce), null);
  t.like(host.decide(call(a, b), null), { record: false, reason: 'no_policy' });
  t.deepEqual(recipients, [plan.recipient]);
});

test('after two minutes the box knows neither the phones nor the key', (t) => {
  const { host, clock, call, recipients } = hosting();
  host.begin(plan);
  t.truthy(host.find(plan.phones[0].user));
  clock.advance(120_000);
  t.is(host.find(plan.phones[0].user), null);
  t.is(host.decide(call(plan.phones[0].user, plan.phones[1].user), inForce), null);
  t.is(recipients.at(-1), null);
});

test('no policy may name its own purpose like that of test calls, whose key is on the box', (t) => {
  const [first, ...rest] = policy.purposes;
  const named = { ...policy, purposes: [{ ...first, id: 'test-call' }, ...rest], rules: [] };
  t.regex(policySchema.safeParse(named).error?.issues[0]?.message ?? '', /test calls/);
});
