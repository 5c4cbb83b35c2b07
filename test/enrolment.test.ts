/**
 * Box and fleet at once, without a network: whatever an attacker changes, repeats or puts in between, neither side believes the other unless both know
 * the code, on one TLS session. The two machines are pure, so the attacker is everything between them.
 */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { CODE_LIFETIME_MS, CONFIRM_LIFETIME_MS } from '@belkluis/shared/contract/enrolment/limits';
import {
  type Answer,
  actSchema,
  answerSchema,
  helloSchema,
  proofSchema,
} from '@belkluis/shared/contract/enrolment/messages';
import { signAct, spkiOf } from '@belkluis/shared/contract/enrolment/transcript';
import { fc, testProp } from '@fast-check/ava';
import test from 'ava';
import { type Effect as BoxEffect, step as boxStep, type Self, type State } from '../appliance/uplink/enrol/machine.ts';
import type { Offering } from '../appliance/uplink/enrol/state.ts';
import type { Claim, KnownBox } from '../fleet/enrolment/claim.ts';
import { begun, type Effect as FleetEffect, step as fleetStep, type Session } from '../fleet/enrolment/machine.ts';

const NOW = Date.UTC(2026, 10, 26);
const der = (fill: string) => `MI${Buffer.alloc(200, fill).toString('base64')}`.slice(0, 268);
const hash = (text: string) => createHash('sha256').update(text).digest('hex');

function newSelf(): Self {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { box: randomBytes(16).toString('hex'), auditKey: spkiOf(publicKey), signingKey: privateKey };
}

const self = newSelf();
const policyKey = newSelf().auditKey;

/** What stands for a code here. */
const keysOf = (code: string) => ({ locator: hash(`locator ${code}`).slice(0, 32), proofKey: hash(`proof ${code}`) });

const offering = (code: string): Offering => ({
  at: 'offering',
  url: 'https://fleet.example',
  code,
  ...keysOf(code),
  request: { key: 'k', csr: der('c') },
  expiresAt: NOW + CODE_LIFETIME_MS,
  tries: null,
  reachedAt: null,
});

const claimOf = (code: string, more: Partial<Claim> = {}): Claim => ({
  id: '01KB00000000000000000000AA',
  state: 'typed',
  ...keysOf(code),
  msp: 'msp-1',
  site: 'site-1',
  mspName: 'Telefoondienst Noord',
  siteName: 'Bakkerij Visser',
  policyKey,
  expiresAt: NOW + CODE_LIFETIME_MS,
  tries: null,
  box: null,
  ...more,
});

type Message = Record<string, unknown>;

interface World {
  readonly self?: Self;
  readonly box?: Offering;
  readonly claim?: Claim | null;
  readonly known?: KnownBox | null;
  readonly exporters?: readonly [box: Buffer, fleet: Buffer];
  readonly now?: number;
  /** What an attacker makes of the message `index` of the conversation; null: it is lost. */
  readonly between?: (message: Message, index: number) => Message | null;
}

interface Outcome {
  readonly kept: State['kept'];
  readonly boxEffects: readonly BoxEffect[];
  readonly fleetEffects: readonly FleetEffect[];
  readonly said: readonly Message[];
}

/** One conversation. */
function converse(world: World): Outcome {
  const {
    self: me = self,
    box = offering('A'),
    claim = claimOf('A'),
    known = null,
    now = NOW,
    between = (message) => message,
  } = world;
  const exporter = randomBytes(32);
  const [here, there] = world.exporters ?? [exporter, exporter];
  const said: Message[] = [];
  const boxEffects: BoxEffect[] = [];
  const fleetEffects: FleetEffect[] = [];
  let session: Session = begun;
  const nonce = () => randomBytes(32).toString('hex');
  const hear = (path: 'hello' | 'proof', message: Message): Answer => {
    const refused: Answer = { kind: 'refused', code: 'malformed' };
    let effects: FleetEffect[];
    if (path === 'hello') {
      const read = helloSchema.safeParse(message);
      if (!read.success) return refused;
      const found = claim?.locator === read.data.locator ? claim : null;
      [session, ...effects] = fleetStep(session, {
        kind: 'hello',
        message: read.data,
        claim: found,
        nonce: nonce(),
        now,
      });
    } else {
      const read = proofSchema.safeParse(message);
      if (!read.success) return refused;
      [session, ...effects] = fleetStep(session, {
        kind: 'proof',
        message: read.data,
        claim: session.at === 'challenged' ? claim : null,
        known,
        csrUsable: true,
        root: der('r'),
        exporter: there,
        now,
      });
    }
    fleetEffects.push(...effects);
    return effects.find((effect) => effect.kind === 'answer')!.message;
  };
  let [state, ...effects] = boxStep(
    { kept: box, talk: { at: 'begin' } },
    { kind: 'connected', exporter: here, nonce: nonce(), now },
    me,
  );
  for (let turns = 0; turns < 4; turns++) {
    boxEffects.push(...effects);
    const saying = effects.find((effect) => effect.kind === 'say');
    if (!saying) break;
    said.push(saying.message);
    const asked = between(saying.message, said.length - 1);
    if (!asked) break;
    const answer = hear(saying.path, asked);
    said.push(answer);
    const heard = answerSchema.safeParse(between(answer, said.length - 1));
    if (!heard.success) break;
    [state, ...effects] = boxStep(state, { kind: 'answered', answer: heard.data, now }, me);
  }
  return { kept: state.kept, boxEffects, fleetEffects, said };
}

