/** What a box takes from its fleet, and how often; the whole of it is in test/scenarios/uplink. */
import { silentLog } from '@belkluis/shared/base/log';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import type { Desired } from '@belkluis/shared/contract/desired';
import test from 'ava';
import { joinCommands, joinDesired } from './join-uplink.ts';
import type { Outcome } from './policy/changing.ts';
import { problem } from './policy/problems.ts';
import type { VerifiedPolicy } from './policy/verify.ts';
import { rememberFleet } from './remember-fleet.ts';

const envelope = (version: unknown): Desired => ({
  payloadType: 'application/vnd.belkluis.policy+json;version=1',
  payload: Buffer.from(JSON.stringify({ version })).toString('base64'),
  signatures: [{ keyid: 'a'.repeat(64), sig: Buffer.alloc(64).toString('base64') }],
});

function scene(propose: () => Outcome, inForce: () => string | null = () => null) {
  const kept = new Map<string, string>();
  const state = {
    get: (name: string) => kept.get(name) ?? null,
    set: (name: string, to: string) => void kept.set(name, to),
  };
  const memories = rememberFleet({ state });
  memories.begin('fleet', Date.UTC(2026, 10, 26), 0);
  const tried: string[] = [];
  const policies = {
    inForce: () => {
      const hash = inForce();
      return hash === null ? null : ({ hash, policy: { version: 1 } } as VerifiedPolicy);
    },
    pending: () => null,
    propose(text: string) {
      tried.push(text);
      return propose();
    },
  };
  return { tried, desired: joinDesired({ policies, audit: { recent: () => [] }, memories, log: silentLog }) };
}

test('a policy that is refused is told by its code, also one whose version is no number', (t) => {
  for (const version of [7, 'sip:anna@office.example', -1, 3e12]) {
    const { desired, tried } = scene(() => {
      throw problem('policy_out_of_bounds', 'rules.anna');
    });
    desired.take(envelope(version));
    desired.take(envelope(version));
    t.is(tried.length, 1, 'the same again is nothing');
    t.like(desired.reported().rejected, { version: version === 7 ? 7 : 0, why: 'policy_out_of_bounds' });
    t.notRegex(JSON.stringify(desired.reported()), /anna/);
  }
});

test('one that came too early is looked at again when another is in force', (t) => {
  let hash = 'a'.repeat(64);
  const { desired, tried } = scene(
    () => {
      throw problem('policy_out_of_order');
    },
    () => hash,
  );
  desired.take(envelope(7));
  desired.take(envelope(7));
  t.is(tried.length, 1);
  t.like(desired.reported().rejected, { why: 'policy_out_of_order' });
  hash = 'b'.repeat(64);
  t.is(desired.reported().rejected, null, 'of another time');
  desired.take(envelope(7));
  t.is(tried.length, 2);
});

test('a disk or a log that takes nothing is no refusal: it comes again', (t) => {
  const { desired, tried } = scene(() => {
    throw Object.assign(new Error('full'), { code: 'ENOSPC' });
  });
  t.throws(() => desired.take(envelope(7)), { code: 'ENOSPC' });
  t.throws(() => desired.take(envelope(7)), { code: 'ENOSPC' });
  t.is(tried.length, 2);
  t.is(desired.reported().rejected, null);
});

test('a fleet has one test call at a time, and one in five minutes', async (t) => {
  const clock = new ManualClock();
  let end = (_proven: boolean) => {};
  let asked = 0;
  const command = joinCommands({
    renew: async () => void asked++,
    testCall: () =>
      new Promise((resolve) => {
        end = (proven) => resolve((proven ? { proven } : { proven, fault: 'refused', detail: '' }) as never);
      }),
    clock,
  });
  const first = command('test_call');
  t.like(await command('test_call'), { state: 'refused', why: 'busy' });
  end(true);
  t.deepEqual(await first, { state: 'done' });
  t.like(await command('test_call'), { state: 'refused', why: 'too_often' });
  clock.advance(5 * 60_000);
  const second = command('test_call');
  end(false);
  t.deepEqual(await second, { state: 'failed', why: 'test_call_failed' });
  t.deepEqual(await command('renew'), { state: 'done' });
  t.is(asked, 1);
});
