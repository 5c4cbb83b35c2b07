import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { faultOf, openAttempts } from './attempts.ts';
import { KEEP_MS, MAX_AGENT_LENGTH, MAX_ATTEMPTS, MAX_HANDSHAKES, MAX_STRANGERS, SWEEP_MS } from './limits.ts';

function scene() {
  const clock = new ManualClock(1_000_000);
  const attempts = openAttempts({ clock });
  const note = (user: string, outcome: string, more: { address?: string; agent?: string; transport?: 'UDP' } = {}) =>
    attempts.note({ user, outcome, transport: 'TLS', address: '192.0.2.10', agent: 'Phone/1', ...more });
  const outcomes = (user: string) => attempts.of(user).map(({ outcome, count }) => `${outcome} ${count}`);
  return { clock, attempts, note, outcomes };
}

test('a phone that goes on failing is one line that counts, and being asked is no line beside its answer', (t) => {
  const { clock, attempts, note, outcomes } = scene();
  for (let n = 0; n < 3; n++) {
    note('214', 'asked');
    note('214', 'wrong_secret');
    clock.advance(60_000);
  }
  t.deepEqual(outcomes('214'), ['wrong_secret 3']);
  t.like(attempts.of('214')[0], { firstAt: 1_000_000, at: 1_120_000 });
  note('214', 'asked');
  note('214', 'ok', {});
  t.deepEqual(outcomes('214'), ['ok 1', 'wrong_secret 3']);
  note('215', 'asked');
  note('215', 'asked');
  t.deepEqual(outcomes('215'), ['asked 2'], 'it never answers: no secret is set');
  note('214', 'plain', { transport: 'UDP' });
  t.deepEqual(outcomes('214').slice(0, 2), ['plain 1', 'ok 1']);
});

test('a scanner that makes up numbers pushes no phone out, and nothing grows without end', (t) => {
  const { attempts, note, outcomes } = scene();
  note('214', 'wrong_secret');
  note('300', 'asked');
  for (let n = 0; n < MAX_STRANGERS + 50; n++) note(`x${n}`, n % 2 ? 'unknown_number' : 'asked');
  t.deepEqual(outcomes('214'), ['wrong_secret 1']);
  t.is(attempts.strangers().length, MAX_STRANGERS);
  t.like(attempts.strangers()[0], { user: `x${MAX_STRANGERS + 49}` });
  t.false(attempts.strangers().some(({ user }) => user === '214'));
  note('x249', 'ok');
  t.false(
    attempts.strangers().some(({ user }) => user === 'x249'),
    'it has proved to be a phone',
  );
  for (let n = 0; n < 50; n++) note('214', n % 2 ? 'ok' : 'plain', { agent: 'a'.repeat(5000) });
  t.is(attempts.of('214').length, MAX_ATTEMPTS);
  t.is(attempts.of('214')[0]!.agent!.length, MAX_AGENT_LENGTH);
  for (let n = 0; n < MAX_HANDSHAKES + 10; n++) attempts.noteHandshake(`192.0.2.${n}`, 'ECONNRESET');
  t.is(attempts.handshakes().length, MAX_HANDSHAKES);
});

test('a handshake that failed says whose fault it is', (t) => {
  const { attempts } = scene();
  for (const [code, fault] of [
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'untrusted'],
    ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN', 'untrusted'],
    ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED', 'clock'],
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'old_tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'no_tls'],
    ['ERR_SSL_NO_SHARED_CIPHER', 'no_cipher'],
    ['ECONNRESET', 'broke_off'],
  ] as const) {
    t.is(faultOf(code), fault, code);
  }
  attempts.noteHandshake('192.0.2.10', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA');
  attempts.noteHandshake('192.0.2.10', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA');
  t.like(attempts.handshakes(), [{ address: '192.0.2.10', fault: 'untrusted', count: 2 }]);
});

test('what was tried leaves by age, whether or not anybody tries again', (t) => {
  const { clock, attempts, note } = scene();
  note('214', 'ok');
  note('x', 'unknown_number');
  attempts.noteHandshake('192.0.2.10', 'ECONNRESET');
  clock.advance(KEEP_MS + SWEEP_MS);
  t.deepEqual([attempts.of('214'), attempts.strangers(), attempts.handshakes()], [[], [], []]);
  attempts.close();
});
