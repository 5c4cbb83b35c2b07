import { randomInt } from 'node:crypto';
import { Problem } from '@belkluis/shared/base/problem';
import test from 'ava';
import fc from 'fast-check';
import { sdpOf } from '../../sip/dialog/body.ts';
import { Headers } from '../../sip/message/headers.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import { metadataIn } from './body.ts';
import { directionOf } from './built-in-bridge.ts';
import { MAX_DEPTH, MAX_ELEMENTS, MAX_METADATA_BYTES, MAX_REMEMBERED, MAX_TEXT } from './limits.ts';
import { apply, type Metadata } from './metadata/model.ts';
import { partyOf, presentIn } from './metadata/parties.ts';
import { readMetadata } from './metadata/read.ts';
import { place, standingOf } from './placing.ts';
import { isMarked } from './sources.ts';
import { readStreams } from './streams.ts';
import { vector, vendorFile, vendorsAtHand, vendorVector } from './testing/vectors.ts';

const fallback = { caller: 'from', callee: 'to', told: null };

/** What a message tells: labels of each pair of streams, and who speaks with whom. */
function told(message: SipRequest): string[] {
  const update = metadataIn(message);
  if (update instanceof Problem) throw update;
  const metadata = update && apply(null, update);
  const offer = readStreams(sdpOf(message)!, { plain: true, secure: false });
  if ('status' in offer) throw new Error(offer.reason);
  const lines = offer.streams.map(({ audio: { index, label } }) => ({ index, label }));
  return place(lines, metadata).map((pair) => {
    const { caller, callee } = standingOf(pair, metadata, fallback);
    return `${pair.lines.map(({ label }) => label).join('+')} ${caller} > ${callee}`;
  });
}

const dialects: Readonly<Record<string, readonly string[]>> = {
  rfc7865: ['1+2 mies > +31201234567'],
  'draft-nested': ['16777302+16777301 +31611112222 > 2001'],
  'prefixed-mixed': ['10 2002 > +3110555123'],
  'three-streams': ['a_leg+b_leg 3001 > 3002'],
  'no-streams': ['0+1 4001 > 4002'],
  conference: ['3+2 5001 > 5002', '1 5003 > 5001'],
  paused: ['1+2 7001 > 7002'],
  'sdp-only': ['1+2 from > to'],
};

for (const [name, expected] of Object.entries(dialects)) {
  test(`${name}: known for what it is, its streams and its parties`, (t) => {
    const message = vector(name);
    t.true(isMarked(message));
    t.deepEqual(told(message), expected);
  });
}

test('a built-in bridge says in two INVITEs whose voice each is, and of which call', (t) => {
  const [near, far] = [vector('bridge-near'), vector('bridge-far')].map(directionOf);
  t.deepEqual(near, { call: '28001', voice: 'near', caller: '+31887770001', callee: '6001' });
  t.deepEqual(far, { ...near!, voice: 'far' });
  t.is(directionOf(vector('sdp-only')), null);
});

if (vendorsAtHand) {
  const vendors: Readonly<Record<string, readonly string[]>> = {
    'bodies/cisco-cube.txt': ['1+2 7301 > 7300'],
    'bodies/cisco-cube-paused.txt': ['1+2 0733165805 > +972546136443'],
    'bodies/oracle-acme.txt': ['16777227+16777228 9000 > 1002'],
    'full-invites/audiocodes_mediant_ve_7.20A.txt': ['1+2 +18888888888 > +17777777777'],
  };
  for (const [path, expected] of Object.entries(vendors)) {
    test(`${path}: its streams and its parties`, (t) => t.deepEqual(told(vendorVector(path)), expected));
  }

  test('the examples of RFC 7865: a call of two, which one of them then leaves', (t) => {
    const before = apply(null, readMetadata(vendorFile('rfc7865/Rfc7865-8.1.xml')));
    const names = (metadata: Metadata) => presentIn(metadata, 'hVpd7YQgRW2nD22h7q60JQ==').map(({ party }) => party);
    t.deepEqual(names(before), ['bob', 'Paul']);
    t.deepEqual(names(apply(before, readMetadata(vendorFile('rfc7865/Rfc7865-8.2.xml')))), ['Paul']);
  });
}

test('a partial update moves one party out and another in; a complete one forgets what it does not say', (t) => {
  const lines = {
    lines: [
      { index: 0, label: '1' },
      { index: 1, label: '2' },
    ],
  } as const;
  const whole = metadataIn(vector('rfc7865'));
  const part = metadataIn(vector('update-transfer'));
  if (!whole || !part || whole instanceof Problem || part instanceof Problem) return t.fail();
  const before = apply(null, whole);
  const after = apply(before, part);
  t.like(standingOf(lines, after, fallback), { session: 'c2Vzc2lvbi1vbmUAAAAAAA==', caller: 'mies', callee: 'teun' });
  t.like(standingOf(lines, apply(after, whole), fallback), { caller: 'mies', callee: '+31201234567' });
  t.is(after.participants.find(({ aor }) => aor === 'tel:+31201234567')?.name, 'Gijs', 'a part does not erase a name');
  const back = apply(after, {
    ...part,
    participants: [],
    uses: [],
    presences: [{ ...part.presences[0]!, from: Date.parse('2026-03-02T09:04:00Z'), until: null }],
  });
  t.is(presentIn(back, 'c2Vzc2lvbi1vbmUAAAAAAA==').length, 3, 'who left may come back');
  return undefined;
});

