import test from 'ava';
import { targetOf } from './target.ts';

test('addresses, ports and transports out of URIs (RFC 3263 4)', (t) => {
  t.deepEqual(targetOf('sip:a@192.0.2.1'), { transport: 'UDP', address: '192.0.2.1', port: 5060 });
  t.deepEqual(targetOf('sip:a@192.0.2.1:5070;transport=TCP'), { transport: 'TCP', address: '192.0.2.1', port: 5070 });
  t.deepEqual(targetOf('sip:[2001:db8::1];transport=tls'), { transport: 'TLS', address: '2001:db8::1', port: 5061 });
  t.deepEqual(targetOf('sips:192.0.2.1'), { transport: 'TLS', address: '192.0.2.1', port: 5061 });
  for (const none of ['sip:a@example.org', 'tel:+31201234567', 'sip:a@192.0.2.1;transport=sctp', 'rubbish']) {
    t.is(targetOf(none), null, none);
  }
});
