/** A client by hand, which knows every key and lies in one place. */
import { seededChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import { vector } from './bytes.ts';
import { fingerprintOf, newIdentity, OUR_SCHEME, signed } from './certificate.ts';
import { Ephemeral, Flights } from './flights.ts';
import type { Outcome } from './handshake.ts';
import { readServerHello, writeClientHello } from './hello.ts';
import { type Message, readFragments, types, writeMessage } from './inbox.ts';
import { readServerKeyExchange, writeCertificate, writeSignature } from './messages.ts';
import { HANDSHAKE, readRecords } from './record.ts';
import { digest, finishedOf, masterSecret, writeKeys } from './secrets.ts';
import { ServerHandshake } from './server.ts';

type Lie = 'nothing' | 'finished' | 'signature' | 'order of messages';

function scene() {
  const chance = seededChance('server');
  const [client, server] = [newIdentity(chance), newIdentity(chance)];
  const random = chance.bytes(32);
  const sent: Buffer[] = [];
  const outcomes: Outcome[] = [];
  let refused = 0;
  const hello: Message = { type: types.clientHello, order: 1, body: writeClientHello(random, Buffer.alloc(32)) };
  const record = { type: HANDSHAKE, epoch: 0 as const, sequence: 1, fragment: writeMessage(hello) };
  const parts = {
    identity: server,
    expected: fingerprintOf(client.certificate),
    chance,
    send: (datagram: Buffer) => sent.push(datagram),
    onRefused: () => refused++,
    onOutcome: (outcome: Outcome) => outcomes.push(outcome),
  };
  const handshake = new ServerHandshake(parts, hello, record, 0);
  const theirs = readRecords(sent[0]!).flatMap(({ fragment }) =>
    readFragments(fragment).map(({ type, order, part }) => ({ type, order, body: part })),
  );
  const bodyOf = (type: number) => theirs.find((message) => message.type === type)!.body;
  const randoms = { client: random, server: readServerHello(bodyOf(types.serverHello)).random };
  const ephemeral = new Ephemeral();
  const preMaster = ephemeral.agree(readServerKeyExchange(bodyOf(types.serverKeyExchange)).point);

  const answer = (lie: Lie) => {
    const certificate = { type: types.certificate, order: 2, body: writeCertificate(client.certificate) };
    const key = { type: types.clientKeyExchange, order: 3, body: vector(1, ephemeral.point) };
    const upToKey = [hello, ...theirs, certificate, key].map(writeMessage);
    const master = masterSecret(preMaster, randoms, digest(upToKey));
    const proved = lie === 'signature' ? Buffer.from('something else') : Buffer.concat(upToKey);
    const signature = writeSignature({ scheme: OUR_SCHEME, signature: signed(client, proved) });
    const proof = { type: types.certificateVerify, order: 4, body: signature };
    const body = finishedOf(master, 'client', digest([...upToKey, writeMessage(proof)]));
    if (lie === 'finished') body[11] = body[11]! ^ 1;
    const finished = { type: types.finished, order: 5, body };
    const turned = [
      { ...proof, order: 3 },
      { ...key, order: 4 },
    ];
    const messages = [certificate, ...(lie === 'order of messages' ? turned : [key, proof]), finished];
    const flights = new Flights((datagram) => handshake.receive(datagram, 1000), 2, 5);
    flights.send(messages, writeKeys(master, randoms).client, false, 0);
  };
  return { answer, outcomes, refused: () => refused };
}

for (const lie of ['finished', 'signature', 'order of messages'] as const) {
  test(`a client that lies in its ${lie} gets no keys, and the one that does not gets them after it`, (t) => {
    const { answer, outcomes, refused } = scene();
    answer(lie);
    t.deepEqual(outcomes, []);
    t.is(refused(), 1);
    answer('nothing');
    t.like(outcomes, [{ ok: true }]);
    t.is(refused(), 1);
  });
}

test('who lies again and again is not listened to any more', (t) => {
  const { answer, outcomes } = scene();
  for (let round = 0; round < 10; round++) answer('signature');
  t.deepEqual(outcomes, [{ ok: false, why: 'refused' }]);
  answer('nothing');
  t.is(outcomes.length, 1);
});
