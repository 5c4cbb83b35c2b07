import test from 'ava';
import { type CryptoLine, parseCrypto, preferredCrypto, type Unusable, writeCrypto } from './crypto.ts';
import { KEY_28, KEY_30, KEY_46, OTHER_KEY_30 } from './testing/phones.ts';

const CM = 'AES_CM_128_HMAC_SHA1_80';

test('a line gives its tag, suite, key and salt', (t) => {
  const line = parseCrypto(`12 ${CM} inline:${KEY_30}|2^31`) as CryptoLine;
  t.like(line, { tag: 12, lifetime: 2 ** 31 });
  t.is(line.key.suite, CM);
  t.deepEqual([line.key.masterKey.length, line.key.masterSalt.length], [16, 14]);
  t.is(Buffer.concat([line.key.masterKey, line.key.masterSalt]).toString('base64'), KEY_30);
});

test('what is written is read back', (t) => {
  for (const text of [`1 ${CM} inline:${KEY_30}`, `2 AEAD_AES_128_GCM inline:${KEY_28}`])
    t.is(writeCrypto(parseCrypto(text) as CryptoLine), text);
});

test('a key has the identifier that its packets will carry', (t) => {
  const mkiOf = (text: string) =>
    (parseCrypto(`1 ${CM} inline:${KEY_30}${text}`) as CryptoLine).key.mki?.toString('hex');
  t.is(mkiOf('|2^20|1:4'), '00000001');
  t.is(mkiOf('|4660:2'), '1234');
  t.is(mkiOf('|2^20'), undefined);
  const written = `1 ${CM} inline:${KEY_30}|4660:4`;
  t.is(writeCrypto(parseCrypto(written) as CryptoLine), written);
});

test('both spellings of the longer keys mean the same suite, and an answer repeats the one it was asked in', (t) => {
  const key = { suite: 'AES_256_CM_HMAC_SHA1_80', lengths: [32, 14] };
  for (const spelling of ['AES_256_CM_HMAC_SHA1_80', 'AES_CM_256_HMAC_SHA1_80']) {
    const line = parseCrypto(`1 ${spelling} inline:${KEY_46}`) as CryptoLine;
    t.is(line.key.suite, key.suite as never);
    t.deepEqual([line.key.masterKey.length, line.key.masterSalt.length], key.lengths);
    t.is(writeCrypto({ tag: 1, key: line.key, spelling: line.spelling }), `1 ${spelling} inline:${KEY_46}`);
  }
});

test('padding may be left out of the key, and harmless parameters are passed over', (t) => {
  const gcm = parseCrypto(`1 AEAD_AES_128_GCM inline:${KEY_28.replaceAll('=', '')}`);
  t.is(typeof gcm === 'string' ? gcm : gcm.key.masterSalt.length, 12);
  for (const params of ['WSH=64', 'KDR=0', '-whatever=1', 'WSH=64 -x'])
    t.not(typeof parseCrypto(`1 ${CM} inline:${KEY_30} ${params}`), 'string', params);
});

const unusable: [string, Unusable][] = [
  [`x ${CM} inline:${KEY_30}`, 'malformed'],
  [`1 ${CM} ${KEY_30}`, 'malformed'],
  ['', 'malformed'],
  [`1 AES_256_CM_HMAC_SHA1_80 inline:${KEY_30}`, 'key length'],
  [`1 AES_CM_512_HMAC_SHA1_80 inline:${KEY_30}`, 'suite'],
  [`1 toString inline:${KEY_30}`, 'suite'],
  [`1 ${CM} inline:${KEY_28}`, 'key length'],
  [`1 AEAD_AES_128_GCM inline:${KEY_30}`, 'key length'],
  [`1 ${CM} inline:${KEY_30.slice(0, -1)}!`, 'key length'],
  [`1 ${CM} inline:`, 'key length'],
  [`1 ${CM} inline:${KEY_30}|2^31|1:0`, 'mki'],
  [`1 ${CM} inline:${KEY_30}|1:129`, 'mki'],
  [`1 ${CM} inline:${KEY_30}|256:1`, 'mki'],
  [`1 ${CM} inline:${KEY_30}|x:4`, 'mki'],
  [`1 ${CM} inline:${KEY_30}|1:4|2^31`, 'malformed'],
  [`1 ${CM} inline:${KEY_30}|1:4;inline:${OTHER_KEY_30}|2:4`, 'several keys'],
  [`1 ${CM} inline:${KEY_30}|2^10`, 'lifetime'],
  [`1 ${CM} inline:${KEY_30}|2^49`, 'lifetime'],
  [`1 ${CM} inline:${KEY_30}|x`, 'lifetime'],
  [`1 ${CM} inline:${KEY_30} UNENCRYPTED_SRTP`, 'session parameter'],
  [`1 ${CM} inline:${KEY_30} UNENCRYPTED_SRTCP`, 'session parameter'],
  [`1 ${CM} inline:${KEY_30} WSH=64 UNAUTHENTICATED_SRTP`, 'session parameter'],
  [`1 ${CM} inline:${KEY_30} KDR=1`, 'session parameter'],
  [`1 ${CM} inline:${KEY_30} FEC_ORDER=FEC_SRTP`, 'session parameter'],
  [`1 ${CM} inline:${KEY_30} NEW_THING`, 'session parameter'],
];

for (const [index, [text, why]] of unusable.entries()) {
  test(`unusable ${index}: ${why}`, (t) => t.is(parseCrypto(text) as Unusable, why));
}

test('a short tag is taken only where there is nothing better', (t) => {
  const line = (tag: number, suite: string) => parseCrypto(`${tag} ${suite} inline:${KEY_30}`) as CryptoLine;
  const [short, long] = [line(1, 'AES_CM_128_HMAC_SHA1_32'), line(2, CM)];
  t.is(preferredCrypto([short, long])?.tag, 2);
  t.is(preferredCrypto([short])?.tag, 1);
  t.is(preferredCrypto([]), null);
});
