/**
 * A test call on the real path: two phones register over TLS, one calls the other, both are told, what they say is recorded, sealed, stored,
 * opened with the test's own key, and laid beside what was said. Only then is recording proven.
 */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { Problem } from '@belkluis/shared/base/problem';
import type { ReadContent } from '@belkluis/shared/release/content-file';
import type { Block } from '@belkluis/shared/release/matroska';
import { generateKey } from 'openpgp';
import type { Target } from '../sip/transport/flow.ts';
import { compareFrames } from './compare.ts';
import type { TestCallPlan } from './host.ts';
import { LOOK_EVERY_MS, MIN_FRAMES, SPEAK_MS, TEST_PATIENCE_MS } from './limits.ts';
import { openBlocks } from './open.ts';
import { openProofPhone, type PhoneCall, type ProofPhone } from './phone.ts';
import { type TestCallFault, testCallProblem } from './problems.ts';
import { speech } from './sounds.ts';

export interface TestCallParts {
  /** Tells the call process; false when it does not answer. */
  readonly announcePlan: (plan: TestCallPlan) => Promise<boolean>;
  readonly domain: string;
  /** The box's own address. */
  readonly address: string;
  /** Where its phones register. */
  readonly box: Target;
  /** UDP ports for the audio of two phones. */
  readonly ports: readonly [number, number];
  /** What the vault has of a call between these two; null while nothing is finished. */
  readonly find: (caller: string, callee: string) => Promise<StoredTest | null>;
  readonly clock: Clock;
  readonly chance: Chance;
}

/** What became of the test call in the vault. */
export type StoredTest =
  | { readonly recorded: false; readonly reason: string }
  | { readonly recorded: true; readonly id: string; readonly pkesk: Uint8Array; readonly content: ReadContent };

export type TestCallOutcome =
  | { readonly proven: true; readonly frames: number }
  | { readonly proven: false; readonly fault: TestCallFault; readonly detail: string };

/** Waits for `work`, not for ever. @throws Problem `fault`, or the one that `work` ended with. */
async function within<T>(fault: TestCallFault, work: Promise<T>): Promise<T> {
  const ended = new AbortController();
  const late = async (): Promise<never> => {
    await delay(TEST_PATIENCE_MS, undefined, { signal: ended.signal, ref: false });
    throw testCallProblem(fault, 'it took too long');
  };
  const lateness = late();
  lateness.catch(() => {});
  try {
    return await Promise.race([work, lateness]);
  } catch (cause) {
    throw cause instanceof Problem ? cause : testCallProblem(fault, (cause as Error).message, cause);
  } finally {
    ended.abort();
  }
}

const payloads = (call: PhoneCall): readonly Uint8Array[] =>
  call.heard().flatMap(({ codec, payload }) => (codec === 'PCMA' ? [payload] : []));

/** Each must have heard the other one for most of the time; the announcement stands in the way at first. */
function heardEachOther(said: readonly (readonly Buffer[])[], heard: readonly PhoneCall[]): void {
  heard.forEach((call, side) => {
    const { known } = compareFrames(said[1 - side]!, payloads(call));
    if (known < MIN_FRAMES) throw testCallProblem('not_heard', `${known} of ${said[side]!.length} frames`);
  });
}

/** What the vault made of it, waited for. */
async function stored({ find }: TestCallParts, caller: TestPhone, callee: TestPhone) {
  for (let waited = 0; waited < TEST_PATIENCE_MS; waited += LOOK_EVERY_MS) {
    const found = await find(caller.user, callee.user);
    if (found?.recorded) return found;
    if (found) throw testCallProblem('not_recorded', found.reason);
    await delay(LOOK_EVERY_MS);
  }
  throw testCallProblem('not_stored');
}

/** Every frame that was recorded was said, in its order and without a hole, on the side that said it. Returns how many there are. */
function compareRecording(said: readonly (readonly Buffer[])[], blocks: readonly Block[]): number {
  const counts = said.map((sent, side) => {
    const recorded = blocks.filter((block) => block.side === side).map(({ payload }) => payload);
    const { known, foreign, missing, reordered } = compareFrames(sent, recorded);
    if (known < MIN_FRAMES || foreign + missing + reordered > 0) {
      const what = `side ${side}: ${known} known, ${foreign} foreign, ${missing} missing, ${reordered} out of order`;
      throw testCallProblem('differs', what);
    }
    return known;
  });
  return counts.reduce((all, count) => all + count, 0);
}

interface TestPhone {
  readonly user: string;
  readonly secret: string;
  readonly said: readonly Buffer[];
}

async function keyPair(at: Date) {
  const { privateKey, publicKey } = await generateKey({
    type: 'ecc',
    curve: 'curve25519Legacy',
    userIDs: [{ name: 'test call' }],
    date: at,
    format: 'object',
  });
  const fingerprint = publicKey.getFingerprint();
  return {
    privateKey,
    recipient: { role: 'custodian', name: 'test call', fingerprint, certificate: publicKey.armor() } as const,
  };
}

/** Makes one test call. What goes wrong on its way is the outcome. */
export async function makeTestCall(parts: TestCallParts): Promise<TestCallOutcome> {
  const { chance, clock, domain, address, box, ports } = parts;
  const newPhone = (): TestPhone => ({
    user: `test-call-${randomHex(chance, 6)}`,
    secret: chance.bytes(24).toString('base64url'),
    said: speech(SPEAK_MS, chance),
  });
  const [caller, callee] = [newPhone(), newPhone()];
  const phones: ProofPhone[] = [];
  try {
    const { privateKey, recipient } = await keyPair(new Date(clock.now()));
    // RFC 7616 3.4.2.
    const ha1 = ({ user, secret }: TestPhone) => createHash('md5').update(`${user}:${domain}:${secret}`).digest('hex');
    const account = (phone: TestPhone) => ({ user: phone.user, ha1: ha1(phone) });
    if (!(await parts.announcePlan({ phones: [account(caller), account(callee)], recipient }))) {
      throw testCallProblem('calls_down');
    }
    const half = Math.floor((ports[1] - ports[0]) / 2);
    const open = async ({ user, secret, said }: TestPhone, from: number) => {
      const speak = { id: user, frames: { PCMA: said } };
      const range = [from, from + half - 1] as const;
      const phone = await openProofPhone({ user, secret, domain, box, address, speak, ports: range });
      phones.push(phone);
      await within('not_registered', phone.register());
      return phone;
    };
    const [a, b] = [await open(caller, ports[0]), await open(callee, ports[0] + half)];
    const answered = b.answer();
    answered.catch(() => {});
    const ours = await within('call_failed', a.dial(callee.user));
    const theirs = await within('call_failed', answered);
    await Promise.race([delay(SPEAK_MS), ours.ended]);
    ours.hangUp();
    await within('call_failed', theirs.ended);
    await Promise.all([ours.close(), theirs.close()]);
    const said = [caller.said, callee.said];
    heardEachOther(said, [ours, theirs]);
    const { id, pkesk, content } = await stored(parts, caller, callee);
    const blocks = await within('not_opened', openBlocks(id, pkesk, content, privateKey));
    return { proven: true, frames: compareRecording(said, blocks) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { proven: false, fault: error.code as TestCallFault, detail: error.detail ?? '' };
  } finally {
    await Promise.allSettled(phones.map((phone) => phone.close()));
  }
}
