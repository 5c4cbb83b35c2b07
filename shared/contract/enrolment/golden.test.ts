/** A conversation as a release had it: read for ever, and its proofs come out as they did, whichever of box and fleet is behind. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { ClaimCode } from './code.ts';
import { actSchema, answerSchema, helloSchema, type Offer, offerSchema, proofSchema, renewSchema } from './messages.ts';
import { stretchCode } from './stretch.ts';
import {
  challengeTranscript,
  offerTranscript,
  proofOf,
  signedAct,
  signedRenew,
  signedTranscript,
} from './transcript.ts';

const folder = join(import.meta.dirname, 'golden/1');
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
const schemas = { hello: helloSchema, proof: proofSchema, act: actSchema, renew: renewSchema, answer: answerSchema };

for (const file of readdirSync(folder).filter((name) => name !== 'given.json')) {
  test(`${file} is read as it was written`, (t) => {
    const name = file.replace('.json', '');
    const schema = schemas[name.split('.')[0] as keyof typeof schemas];
    t.deepEqual(schema.parse(read(name)), read(name) as never);
  });
}

test('the code gives the keys, and every proof and signature is what it was', async (t) => {
  const { code, exporter: hex, proofKey } = read('given') as { code: ClaimCode; exporter: string; proofKey: string };
  const exporter = Buffer.from(hex, 'hex');
  const hello = helloSchema.parse(read('hello'));
  t.deepEqual(await stretchCode(code), { locator: hello.locator, proofKey });
  const { nonce } = read('answer.challenge') as { nonce: string };
  const transcript = challengeTranscript(exporter, hello, nonce);
  const { proof, signature } = proofSchema.parse(read('proof'));
  t.is(proofOf('box', proofKey, transcript), proof);
  t.true(signedTranscript(transcript, signature, hello.auditKey));
  const offer: Offer = offerSchema.parse(read('answer.offer'));
  t.is(proofOf('fleet', proofKey, offerTranscript(transcript, proof, offer)), offer.proof);
  t.true(signedAct(exporter, actSchema.parse(read('act')), hello.auditKey));
  t.true(signedRenew(exporter, renewSchema.parse(read('renew')), hello.auditKey));
});

test('each kind of answer has one', (t) => {
  const kinds = answerSchema.options.map(({ shape }) => shape.kind.value);
  for (const kind of kinds) t.truthy(read(`answer.${kind}`));
});
