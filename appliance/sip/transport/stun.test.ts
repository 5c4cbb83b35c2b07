import test from 'ava';
import { answerStun, isStun } from './stun.ts';

const request = (attributes = '', type = '0001') => {
  const body = Buffer.from(attributes, 'hex');
  const length = body.length.toString(16).padStart(4, '0');
  return Buffer.concat([Buffer.from(`${type}${length}2112a442b7e7a701bc34d686fa87dfae`, 'hex'), body]);
};

test('the mapped address is that of RFC 5769 2.2 and 2.3', (t) => {
  // 192.0.2.1 port 32853, and 2001:db8:1234:5678:11:2233:4455:6677 port 32853, under that RFC's transaction id.
  const v4 = answerStun(request(), { address: '192.0.2.1', port: 32853 })!;
  t.is(v4.toString('hex'), '0101000c2112a442b7e7a701bc34d686fa87dfae002000080001a147e112a643');
  const v6 = answerStun(request(), { address: '2001:db8:1234:5678:11:2233:4455:6677', port: 32853 })!;
  t.is(v6.subarray(20).toString('hex'), '002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9');
  t.deepEqual(
    answerStun(request(), { address: '2001:db8::1', port: 1 }),
    answerStun(request(), { address: '2001:db8:0:0:0:0:0:1', port: 1 }),
  );
});

test('what must be understood and is not, is refused with its type', (t) => {
  const answer = answerStun(request('7abc000401020304'), { address: '192.0.2.1', port: 1 })!;
  t.is(answer.readUInt16BE(0), 0x0111);
  t.true(answer.includes(Buffer.from('000a00027abc', 'hex')));
  t.truthy(answerStun(request('8022000401020304'), { address: '192.0.2.1', port: 1 }), 'SOFTWARE is optional');
});

test('nothing is said to responses, to broken requests, or to what is no STUN', (t) => {
  const from = { address: '192.0.2.1', port: 1 };
  t.is(answerStun(request('', '0101'), from), null);
  t.is(answerStun(request('7abc0004'), from), null, 'attribute cut short');
  t.is(answerStun(request().subarray(0, 19), from), null);
  t.is(answerStun(Buffer.concat([request(), Buffer.alloc(4)]), from), null, 'length does not fit');
  t.false(isStun(Buffer.from('REGISTER sip:x SIP/2.0\r\n')));
});
