import test from 'ava';
import { codec, pcma } from '../testing/peer.ts';
import { routesBetween } from './routes.ts';

test('the same name with another clock is another codec', (t) => {
  const receive = [{ payloadType: 101, codec: codec('telephone-event', 48_000) }];
  const send = [{ payloadType: 96, codec: codec('telephone-event', 8000) }];
  t.is(routesBetween(receive, send)[101]?.to, -1);
  t.is(routesBetween(receive, [...send, { payloadType: 97, codec: codec('telephone-event', 48_000) }])[101]?.to, 97);
});

test('what was not announced has no route, and without a partner nothing leads anywhere', (t) => {
  t.is(routesBetween([pcma], [pcma])[0], undefined);
  t.deepEqual(routesBetween([pcma], [])[8], { codec: pcma.codec, to: -1 });
});
