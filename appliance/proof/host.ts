/** The call process's part in a test call: for two minutes it knows two phones more, and what they say is recorded for the test alone. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { CallToDecide, Decision, PolicyInForce } from '@belkluis/shared/policy/decide';
import { TEST_CALL_PURPOSE } from '@belkluis/shared/policy/purpose';
import { testCallTerms } from '@belkluis/shared/policy/test-call';
import type { Prompt } from '../media/door.ts';
import type { ListedRecipient } from '../recording/recipients.ts';
import { TEST_LIFETIME_MS } from './limits.ts';

export interface TestAccount {
  readonly user: string;
  readonly ha1: string;
}

/** What the desk says of the test call that it is about to make. */
export interface TestCallPlan {
  readonly phones: readonly [TestAccount, TestAccount];
  /** A key pair of this test, whose private half is in the memory of whoever runs it. */
  readonly recipient: ListedRecipient & { readonly role: 'custodian' };
}

export interface TestCallHost {
  begin(plan: TestCallPlan): void;
  /** The account of a test phone; null: it is none, or not any more. */
  find(user: string): { readonly user: string; readonly ha1: string; readonly plainUntil: 0 } | null;
  /** What is decided about a call of test phones; null: it is a call like any other. */
  decide(call: CallToDecide, inForce: PolicyInForce | null): Decision | null;
  announcementOf(purpose: string): { readonly prompt: Prompt; readonly hash: string } | null;
}

export function hostTestCalls(parts: {
  readonly clock: Clock;
  /** What test phones are told. Short: nobody listens. */
  readonly announcement: { readonly prompt: Prompt; readonly hash: string };
  readonly setRecipient: (recipient: ListedRecipient | null) => void;
}): TestCallHost {
  const { clock, announcement, setRecipient } = parts;
  let plan: TestCallPlan | null = null;
  let stop = () => {};
  const phone = (user: string) => plan?.phones.find((known) => known.user === user) ?? null;
  return {
    begin(next) {
      stop();
      plan = next;
      setRecipient(next.recipient);
      stop = clock.after(TEST_LIFETIME_MS, () => {
        plan = null;
        setRecipient(null);
      });
    },
    find(user) {
      const known = phone(user);
      return known && { ...known, plainUntil: 0 };
    },
    decide({ from, to }, inForce) {
      const [caller, callee] = [phone(from), phone(to)];
      if (!caller && !callee) return null;
      // A test phone that speaks with anybody else is nothing that anybody agreed to.
      if (!caller || !callee || !inForce)
        return { record: false, reason: inForce ? 'no_rule' : 'no_policy', trafficDays: 1 };
      return { record: true, terms: testCallTerms(inForce) };
    },
    announcementOf: (purpose) => (purpose === TEST_CALL_PURPOSE ? announcement : null),
  };
}
