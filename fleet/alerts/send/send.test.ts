import test from 'ava';
import { secretText, signedHeaders } from './signature.ts';

// The example of the specification's reference implementations.
test('signatures are those of Standard Webhooks', (t) => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const headers = signedHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330_999, '{"test": 2432232314}', [secret]);
  t.deepEqual(headers, {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
  const both = signedHeaders('a', 0, 'b', [secretText(new Uint8Array(32)), secret])['webhook-signature']!;
  t.is(both.split(' ').length, 2);
});
