import { seededChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import type { LegGeneration, MediaLeg } from '../media/door.ts';
import { writeSdp } from '../media/sdp/description.ts';
import { makeOffer, type OfferParts } from '../media/sdp/offer.ts';
import { codec, pcma } from '../media/testing/peer.ts';
import { type Keying, Party } from './party.ts';
import { Keyings } from './phones/keyings.ts';

const print = (byte: string) => `sha-256 ${Array.from({ length: 32 }, () => byte).join(':')}`;
const BOX = print('B0');

function party(keying: Keying, mayBePlain = false) {
  const generations: LegGeneration[] = [];
  const shown: Keying[] = [];
  const media: MediaLeg = {
    rtpPort: 7000,
    streams: async () => ({ heard: null, sent: null }),
    rtcpPort: 7001,
    fingerprint: BOX,
    configure: (generation) => generations.push(generation),
    play: async () => 'ended',
    stopPlaying() {},
    close() {},
    listenForTones() {},
    relayDigits() {},
    onDtmf() {},
  };
  const options = { media, address: '192.0.2.1', chance: seededChance(keying), keying, mayBePlain };
  const onKeying = (seen: Keying) => shown.push(seen);
  return { party: new Party({ ...options, onKeying }), shown, last: () => generations.at(-1)! };
}

const described = (parts: Partial<OfferParts> = {}): Buffer =>
  writeSdp(
    makeOffer({
      address: '192.0.2.7',
      port: 4000,
      codecs: [pcma],
      direction: 'sendrecv',
      crypto: null,
      sessionId: '1',
      version: 1,
      ...parts,
    }),
  );

/** A caller whose offer is plain, so that only the other side's keys matter. */
function caller() {
  const { party: from } = party('plain', true);
  from.takeOffer(described());
  return from;
}

const mLine = (sdp: Buffer | null) => /^m=.*/m.exec(String(sdp))?.[0];

for (const [keying, profile, crypto, print] of [
  ['sdes', 'RTP/SAVP', 2, false],
  ['optional', 'RTP/AVP', 2, false],
  ['dtls', 'UDP/TLS/RTP/SAVP', 0, true],
  ['plain', 'RTP/AVP', 0, false],
] as const) {
  test(`${keying}: what a party is offered first, in a packet`, (t) => {
    const offer = String(party(keying, true).party.offerFrom(caller()));
    t.is(mLine(Buffer.from(offer)), `m=audio 7000 ${profile} 8`);
    t.is(offer.match(/^a=crypto:/gm)?.length ?? 0, crypto);
    t.is(offer.includes(`a=fingerprint:${BOX}\r\na=setup:actpass`), print);
    t.is(offer.includes('a=rtcp-mux'), print);
  });
}

test('an offer of everything we carry leaves an INVITE room for its headers in 1300 bytes', (t) => {
  for (const keying of ['sdes', 'dtls'] as const) {
    const { length } = party(keying).party.offerAgain();
    t.true(length < 700, `${keying}: ${length}`);
  }
});

test('keys that are offered and not taken: the end where they are demanded, the clear where there is an exception', (t) => {
  for (const [keying, mayBePlain, taken] of [
    ['sdes', false, false],
    ['sdes', true, false],
    ['dtls', true, false],
    ['optional', false, false],
    ['optional', true, true],
    ['plain', true, true],
  ] as const) {
    const { party: to } = party(keying, mayBePlain);
    to.offerFrom(caller());
    t.is(to.takeAnswer(described()), taken, `${keying} ${mayBePlain}`);
  }
});

test('DTLS is answered passively, and a leg waits for the handshake with whom the description names', (t) => {
  const { party: phone, last, shown } = party('sdes');
  const other = caller();
  other.offerFrom(phone);
  const { party: callee } = party('plain', true);
  callee.offerFrom(other);
  callee.takeAnswer(described());
  t.is(phone.takeOffer(described({ dtls: { fingerprint: print('AA'), setup: 'actpass' } })), null);
  t.deepEqual(shown, ['dtls']);
  const answer = String(phone.answerFor(callee));
  t.regex(answer, /^m=audio 7000 UDP\/TLS\/RTP\/SAVP 8\r\n/m);
  t.true(answer.includes(`a=fingerprint:${BOX}\r\na=setup:passive`));
  t.like(last(), { keys: null, dtls: { role: 'server' } });
  t.deepEqual(last().dtls?.fingerprint.value, Buffer.alloc(32, 0xaa));

  // What it has shown to speak is what it is offered from now on.
  const again = String(phone.offerAgain());
  t.regex(again, /^m=audio 7000 UDP\/TLS\/RTP\/SAVP 8\r\n/m);
  t.true(phone.takeAnswer(described({ dtls: { fingerprint: print('AA'), setup: 'passive' } })));
  t.is(last().dtls?.role, 'client');
  // It leaves the choice to us again: the association stands, so the roles do.
  phone.takeOffer(described({ dtls: { fingerprint: print('AA'), setup: 'actpass' } }));
  t.true(String(phone.answerAgain()).includes('a=setup:active'));
  t.is(last().dtls?.role, 'client');
  // Another certificate is another association.
  phone.takeOffer(described({ dtls: { fingerprint: print('CC'), setup: 'actpass' } }));
  t.true(String(phone.answerAgain()).includes('a=setup:passive'));
  t.is(last().dtls?.role, 'server');
});

test('a fingerprint of a broken hash, or of the wrong length, is none', (t) => {
  const { party: phone } = party('dtls');
  for (const fingerprint of [`sha-1 ${print('AA').slice(8, 67)}`, `${print('AA')}:AA`, 'sha-256 zz', 'md5 AA'])
    t.like(phone.takeOffer(described({ dtls: { fingerprint, setup: 'actpass' } })), { status: 488 }, fingerprint);
});

const fax = (attributes: readonly string[] = [], port = 4000): Buffer =>
  Buffer.from(
    ['v=0', 'o=- 1 1 IN IP4 192.0.2.7', 's=-', 'c=IN IP4 192.0.2.7', 't=0 0', `m=image ${port} udptl t38`, ...attributes, '']
      .join('\r\n'),
  ); // biome-ignore format: lines of a description

test('a fax takes the place of the sound, as both machines say of themselves, and gives it back', (t) => {
  const [a, b] = [party('plain', true), party('plain', true)];
  a.party.takeOffer(described());
  b.party.offerFrom(a.party);
  b.party.takeAnswer(described());
  a.party.answerFor(b.party);
  const says = ['a=T38FaxVersion:0', 'a=T38FaxUdpEC:t38UDPRedundancy'];
  t.is(a.party.takeOffer(fax([...says, 'a=sendrecv', 'a=x-secret:1'])), null);
  t.true(a.party.changesTerms);
  const offer = String(b.party.offerFrom(a.party));
  t.true(offer.endsWith(`m=image 7000 udptl t38\r\n${says.join('\r\n')}\r\n`), offer);
  t.is(offer.match(/^m=/gm)?.length, 1, 'in the place of the sound');
  t.true(b.party.takeAnswer(fax(['a=T38FaxVersion:3'])));
  t.like(b.last(), { fax: true, receive: [], send: [], keys: null });
  t.true(String(a.party.answerFor(b.party)).endsWith('m=image 7000 udptl t38\r\na=T38FaxVersion:3\r\n'));
  t.like(a.last(), { fax: true, remote: { address: '192.0.2.7', rtp: 4000 } });

  a.party.takeOffer(described());
  t.true(a.party.changesTerms);
  const back = String(b.party.offerFrom(a.party));
  t.deepEqual(back.match(/^m=.*/gm), ['m=audio 7000 RTP/AVP 8']);
  t.true(b.party.takeAnswer(described()));
  t.regex(String(a.party.answerFor(b.party)), /^m=audio 7000 RTP\/AVP 8/m);
  t.like(a.last(), { receive: [pcma], send: [pcma] });
  t.falsy(a.last().fax);
});

test('a fax goes neither from nor to a party that must be encrypted', (t) => {
  t.like(party('sdes').party.takeOffer(fax()), { status: 488 });
  const sender = party('plain', true).party;
  t.is(sender.takeOffer(fax()), null);
  t.is(party('sdes').party.offerFrom(sender), null);
});

test('a phone that offers sound and a fax at once gets the sound', (t) => {
  const { party: phone } = party('plain', true);
  const { party: other } = party('plain', true);
  phone.takeOffer(Buffer.concat([described(), Buffer.from('m=image 4002 udptl t38\r\n')]));
  t.deepEqual(String(other.offerFrom(phone)).match(/^m=.*/gm), ['m=audio 7000 RTP/AVP 8']);
  other.takeAnswer(described());
  const answer = String(phone.answerFor(other));
  t.deepEqual(answer.match(/^m=.*/gm), ['m=audio 7000 RTP/AVP 8', 'm=image 0 udptl t38']);
});

test('an account is offered what its phone has shown, and never less than it must', (t) => {
  const keyings = new Keyings();
  const strict = { secure: true, mayBePlain: false };
  t.is(keyings.for('anna', strict), 'sdes');
  keyings.saw('anna', 'dtls');
  t.is(keyings.for('anna', strict), 'dtls');
  for (const seen of ['plain', 'optional'] as const) {
    keyings.saw('anna', seen);
    t.is(keyings.for('anna', strict), 'sdes');
    t.is(keyings.for('anna', { secure: true, mayBePlain: true }), 'optional');
    // Keys are not written where everybody reads them.
    t.is(keyings.for('anna', { secure: false, mayBePlain: true }), 'plain');
  }
});

test('a change of codec concerns the other side, a new key does not', (t) => {
  const { party: phone } = party('sdes');
  const { party: callee } = party('plain', true);
  phone.takeOffer(described({ dtls: { fingerprint: print('AA'), setup: 'active' } }));
  callee.offerFrom(phone);
  callee.takeAnswer(described());
  phone.answerFor(callee);
  phone.takeOffer(described({ dtls: { fingerprint: print('AC'), setup: 'active' }, port: 4444 }));
  t.false(phone.changesTerms);
  const g722 = { payloadType: 9, codec: codec('G722') };
  phone.takeOffer(described({ dtls: { fingerprint: print('AA'), setup: 'active' }, codecs: [g722] }));
  t.true(phone.changesTerms);
});
