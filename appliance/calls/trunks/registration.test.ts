import { seededChance, systemChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import {
  beginRegistration,
  MAX_BACKOFF_MS,
  REFUSED_BACKOFF_MS,
  type Registration,
  type RegistrationEffect,
  type RegistrationInput,
  stepRegistration,
  WANTED_EXPIRES_S,
} from './registration.ts';

const answer = (status: number, more: object = {}): RegistrationInput => ({
  on: 'answer',
  status,
  expiresS: 600,
  minExpiresS: null,
  retryAfterS: null,
  nowMs: 1000,
  ...more,
});

/** Runs inputs from the beginning; the last state and what was to be done last. */
function after(...inputs: RegistrationInput[]): readonly [Registration, RegistrationEffect | undefined] {
  let [state, effect]: readonly [Registration, RegistrationEffect?] = beginRegistration();
  for (const input of inputs) [state, effect] = stepRegistration(state, input);
  return [state, effect];
}

test('registered until what was granted, and made anew before that', (t) => {
  const [state, effect] = after(answer(200, { expiresS: 300 }));
  t.deepEqual(state, { at: 'registered', expiresS: WANTED_EXPIRES_S, untilMs: 301_000 });
  t.deepEqual(effect, { do: 'wait', fromMs: 216_000, toMs: 240_000 });
  const [, short] = after(answer(200, { expiresS: 40 }));
  t.like(short, { do: 'wait', toMs: 20_000 });
  t.is(after(answer(200, { expiresS: 0 }))[0].at, 'waiting', 'a binding that was not granted is none');
});

test('a longer registration is asked for once', (t) => {
  t.deepEqual(after(answer(423, { minExpiresS: 1800 }))[1], { do: 'register', expiresS: 1800 });
  t.is(after(answer(423, { minExpiresS: 1800 }), answer(423, { minExpiresS: 3600 }))[0].at, 'waiting');
  t.is(after(answer(423, { minExpiresS: 10_000_000 }))[0].at, 'waiting');
});

test('a wrong password is not tried again for minutes; Retry-After is obeyed within bounds', (t) => {
  t.like(after(answer(403))[1], { fromMs: REFUSED_BACKOFF_MS });
  t.like(after(answer(401))[0], { at: 'waiting', why: 'wrong_password' });
  t.like(after(answer(503, { retryAfterS: 60 }))[1], { fromMs: 60_000 });
  t.like(after(answer(503, { retryAfterS: 9e9 }))[1], { fromMs: 3_600_000 });
});

test('a lost connection ends what was registered over it, and is made up for soon', (t) => {
  const [state, effect] = after(answer(200), { on: 'flow closed' });
  t.like(state, { at: 'waiting', failures: 1 });
  t.like(effect, { do: 'wait', fromMs: 0, toMs: 4000 });
});

test('whatever happens, the next step is always either asked or waited for, and waits stay bounded', (t) => {
  const seed = systemChance.bytes(8).toString('hex');
  t.log(`seed ${seed}`);
  const chance = seededChance(seed);
  const below = (n: number) => chance.bytes(2).readUInt16BE() % n;
  for (let life = 0; life < 300; life++) {
    let [state, effect]: readonly [Registration, RegistrationEffect?] = beginRegistration();
    for (let round = 0; round < 60; round++) {
      // The driver gives an answer only to a question, and a timer only after a wait.
      const inputs: RegistrationInput[] =
        effect?.do === 'register'
          ? [
              answer([200, 401, 403, 404, 423, 480, 500, 503, 600][below(9)]!, { minExpiresS: below(2) ? 900 : null }),
              { on: 'no answer', why: 'no_answer' },
            ]
          : [{ on: 'timer' }, { on: 'flow closed' }];
      const input = inputs[below(inputs.length)]!;
      const [next, following] = stepRegistration(state, input);
      if (following === undefined) t.deepEqual(next, state, 'nothing to do: nothing has happened');
      else effect = following;
      state = next;
      if (effect?.do === 'wait') t.true(effect.toMs >= effect.fromMs && effect.toMs <= 3_600_000 + MAX_BACKOFF_MS);
    }
  }
});