const boxBelieves = ({ kept }: Outcome) => kept.at === 'offered';
const fleetBelieves = ({ fleetEffects }: Outcome) => fleetEffects.some(({ kind }) => kind === 'prove');
const why = ({ boxEffects }: Outcome) => boxEffects.flatMap((effect) => (effect.kind === 'end' ? [effect.why] : []));

test('both know the code, on one session: the person is shown who asks, and nothing of the code is kept', (t) => {
  const outcome = converse({});
  t.true(fleetBelieves(outcome));
  t.like(outcome.kept, {
    at: 'offered',
    fleet: {
      url: 'https://fleet.example',
      msp: 'Telefoondienst Noord',
      site: 'Bakkerij Visser',
      root: der('r'),
      policyKey,
    },
    expiresAt: NOW + CONFIRM_LIFETIME_MS,
  });
  t.false(JSON.stringify(outcome.kept).includes(keysOf('A').proofKey));
  for (const message of outcome.said) t.false(JSON.stringify(message).includes(keysOf('A').proofKey));
});

test('nobody typed the code: the fleet says to wait, and shows nothing', (t) => {
  const outcome = converse({ claim: null });
  t.is(outcome.kept.at, 'offering');
  t.deepEqual(outcome.said[1], { kind: 'waiting', againSeconds: 10 });
});

test('a man in the middle, with a session on either side, relays in vain', (t) => {
  const outcome = converse({ exporters: [randomBytes(32), randomBytes(32)] });
  t.false(boxBelieves(outcome) || fleetBelieves(outcome));
  t.deepEqual(why(outcome), ['fleet_unproven']);
  t.true(
    outcome.boxEffects.some(({ kind }) => kind === 'unproven'),
    'the log of the box says so',
  );
  t.like(outcome.kept, { tries: { tries: 1 } });
  t.false(JSON.stringify(outcome.said).includes('Bakkerij'), 'and does not learn for whom the box is');
});

test('a fleet that does not know the code, and guesses, is found out; five times, and the box waits', (t) => {
  let box = offering('A');
  for (let tries = 1; tries <= 5; tries++) {
    const outcome = converse({
      box,
      between: (message, index) => (index === 3 ? { ...message, ...lyingOffer() } : message),
    });
    t.false(boxBelieves(outcome));
    t.true(outcome.boxEffects.some(({ kind }) => kind === 'unproven'));
    box = outcome.kept as Offering;
  }
  t.deepEqual(why(converse({ box })), ['fleet_locked']);
  t.deepEqual(why(converse({ box, now: NOW + 10 * 60_000 - 1 })), ['fleet_locked']);
  t.true(boxBelieves(converse({ box, now: NOW + 10 * 60_000 })));
});

/** Who knows the locator, and not the code. */
const lyingOffer = () => ({ msp: 'Somebody else', proof: randomBytes(32).toString('hex') });

test('a box that says the locator and does not know the code is refused, and learns nothing of the site', (t) => {
  const box = { ...offering('A'), proofKey: keysOf('B').proofKey };
  const outcome = converse({ box });
  t.false(fleetBelieves(outcome));
  t.true(outcome.fleetEffects.some((effect) => effect.kind === 'proof_failed' && effect.why === 'unproven'));
  t.notRegex(JSON.stringify(outcome.said), /Bakkerij|Noord/);
});

