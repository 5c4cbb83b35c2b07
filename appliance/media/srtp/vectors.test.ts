/** Published numbers: what another implementation would put on the wire. */
import test from 'ava';
import { CounterModeTransform } from './counter-mode.ts';
import { GcmTransform } from './gcm.ts';
import type { SrtpKey } from './key.ts';
import { deriveSessionKeys } from './key-derivation.ts';
import { SrtpOpener } from './opener.ts';
import { SrtpSealer } from './sealer.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

const masterKey = hex('e1f97a0d3e018be0d64fa32c06de4139');
const masterSalt = hex('0ec675ad498afeebb6960b3aabe6');
const cm80: SrtpKey = { suite: 'AES_CM_128_HMAC_SHA1_80', masterKey, masterSalt };

test('RFC 3711 B.3: session keys of a master key', (t) => {
  const keys = deriveSessionKeys(cm80, 'rtp');
  t.is(keys.encryption.toString('hex'), 'c61e7a93744f39ee10734afe3ff7a087');
  t.is(keys.salt.toString('hex'), '30cbbc08863d8c85d49db34a9ae1');
  t.is(keys.authentication.toString('hex'), 'cebe321f6ff7716b6fd4ab49af256a156d38baa4');
});

test('RFC 3711 B.2: keystream of AES-CM', (t) => {
  const transform = new CounterModeTransform(
    {
      encryption: hex('2b7e151628aed2a6abf7158809cf4f3c'),
      authentication: Buffer.alloc(20),
      salt: hex('f0f1f2f3f4f5f6f7f8f9fafbfcfd'),
    },
    10,
  );
  // The vector has SSRC, ROC and sequence 0; what is sealed of zeros is the keystream itself.
  const packet = Buffer.concat([hex('80000000 00000000 00000000'), Buffer.alloc(48)]);
  t.is(
    transform.sealRtp(packet, 12, 0).toString('hex', 12, 60),
    'e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab41e95b3bb0a2e8dd477901e4fca894c0',
  );
});

const plain = hex('800f1234decafbadcafebabe abababababababababababababababab');

const sealedBy = {
  AES_CM_128_HMAC_SHA1_80: '4e55dc4ce79978d88ca4d215949d2402 b78d6acc99ea179b8dbb',
  AES_CM_128_HMAC_SHA1_32: '4e55dc4ce79978d88ca4d215949d2402 b78d6acc',
} as const;

for (const [suite, rest] of Object.entries(sealedBy)) {
  test(`one packet under the master key of RFC 3711 B.3, ${suite}`, (t) => {
    const key = { suite: suite as keyof typeof sealedBy, masterKey, masterSalt };
    const sealed = Buffer.concat([plain.subarray(0, 12), hex(rest)]);
    t.deepEqual(Buffer.from(new SrtpSealer(key).sealRtp(plain)), sealed);
    t.deepEqual(new SrtpOpener(key).openRtp(sealed), plain);
  });
}

test('an SRTCP packet under the same master key', (t) => {
  const sealed = hex('81c8000bcafebabe 7128035be487b9bdbef89041f977a5a8 80000001 993e08cd54d6c1230798');
  t.deepEqual(new SrtpOpener(cm80).openRtcp(sealed), hex('81c8000bcafebabe abababababababababababababababab'));
});

const gcmKeys = {
  encryption: hex('000102030405060708090a0b0c0d0e0f'),
  authentication: Buffer.alloc(20),
  salt: hex('517569642070726f2071756f'),
};

test('RFC 7714 16.1: AES-128-GCM, RTP', (t) => {
  const header = hex('8040f17b8041f8d35501a0b2');
  const packet = Buffer.concat([header, Buffer.from('Gallia est omnis divisa in partes tres')]);
  const sealed = Buffer.concat([
    header,
    hex('f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833'),
    hex('899d7f27beb16a9152cf765ee4390cce'),
  ]);
  const transform = new GcmTransform(gcmKeys);
  t.deepEqual(Buffer.from(transform.sealRtp(packet, 12, 0)), sealed);
  t.deepEqual(transform.openRtp(sealed, 12, 0), packet);
});

const senderReport = hex(`81c8000d4d6172734e5450314e545032525450200000042a0000e930
  4c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef`);

