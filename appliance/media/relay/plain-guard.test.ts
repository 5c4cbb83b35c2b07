import test from 'ava';
import { MAX_SOURCES, SOURCE_REST_MS } from './limits.ts';
import { PlainGuard } from './plain-guard.ts';

test('while a source is heard nobody else is; after a rest another is believed, and the first may come back at once', (t) => {
  const guard = new PlainGuard();
  guard.renew(['192.0.2.7']);
  t.true(guard.takes(1, 0));
  for (let now = 20; now <= 200; now += 20) {
    t.false(guard.takes(666, now), 'a stranger cuts in');
    t.true(guard.takes(1, now));
  }
  t.false(guard.takes(2, 200 + SOURCE_REST_MS - 1));
  t.true(guard.takes(2, 200 + SOURCE_REST_MS));
  t.true(guard.takes(1, 201 + SOURCE_REST_MS));
});

test('the first from where the description says takes the place of whoever spoke before', (t) => {
  const guard = new PlainGuard();
  guard.renew(['192.0.2.7']);
  t.true(guard.takes(1, 0));
  t.true(guard.takes(2, 1, true));
  t.false(guard.takes(3, 2));
});

test('sources are not remembered without end, and a new generation begins anew', (t) => {
  const guard = new PlainGuard();
  guard.renew(['192.0.2.7']);
  for (let ssrc = 0; ssrc < MAX_SOURCES; ssrc++) t.true(guard.takes(ssrc, ssrc * SOURCE_REST_MS));
  const now = MAX_SOURCES * SOURCE_REST_MS;
  t.false(guard.takes(99, now));
  t.true(guard.takes(3, now));
  guard.renew(['192.0.2.7']);
  t.true(guard.takes(99, now));
});

test('packets come from where the peer is said to be; on hold it is said to be nowhere, and stays where it was', (t) => {
  const guard = new PlainGuard();
  t.false(guard.comesFrom('192.0.2.7'));
  guard.renew(['192.0.2.7', '198.51.100.1']);
  t.deepEqual(
    ['192.0.2.7', '198.51.100.1', '192.0.2.8'].map((at) => guard.comesFrom(at)),
    [true, true, false],
  );
  guard.renew([]);
  t.true(guard.comesFrom('192.0.2.7'));
  guard.renew(['192.0.2.9']);
  t.false(guard.comesFrom('192.0.2.7'));
});
