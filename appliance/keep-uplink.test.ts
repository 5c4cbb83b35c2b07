/** By what and where a box connects, when the first try comes to nothing. */
import test from 'ava';
import { attempts } from './keep-uplink.ts';
import type { Credentials } from './uplink/enrol/enrol.ts';

const pair = (name: string) => ({ key: `${name} key`, certificate: name });
const enrolled: Credentials = {
  ...pair('new'),
  authority: 'root',
  brokers: ['mqtts://a', 'wss://a/mqtt'],
  expiresAt: 0,
  renewal: 'good',
  former: pair('former'),
};

const tries = (attempt: ReturnType<typeof attempts>, many: number) =>
  Array.from({ length: many }, () => {
    const url = attempt.url();
    const { certificate, key } = attempt.credentials();
    return [url, certificate, key];
  });

test('the new certificate is tried at every address, then the former one, and so on', (t) => {
  const attempt = attempts(() => enrolled);
  t.deepEqual(tries(attempt, 5), [
    ['mqtts://a', 'new', 'new key'],
    ['wss://a/mqtt', 'new', 'new key'],
    ['mqtts://a', 'former', 'former key'],
    ['wss://a/mqtt', 'former', 'former key'],
    ['mqtts://a', 'new', 'new key'],
  ]);
  attempt.stands();
  t.deepEqual(tries(attempt, 1), [['mqtts://a', 'new', 'new key']]);
  t.is(attempt.lastCertificate(), 'new');
});

test('without a former one there is but one certificate, and without a fleet none', (t) => {
  const attempt = attempts(() => ({ ...enrolled, former: null }));
  t.deepEqual([...new Set(tries(attempt, 6).map(([, certificate]) => certificate))], ['new']);
  t.throws(() => attempts(() => null).url(), { code: 'fleet_none' });
});
