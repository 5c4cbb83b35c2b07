/** Another implementation opens what we seal, and we what it seals. */
import { seededChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import { RtpHeader, SrtcpSession, SrtpSession } from 'werift';
import { writeRtp } from '../rtp.ts';
import { newSrtpKey } from './key.ts';
import { SrtpOpener } from './opener.ts';
import { SrtpSealer } from './sealer.ts';

const PROFILE_CM_80 = 1;

function ends(seed: string) {
  const key = newSrtpKey('AES_CM_128_HMAC_SHA1_80', seededChance(seed));
  const keys = {
    localMasterKey: key.masterKey,
    localMasterSalt: key.masterSalt,
    remoteMasterKey: key.masterKey,
    remoteMasterSalt: key.masterSalt,
  };
  const config = { profile: PROFILE_CM_80, keys } as ConstructorParameters<typeof SrtpSession>[0];
  return {
    ours: { sealer: new SrtpSealer(key), opener: new SrtpOpener(key) },
    theirs: { rtp: new SrtpSession(config), rtcp: new SrtcpSession(config) },
  };
}

const packet = (sequence: number) =>
  writeRtp({ payloadType: 8, sequence, timestamp: 160 * sequence, ssrc: 0xdeadbeef }, Buffer.alloc(160, sequence));

test('RTP, both ways, over a sequence wrap', (t) => {
  const { ours, theirs } = ends('rtp');
  for (let count = 0; count < 400; count++) {
    const plain = packet((65_400 + count) & 0xffff);
    const sealed = Buffer.from(ours.sealer.sealRtp(plain));
    t.deepEqual(Buffer.from(theirs.rtp.decrypt(sealed)), plain);
    const header = RtpHeader.deSerialize(plain);
    t.deepEqual(ours.opener.openRtp(theirs.rtp.encrypt(plain.subarray(12), header)), plain);
  }
});

test('RTCP, both ways', (t) => {
  const { ours, theirs } = ends('rtcp');
  const report = Buffer.from('80c90001deadbeef81ca0003deadbeef0104746573740000', 'hex');
  for (let count = 0; count < 10; count++) {
    t.deepEqual(Buffer.from(theirs.rtcp.decrypt(Buffer.from(ours.sealer.sealRtcp(report)))), report);
    t.deepEqual(ours.opener.openRtcp(theirs.rtcp.encrypt(report)), report);
  }
});
