import { fc, testProp } from '@fast-check/ava';
import test from 'ava';
import { isPublic, mayReach, parseNet } from './public-address.ts';

const refused = [
  ...[
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
  ],
  ...[
    '192.0.0.8',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fc00::1',
    'fd12::1',
    '64:ff9b::a00:1',
    '192.0.2.1',
  ],
  ...[
    'ff02::1',
    '::ffff:127.0.0.1',
    '::FFFF:10.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    '::127.0.0.1',
  ],
  ...['', 'no address', 'localhost', '127.1', 'fe80::1%eth0'],
];

test('no address of a network is one of the internet, whatever it is written as', (t) => {
  for (const address of refused) t.deepEqual([isPublic(address), mayReach(address, [])], [false, false], address);
  for (const address of ['1.1.1.1', '172.32.0.1', '9.255.255.255', '2a00:1450::1', '::ffff:1.1.1.1'])
    t.deepEqual([isPublic(address), mayReach(address, [])], [true, true], address);
});

test('what whoever runs the server allows may be reached, and nothing beside it', (t) => {
  const allowed = ['10.20.0.0/16', 'fd00:1::/32'].map((text) => parseNet(text)!);
  for (const address of ['10.20.3.4', '::ffff:10.20.3.4', 'fd00:1:2::3']) t.true(mayReach(address, allowed), address);
  for (const address of ['10.21.0.1', 'fd00:2::1', '127.0.0.1']) t.false(mayReach(address, allowed), address);
  for (const wrong of ['10.0.0.0', '10.0.0.0/33', 'fd00::/129', 'localhost/8', '10.0.0.0/8/8', ''])
    t.is(parseNet(wrong), null, wrong);
});

testProp('each IPv4 address is judged the same in the clothes of IPv6', [fc.ipV4()], (t, address) => {
  t.is(mayReach(address, []), mayReach(`::ffff:${address}`, []));
});