test('a box that knows the code and has not the audit key that it says is refused', (t) => {
  const thief: Self = { ...newSelf(), box: self.box, auditKey: self.auditKey };
  const outcome = converse({ self: thief });
  t.false(fleetBelieves(outcome) || boxBelieves(outcome));
  t.deepEqual(why(outcome), ['fleet_unproven']);
});

test('five wrong proofs lock the claim, for whoever comes', (t) => {
  const locked = claimOf('A', { tries: { tries: 5, last: NOW } });
  t.deepEqual(why(converse({ claim: locked })), ['fleet_locked']);
  t.true(boxBelieves(converse({ claim: locked, now: NOW + 10 * 60_000 })));
});

test('a code of yesterday is worth nothing, on either side', (t) => {
  const late = converse({ now: NOW + CODE_LIFETIME_MS });
  t.deepEqual(why(late), ['code_lapsed']);
  t.is(late.kept.at, 'alone');
  const lapsed = converse({ claim: claimOf('A', { expiresAt: NOW }) });
  t.false(boxBelieves(lapsed) || fleetBelieves(lapsed));
  t.is(lapsed.said[1]!.kind, 'waiting', 'and it is not said that it was one');
});

test('an id that another key had is not given away, and a box of another site not taken', (t) => {
  const codeOf = (known: KnownBox | null, claim = claimOf('A')) =>
    converse({ known, claim }).said.at(-1)!.code ?? 'offered';
  t.is(codeOf({ auditKey: newSelf().auditKey, site: null }), 'other_identity');
  t.is(codeOf({ auditKey: self.auditKey, site: 'site-2' }), 'enrolled_elsewhere');
  t.is(codeOf({ auditKey: self.auditKey, site: null }), 'offered', 'left, or expired');
  t.is(codeOf({ auditKey: self.auditKey, site: 'site-1' }), 'offered', 'at the same site again');
  const proven = (box: string, auditKey: string) =>
    claimOf('A', { state: 'proven', box: { box, auditKey, csr: der('c') } });
  t.is(codeOf(null, proven(self.box, self.auditKey)), 'offered', 'the answer was lost, and it asks again');
  t.is(codeOf(null, proven('f'.repeat(32), self.auditKey)), 'other_identity', 'two boxes knew one code');
});

testProp(
  'whatever is changed in any message, one side or the other does not believe; both never believe different things',
  [fc.nat(3), fc.nat(), fc.constantFrom(...'0123456789abcdefABCDEFghXYZ+/ é'), fc.nat(400)],
  (t, index, field, symbol, at) => {
    const outcome = converse({
      between(message, now) {
        if (now !== index) return message;
        const names = Object.keys(message).filter((name) => typeof message[name] === 'string' && name !== 'kind');
        const name = names[field % Math.max(1, names.length)];
        if (name === undefined) return message;
        const text = message[name] as string;
        const where = at % text.length;
        return { ...message, [name]: `${text.slice(0, where)}${symbol}${text.slice(where + 1)}` };
      },
    });
    if (boxBelieves(outcome)) {
      t.true(fleetBelieves(outcome), 'what the box believes was said by a fleet that believed it');
      const { fleet } = outcome.kept as Extract<State['kept'], { at: 'offered' }>;
      t.like(fleet, { msp: 'Telefoondienst Noord', site: 'Bakkerij Visser', root: der('r'), policyKey });
    }
    const proved = outcome.fleetEffects.find((effect) => effect.kind === 'prove');
    if (proved) t.deepEqual(proved.box, { box: self.box, auditKey: self.auditKey, csr: der('c') });
    t.pass();
  },
  { numRuns: 1500 },
);

testProp(
  'whatever was said in other sessions and is said again, nobody believes it',
  [fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 4 })],
  (t, replayed) => {
    const before = converse({});
    t.true(boxBelieves(before) && fleetBelieves(before));
    const [hello, , proof, offer] = [0, 1, 2, 3].map((index) => replayed.includes(index));
    const outcome = converse({
      between: (message, index) => (replayed.includes(index) ? before.said[index]! : message),
    });
    // A hello alone is no secret: with another nonce the transcripts differ all the same.
    if (hello || proof || replayed.includes(1)) t.false(fleetBelieves(outcome));
    if (hello || proof || offer || replayed.includes(1)) t.false(boxBelieves(outcome));
  },
  { numRuns: 60 },
);

