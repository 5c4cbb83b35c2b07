/** Microseconds to open and seal one SRTP packet of G.711: ours, and werift's in the same run. Prints one line of JSON. */
import { systemChance } from '@belkluis/shared/base/chance';
import { RtpHeader, SrtpSession } from 'werift';
import { writeRtp } from '../../appliance/media/rtp.ts';
import { type CryptoSuite, newSrtpKey, type SrtpKey } from '../../appliance/media/srtp/key.ts';
import { SrtpOpener } from '../../appliance/media/srtp/opener.ts';
import { SrtpSealer } from '../../appliance/media/srtp/sealer.ts';

const PACKETS = 20_000;
const RUNS = 7;
const SSRC = 0x1234_5678;

/** A 20 ms packet of G.711: 172 bytes. */
const plain = (sequence: number): Buffer =>
  writeRtp({ payloadType: 8, sequence: sequence & 0xffff, timestamp: sequence * 160, ssrc: SSRC }, Buffer.alloc(160));

/** Opens packet number `sequence` under one key and seals it under another, as a relay does. */
type Hop = (sealed: Buffer) => Uint8Array | null;

/** The best of several runs: what disturbs a run only ever makes it slower. */
function microseconds(incoming: SrtpKey, hop: Hop): number {
  const sender = new SrtpSealer(incoming);
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const packets = Array.from({ length: PACKETS }, (_, i) => Buffer.from(sender.sealRtp(plain(run * PACKETS + i))));
    const begun = process.hrtime.bigint();
    for (const packet of packets)
      if (hop(packet) === null) throw new Error('A packet was refused: the figures would mean nothing.');
    best = Math.min(best, Number(process.hrtime.bigint() - begun) / 1000 / PACKETS);
  }
  return best;
}

function ours(suite: CryptoSuite): number {
  const incoming = newSrtpKey(suite, systemChance);
  const opener = new SrtpOpener(incoming);
  const sealer = new SrtpSealer(newSrtpKey(suite, systemChance));
  return microseconds(incoming, (sealed) => {
    const opened = opener.openRtp(sealed);
    return opened && sealer.sealRtp(opened);
  });
}

function werifts(): number {
  const incoming = newSrtpKey('AES_CM_128_HMAC_SHA1_80', systemChance);
  const outgoing = newSrtpKey('AES_CM_128_HMAC_SHA1_80', systemChance);
  const session = new SrtpSession({
    profile: 1,
    keys: {
      localMasterKey: outgoing.masterKey,
      localMasterSalt: outgoing.masterSalt,
      remoteMasterKey: incoming.masterKey,
      remoteMasterSalt: incoming.masterSalt,
    },
  });
  return microseconds(incoming, (sealed) => {
    const opened = session.decrypt(sealed);
    const header = RtpHeader.deSerialize(opened);
    return session.encrypt(opened.subarray(header.payloadOffset), header);
  });
}

const round = (value: number): number => Math.round(value * 100) / 100;
const aesCm80 = ours('AES_CM_128_HMAC_SHA1_80');
const aesGcm = ours('AEAD_AES_128_GCM');
const werift = werifts();
console.log(
  JSON.stringify({
    aesCm80Us: round(aesCm80),
    aesGcmUs: round(aesGcm),
    ratioToWerift: Math.round((aesCm80 / werift) * 1000) / 1000,
    packets: PACKETS * RUNS,
    bytes: plain(0).length,
  }),
);
