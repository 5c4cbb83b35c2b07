import { seededChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import type { MediaLeg } from '../media/door.ts';
import { Party } from './party.ts';

const leg = (): MediaLeg => ({ rtpPort: 40_000, configure() {}, close() {} }) as unknown as MediaLeg;

const party = (codecs?: readonly string[]) =>
  new Party({
    media: leg(),
    address: '192.0.2.1',
    chance: seededChance(String(codecs)),
    keying: 'plain',
    mayBePlain: true,
    ...(codecs ? { codecs } : {}),
  });

/** G.722, mu-law, A-law, digits, as a phone offers them. */
const OFFER = Buffer.from(
  [
    'v=0',
    'o=- 1 1 IN IP4 192.0.2.2',
    's=-',
    'c=IN IP4 192.0.2.2',
    't=0 0',
    'm=audio 50000 RTP/AVP 9 0 8 101',
    'a=rtpmap:101 telephone-event/8000',
    '',
  ].join('\r\n'),
);

const formats = (sdp: Buffer | null) => /^m=audio \d+ \S+ (.*)$/m.exec(String(sdp))?.[1]?.trim();

test('a peer is offered what it may speak, in its own order, and digits along', (t) => {
  const phone = party();
  t.is(phone.takeOffer(OFFER), null);
  t.is(formats(party(['PCMA', 'PCMU']).offerFrom(phone)), '8 0 101');
  t.is(formats(party().offerFrom(phone)), '9 0 8 101');
});

test('a peer that calls gets in the answer only what it may speak', (t) => {
  const [trunk, phone] = [party(['PCMA']), party()];
  trunk.takeOffer(OFFER);
  phone.offerFrom(trunk);
  t.true(phone.takeAnswer(OFFER));
  t.is(formats(trunk.answerFor(phone)), '8 101');
});
