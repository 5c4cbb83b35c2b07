import { seededChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import fc from 'fast-check';
import { fingerprintOf, newIdentity } from './certificate.ts';
import { HANDSHAKE_LIMIT_MS, MAX_BEGUN_ELSEWHERE } from './limits.ts';
import { boxAt, type Network, network, phoneAt } from './testing/network.ts';

const agreed = ({ phone, box }: Network) => {
  const [a, b] = [phone.keys(), box.keys()];
  return (
    a !== null && b !== null && a.seal.masterKey.equals(b.open.masterKey) && b.seal.masterKey.equals(a.open.masterKey)
  );
};

for (const phoneRole of ['client', 'server'] as const) {
  test(`phone as ${phoneRole}: both come to the same keys, under the best profile, without a wait`, (t) => {
    const net = network({ phoneRole });
    net.deliver();
    t.true(agreed(net));
    t.is(net.box.keys()!.open.suite, 'AEAD_AES_128_GCM');
    t.false(net.box.keys()!.open.masterKey.equals(net.box.keys()!.seal.masterKey));
    t.deepEqual(net.box.keys()!.from, phoneAt);
    t.deepEqual([net.phone.refused(), net.box.refused()], [0, 0]);
  });

  test(`phone as ${phoneRole}: a third of all packets get lost, and it still comes about`, (t) => {
    const seeds = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const outcomes = seeds.map((seed) => {
      const net = network({ phoneRole, seed });
      const chance = seededChance(seed);
      net.pass(HANDSHAKE_LIMIT_MS + 100, () => chance.bytes(1)[0]! < 85);
      t.true(agreed(net) || net.box.failed() === 'time' || net.phone.failed() === 'time', seed);
      return agreed(net);
    });
    t.true(outcomes.filter(Boolean).length >= 7, outcomes.join());
  });

  test(`phone as ${phoneRole}: a certificate that the description does not name is refused, and no key is made`, (t) => {
    const another = fingerprintOf(newIdentity(seededChance('another')).certificate);
    const net = network({ phoneRole, boxExpects: another });
    net.pass(2000);
    t.is(net.box.failed(), 'fingerprint');
    t.is(net.box.keys(), null);
    t.is(net.phone.keys(), null);
  });

  test(`phone as ${phoneRole}: whoever shows the phone's certificate without its key is refused`, (t) => {
    const chance = seededChance('thief');
    const victim = newIdentity(chance);
    const thief = { certificate: victim.certificate, privateKey: newIdentity(chance).privateKey };
    const net = network({ phoneRole, phoneIdentity: thief });
    net.pass(HANDSHAKE_LIMIT_MS + 100);
    t.is(net.box.keys(), null);
    t.not(net.box.failed(), null);
    t.true(net.box.refused() > 0);
  });

  test(`phone as ${phoneRole}: no bit of a handshake can be changed`, (t) => {
    const packets = network({ phoneRole });
    packets.deliver();
    const chance = seededChance('flip');
    for (const [index, { bytes }] of packets.sent.entries()) {
      for (let round = 0; round < 6; round++) {
        const net = network({ phoneRole });
        let count = 0;
        const at = 13 + (chance.bytes(4).readUInt32BE() % (bytes.length - 13));
        net.deliver((datagram) => {
          if (count++ !== index) return false;
          datagram.bytes[at] = datagram.bytes[at]! ^ 0x10;
          return false;
        });
        // Either the change was where nothing is said (a cookie, a length that is refused), or there are no keys; never different ones.
        const [a, b] = [net.phone.keys(), net.box.keys()];
        if (a && b) t.true(a.open.masterKey.equals(b.seal.masterKey), `datagram ${index}, byte ${at}`);
        // What was refused is repeated, and the handshake comes about all the same, or its time is up.
        net.pass(HANDSHAKE_LIMIT_MS + 100);
        t.true(
          agreed(net) || net.box.failed() !== null || net.phone.failed() !== null,
          `datagram ${index}, byte ${at}`,
        );
      }
    }
  });
}

test('a phone behind NAT is taken where it really is', (t) => {
  const real = { address: '198.51.100.3', port: 32_000 };
  const net = network({ phoneFrom: real });
  net.deliver();
  t.true(agreed(net));
  t.deepEqual(net.box.keys()!.from, real);
});

test('a stranger who comes first, with a certificate of its own, neither gets keys nor ends the handshake of the phone', (t) => {
  const stranger = { address: '192.0.2.66', port: 666 };
  const net = network();
  const theirs = network({ seed: 'stranger', phoneFrom: stranger });
  // What the stranger says goes to our box, and what our box answers goes to the stranger.
  let heard = 0;
  let answered = 0;
  for (let round = 0; round < 5; round++) {
    while (heard < theirs.sent.length) {
      const { bytes, from } = theirs.sent[heard++]!;
      if (from === stranger) net.box.association.receive(bytes, stranger, 0);
    }
    for (; answered < net.sent.length; answered++) {
      const { bytes, to } = net.sent[answered]!;
      if (to.address === stranger.address) theirs.phone.association.receive(bytes, boxAt, 0);
    }
  }
  t.is(net.box.keys(), null);
  t.is(net.box.failed(), null);
  net.pass(1000, ({ to }) => to.address === stranger.address);
  t.true(agreed(net));
  t.deepEqual(net.box.keys()!.from, phoneAt);
});

test('a hello from nowhere is answered with a cookie, shorter than itself, and leaves nothing behind', (t) => {
  const net = network();
  const hello = net.sent[0]!.bytes;
  for (let port = 1; port < 1000; port++) net.box.association.receive(hello, { address: '203.0.113.5', port }, 0);
  const answers = net.sent.filter(({ to }) => to.address === '203.0.113.5');
  t.is(answers.length, 999);
  t.true(answers.every(({ bytes }) => bytes.length < hello.length));
  net.deliver(({ to }) => to.address === '203.0.113.5');
  t.true(agreed(net));
});

test('a stranger who asks for one handshake after the other gets a few, and the phone still gets its own', (t) => {
  const net = network();
  const stranger = { address: '192.0.2.66', port: 666 };
  for (let round = 0; round < 50; round++) {
    const theirs = network({ seed: `stranger ${round}`, phoneFrom: stranger });
    net.box.association.receive(theirs.sent[0]!.bytes, stranger, 0);
    theirs.phone.association.receive(net.sent.at(-1)!.bytes, boxAt, 0);
    net.box.association.receive(theirs.sent.at(-1)!.bytes, stranger, 0);
  }
  const certificates = net.sent.filter(({ bytes, to }) => to.address === stranger.address && bytes.length > 200);
  t.is(certificates.length, MAX_BEGUN_ELSEWHERE);
  net.deliver(({ to }) => to.address === stranger.address);
  t.true(agreed(net));
});

test('a phone that begins anew gets new keys once it has proved itself again; a stranger at its place gets none', (t) => {
  const net = network();
  net.deliver();
  const first = net.box.keys()!;
  const again = network({
    seed: 'again',
    phoneIdentity: net.phone.identity,
    phoneExpects: fingerprintOf(net.box.identity.certificate),
  });
  const forged = network({ seed: 'forged', phoneExpects: fingerprintOf(net.box.identity.certificate) });
  for (const other of [forged, again]) {
    let heard = 0;
    let answered = net.sent.length;
    for (let round = 0; round < 5; round++) {
      for (; heard < other.sent.length; heard++)
        if (other.sent[heard]!.from.address === phoneAt.address)
          net.box.association.receive(other.sent[heard]!.bytes, phoneAt, net.now());
      for (; answered < net.sent.length; answered++)
        other.phone.association.receive(net.sent[answered]!.bytes, boxAt, net.now());
    }
    t.is(net.box.failed(), null);
    t.is(net.box.keys() === first, other === forged);
  }
  t.deepEqual(net.box.keys()!.open.masterKey, again.phone.keys()!.seal.masterKey);
  t.notDeepEqual(net.box.keys()!.open.masterKey, first.open.masterKey);
});

test('whatever bytes come, a handshake goes on', (t) => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), fc.integer({ min: 0, max: 255 }), (noise, type) => {
      for (const phoneRole of ['client', 'server'] as const) {
        const net = network({ phoneRole });
        net.deliver(() => {
          for (const bytes of noise) {
            // As a handshake record, so that it gets as far as it can.
            const header = Buffer.from([22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, bytes.length >> 8, bytes.length & 255]);
            for (const datagram of [Buffer.from(bytes), Buffer.concat([header, Buffer.from([type]), bytes])]) {
              net.box.association.receive(datagram, phoneAt, net.now());
              net.phone.association.receive(datagram, boxAt, net.now());
            }
          }
          return false;
        });
        net.pass(HANDSHAKE_LIMIT_MS + 100);
        t.true(agreed(net) || net.box.failed() !== null || net.phone.failed() !== null);
      }
    }),
    { numRuns: 30 },
  );
});

test('alerts and garbage in the clear change nothing', (t) => {
  const net = network();
  const alert = Buffer.from('15fefd00000000000000070002022a', 'hex');
  const garbage = [alert, Buffer.alloc(0), Buffer.from([22]), Buffer.alloc(5000, 22), Buffer.alloc(60, 0x16)];
  const inject = () => {
    for (const bytes of garbage) {
      net.box.association.receive(bytes, phoneAt, net.now());
      net.phone.association.receive(bytes, boxAt, net.now());
    }
  };
  net.deliver(() => {
    inject();
    return false;
  });
  t.true(agreed(net));
  inject();
  t.true(agreed(net));
});

test('nobody there: the time is up after the limit, and told once', (t) => {
  const net = network();
  net.pass(HANDSHAKE_LIMIT_MS - 100, () => true);
  t.is(net.phone.failed(), null);
  net.pass(200, () => true);
  t.is(net.phone.failed(), 'time');
  const hellos = net.sent.filter(({ to }) => to.address === boxAt.address).length;
  t.true(hellos > 3 && hellos < 10, `${hellos} hellos`);
});