test('a party is its number or user, in whatever an address is written, and nothing that a page or a log could mistake', (t) => {
  const forms = {
    'sip:anna@example.nl;user=phone': 'anna',
    'sips:%2B3120@example.nl': '+3120',
    'tel:+31201234567': '+31201234567',
    '+18005550100@198.51.100.7': '+18005550100',
    '<sip:9000@192.0.2.1>': '9000',
    'a\u0000b\nc\u202Ed@x': 'abcd',
    '': 'unknown',
    'sip:192.0.2.1': '192.0.2.1',
    'sip:+31688776655@anonymous.invalid': 'anonymous',
    'sip:Anonymous@sbc.example': 'anonymous',
    Restricted: 'anonymous',
  };
  for (const [address, party] of Object.entries(forms)) t.is(partyOf(address), party, JSON.stringify(address));
  t.is(partyOf(`sip:${'x'.repeat(500)}@h`).length, 128);
});

test('a caller whose name a source hides is hidden, although the address beside it says who it is', (t) => {
  const known = apply(
    null,
    readMetadata(
      Buffer.from(
        '<recording><datamode>complete</datamode><participant id="p"><nameID aor="sip:+31688776655@sbc.example"><name>Anonymous</name></nameID></participant></recording>',
      ),
    ),
  );
  t.deepEqual(
    presentIn(known, null).map(({ party }) => party),
    ['anonymous'],
  );
});

const refused = (xml: string | Buffer): string => {
  try {
    readMetadata(Buffer.from(xml));
    return 'read';
  } catch (problem) {
    return problem instanceof Problem ? problem.code : `thrown: ${problem}`;
  }
};

test('no document makes the box fetch, expand or hold more than it may', (t) => {
  const bomb = `<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><recording>&b;</recording>`;
  t.is(refused(bomb), 'metadata_forbidden');
  t.is(refused('<!DOCTYPE recording SYSTEM "file:///etc/passwd"><recording/>'), 'metadata_forbidden');
  t.is(refused('<recording>&xxe;</recording>'), 'metadata_malformed');
  t.is(refused('<recording><session id="a"></recording>'), 'metadata_malformed');
  t.is(refused('<html/>'), 'metadata_foreign');
  t.is(refused(''), 'metadata_malformed');
  t.is(refused('<a>'.repeat(MAX_DEPTH + 1)), 'metadata_too_large');
  t.is(refused(`<recording>${'<x/>'.repeat(MAX_ELEMENTS)}</recording>`), 'metadata_too_large');
  t.is(refused(`<recording><x>${'y'.repeat(MAX_TEXT + 1)}</x></recording>`), 'metadata_too_large');
  t.is(refused(`<recording x="${'y'.repeat(MAX_TEXT + 1)}"/>`), 'metadata_too_large');
  t.is(refused(Buffer.alloc(MAX_METADATA_BYTES + 1, ' ')), 'metadata_too_large');
  let known: Metadata | null = null;
  const grow = () => {
    for (let at = 0; at <= MAX_REMEMBERED; at++) {
      const xml = `<recording><datamode>partial</datamode><participant id="p${at}"/></recording>`;
      known = apply(known, readMetadata(Buffer.from(xml)));
    }
  };
  t.is(t.throws(grow)?.name, 'Problem', 'many small updates are one large one');
});

test('whatever is cut, smudged or repeated in a document, it is read or refused, with a code, and names nobody in its error', (t) => {
  const seed = randomInt(2 ** 31);
  t.log(`seed ${seed}`);
  const names = ['rfc7865', 'draft-nested', 'prefixed-mixed', 'three-streams', 'no-streams', 'update-transfer'];
  const damage = fc.record({
    name: fc.constantFrom(...names),
    cut: fc.option(fc.nat(3000)),
    smudges: fc.array(
      fc.tuple(fc.nat(3000), fc.constantFrom('<', '>', '&', '"', '\0', '/', ':', 'id=', ']]>', '\xff')),
      { maxLength: 4 },
    ),
    twice: fc.boolean(),
  });
  fc.assert(
    fc.property(damage, ({ name, cut, smudges, twice }) => {
      const message = vector(name);
      let text = message.body.toString('latin1');
      for (const [at, what] of smudges) text = text.slice(0, at % text.length) + what + text.slice(at % text.length);
      if (cut !== null) text = text.slice(0, cut);
      if (twice) text += text;
      const result = metadataIn({ ...message, body: Buffer.from(text, 'latin1') });
      if (result instanceof Problem) return !/mies|gijs|2001|\+31/i.test(result.message);
      if (result === null) return true;
      const metadata = apply(null, result);
      return presentIn(metadata, null).every(({ party }) => party !== '' && party.length <= 128);
    }),
    { seed, numRuns: 500 },
  );
  t.pass();
});

test('an INVITE of a phone is no recording session', (t) => {
  const message = vector('sdp-only');
  t.true(isMarked(message));
  const entries = message.headers.entries().map(([name, value]) => [name, value.replace(';+sip.src', '')] as const);
  t.false(isMarked({ ...message, headers: Headers.of(entries) }));
});