test('RFC 7714 17.1: AES-128-GCM, RTCP', (t) => {
  const sealed = hex(
    `81c8000d4d617273 63e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda
     4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade 800005d4`.replaceAll('\n', ''),
  );
  const transform = new GcmTransform(gcmKeys);
  t.deepEqual(Buffer.from(transform.sealRtcp(senderReport, 0x5d4)), sealed);
  t.deepEqual(transform.openRtcp(sealed), senderReport);
});

test('RFC 7714 17.3: RTCP that is authenticated and not encrypted', (t) => {
  const sealed = Buffer.concat([senderReport, hex('841dd9683dd78ec92ae58790125f62b3000005d4')]);
  t.deepEqual(new GcmTransform(gcmKeys).openRtcp(sealed), senderReport);
});

test('RFC 7714 11: session keys from a salt of 12 bytes', (t) => {
  const key: SrtpKey = {
    suite: 'AEAD_AES_128_GCM',
    masterKey: hex('000102030405060708090a0b0c0d0e0f'),
    masterSalt: hex('a0a1a2a3a4a5a6a7a8a9aaab'),
  };
  const sealed = Buffer.concat([
    plain.subarray(0, 12),
    hex('c5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a127e8a392'),
  ]);
  t.deepEqual(Buffer.from(new SrtpSealer(key).sealRtp(plain)), sealed);
});

const longer = [
  {
    rfc: 'RFC 6188 7.2',
    suite: 'AES_256_CM_HMAC_SHA1_80',
    masterKey: 'f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6',
    masterSalt: '3b04803de51ee7c96423ab5b78d2',
    encryption: '5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4',
    salt: 'fa31791685ca444a9e07c6c64e93',
    authentication: 'fd9c32d39ed5fbb5a9dc96b30818454d1313dc05',
  },
  {
    rfc: 'RFC 6188 7.4',
    suite: 'AES_192_CM_HMAC_SHA1_32',
    masterKey: '73edc66c4fa15776fb57f9505c17136550ffda71f3e8e5f1',
    masterSalt: 'c8522f3acd4ce86d5add78edbb11',
    encryption: '31874736a8f1143870c26e4857d8a5b2c4a354407faadabb',
    salt: '2372b82d639b6d8503a47adc0a6c',
    authentication: '355b10973cd95b9eacf4061c7e1a7151e7cfbfcb',
  },
] as const;

for (const { rfc, suite, ...vector } of longer) {
  test(`${rfc}: session keys of ${suite}`, (t) => {
    const key = { suite, masterKey: hex(vector.masterKey), masterSalt: hex(vector.masterSalt) };
    const keys = deriveSessionKeys(key, 'rtp');
    t.is(keys.encryption.toString('hex'), vector.encryption);
    t.is(keys.salt.toString('hex'), vector.salt);
    t.is(keys.authentication.toString('hex'), vector.authentication);
  });
}

test('one packet under the master key of RFC 6188 7.2', (t) => {
  const { masterKey, masterSalt } = longer[0];
  const key: SrtpKey = { suite: 'AES_256_CM_HMAC_SHA1_80', masterKey: hex(masterKey), masterSalt: hex(masterSalt) };
  const sealed = Buffer.concat([plain.subarray(0, 12), hex('f1d9de17ff251ff1aa007774b0b4b40da08d9d9a5b3a55d8873b')]);
  t.deepEqual(Buffer.from(new SrtpSealer(key).sealRtp(plain)), sealed);
});

test('RFC 7714 16.2: AES-256-GCM, RTP', (t) => {
  const header = hex('8040f17b8041f8d35501a0b2');
  const packet = Buffer.concat([header, Buffer.from('Gallia est omnis divisa in partes tres')]);
  const sealed = Buffer.concat([
    header,
    hex('32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b'),
    hex('7aa3db36dfffd6b0f9bb7878d7a76c13'),
  ]);
  const encryption = hex('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f');
  const transform = new GcmTransform({ ...gcmKeys, encryption });
  t.deepEqual(Buffer.from(transform.sealRtp(packet, 12, 0)), sealed);
  t.deepEqual(transform.openRtp(sealed, 12, 0), packet);
});