testProp(
  'codes and sessions: both believe when both are the same, and else neither',
  [fc.constantFrom('A', 'B'), fc.boolean(), fc.constantFrom('typed', 'proven', 'enrolled', 'refused', 'left')],
  (t, code, sameSession, state) => {
    const exporter = randomBytes(32);
    const claim = claimOf('A', {
      state: state as Claim['state'],
      proofKey: keysOf(code).proofKey,
    });
    const outcome = converse({ claim, exporters: [exporter, sameSession ? exporter : randomBytes(32)] });
    const expected = code === 'A' && sameSession && (state === 'typed' || state === 'proven');
    t.is(boxBelieves(outcome), expected);
    t.is(fleetBelieves(outcome), expected);
  },
);

test('a side’s own proof, sent back to it, proves nothing', (t) => {
  let proof = '';
  const outcome = converse({
    between(message, index) {
      if (index === 2) proof = message.proof as string;
      return index === 3 ? { ...message, proof } : message;
    },
  });
  t.false(boxBelieves(outcome));
});

const proven = claimOf('A', {
  state: 'proven',
  box: { box: self.box, auditKey: self.auditKey, csr: der('c') },
  expiresAt: NOW + CONFIRM_LIFETIME_MS,
});

type Verdict = string;

function actOn(
  act: 'confirm' | 'refuse' | 'leave',
  {
    claim = proven,
    by = self,
    exporters,
    agreement = 'valid',
    now = NOW,
  }: {
    claim?: Claim | null;
    by?: Self;
    exporters?: readonly [Buffer, Buffer];
    agreement?: 'valid' | 'missing' | 'expired';
    now?: number;
  } = {},
): Verdict {
  const exporter = randomBytes(32);
  const [here, there] = exporters ?? [exporter, exporter];
  const said = { act, box: self.box, claim: proven.id };
  const message = actSchema.parse({ v: 1, ...said, signature: signAct(here, said, by.signingKey) });
  const [, ...effects] = fleetStep(begun, { kind: 'act', message, claim, agreement, exporter: there, now });
  return effects
    .map((effect) =>
      effect.kind === 'answer' ? ('code' in effect.message ? effect.message.code : effect.message.kind) : effect.kind,
    )
    .join(' ');
}

test('only the box that proved the claim confirms, refuses and leaves it, on the session on which it says so', (t) => {
  t.is(actOn('confirm'), 'issue');
  t.is(actOn('refuse'), 'refuse done');
  t.is(actOn('leave', { claim: { ...proven, state: 'enrolled' } }), 'leave done');
  for (const act of ['confirm', 'refuse', 'leave'] as const) {
    t.is(actOn(act, { by: newSelf() }), 'unproven');
    t.is(actOn(act, { exporters: [randomBytes(32), randomBytes(32)] }), 'unproven');
    t.is(actOn(act, { claim: null }), 'lapsed');
    t.is(actOn(act, { claim: { ...proven, box: { ...proven.box!, box: 'f'.repeat(32) } } }), 'lapsed');
    t.is(actOn(act, { claim: claimOf('A') }), 'lapsed', 'nobody has proved it');
  }
});

test('no certificate without a processing agreement, after a refusal, after leaving, or after a week', (t) => {
  for (const agreement of ['missing', 'expired'] as const) t.is(actOn('confirm', { agreement }), 'no_agreement');
  t.is(actOn('confirm', { claim: { ...proven, state: 'refused' } }), 'lapsed');
  t.is(actOn('confirm', { claim: { ...proven, state: 'left' } }), 'lapsed');
  t.is(actOn('confirm', { now: NOW + CONFIRM_LIFETIME_MS }), 'lapsed');
  t.is(actOn('confirm', { claim: { ...proven, state: 'enrolled' } }), 'issue', 'the answer was lost');
  t.is(actOn('refuse', { claim: { ...proven, state: 'enrolled' } }), 'lapsed');
});

test('what comes out of turn ends the conversation', (t) => {
  const [session] = fleetStep(begun, {
    kind: 'hello',
    message: helloOf(),
    claim: claimOf('A'),
    nonce: 'a'.repeat(64),
    now: NOW,
  });
  t.is(session.at, 'challenged');
  const [again, answer] = fleetStep(session, {
    kind: 'hello',
    message: helloOf(),
    claim: claimOf('A'),
    nonce: 'b'.repeat(64),
    now: NOW,
  });
  t.deepEqual([again.at, answer], ['end', { kind: 'answer', message: { kind: 'refused', code: 'malformed' } }]);
});

const helloOf = () =>
  helloSchema.parse({
    v: 1,
    box: self.box,
    locator: keysOf('A').locator,
    auditKey: self.auditKey,
    csr: der('c'),
    nonce: 'c'.repeat(64),
  });
