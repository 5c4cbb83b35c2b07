/**
 * Offers and answers of two user agents under races: whatever either side does at whatever moment, on a network that loses the first copy
 * of any message, both end up with the same two descriptions, of which one answers the other; nothing hangs, and nothing is left.
 */
import { fc, testProp } from '@fast-check/ava';
import { type Pair, pair } from '../testing/agents.ts';
import type { IncomingCall } from './incoming-call.ts';
import type { ReinviteResult } from './our-offer.ts';
import type { OutgoingCall } from './outgoing-call.ts';
import type { Session } from './session.ts';
import type { Reoffer } from './their-offers.ts';

const settle = () => new Promise(setImmediate);

/** What may be done at the moment, as far as the users know. */
interface Model {
  stage: 'ringing' | 'answered' | 'over';
}

/** Two phones and their call. */
class World {
  readonly p: Pair;
  readonly outgoing: OutgoingCall;
  readonly late: boolean;
  incoming: IncomingCall | null = null;
  alice: Session | null = null;
  bob: Session | null = null;
  /** How many offers have not come to anything yet, told to those who made them. */
  pending = 0;
  readonly clashes: string[] = [];
  #ids = 0;

  constructor(p: Pair, late: boolean) {
    this.p = p;
    this.late = late;
    p.bob.onInvite = (call) => {
      this.incoming = call;
      call.onReoffer = (reoffer) => this.reply(reoffer);
      call.progress(180);
    };
    this.outgoing = p.alice.invite({ ...p.toBob, sdp: late ? null : this.describe() });
    this.outgoing.onProgress = (_response, sdp, fork) => {
      fork.onReoffer = (reoffer) => this.reply(reoffer);
      if (late && sdp) this.later(() => fork.acknowledge(this.describe(sdp)));
    };
    this.outgoing.onAnswered = (session) => {
      this.alice = session;
      session.onReinvite = (reoffer) => this.reply(reoffer);
      const owed = session.remoteSdp;
      if (late && owed && !session.localSdp) this.later(() => session.acknowledge(this.describe(owed)));
    };
  }

  /** An offer, or the answer to one: the answer says to which. */
  describe(to: Buffer | null = null): Buffer {
    return Buffer.from(`id=${++this.#ids} to=${to ? idOf(to) : 'none'}`);
  }

  /** Users take their time, and it is not the same each time. */
  later(action: () => void): void {
    this.p.clock.after([0, 15, 120, 900][this.#ids % 4]!, () => {
      try {
        action();
      } catch (error) {
        // What it was for has gone meanwhile.
        if (!(error instanceof Error && 'code' in error && error.code === 'not_now')) throw error;
      }
    });
  }

  reply({ sdp, accept, reject }: Reoffer): void {
    const answer = this.describe(sdp);
    this.later(() => (idOf(answer) % 5 === 0 ? reject(488) : accept(answer)));
  }

  made(offer: Promise<ReinviteResult>): void {
    this.pending++;
    void offer.then((result) => {
      this.pending--;
      if (!result.ok) this.clashes.push(String(result.status));
      else if (result.sdp) result.acknowledge(this.describe(result.sdp));
    });
  }

  accept(): void {
    const { incoming } = this;
    this.bob = incoming!.accept(this.describe(incoming!.sdp));
    this.bob.onReinvite = (reoffer) => this.reply(reoffer);
  }

  async advance(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 50) {
      this.p.clock.advance(50);
      await settle();
    }
  }
}

const idOf = (sdp: Buffer): number => Number(/^id=(\d+)/.exec(String(sdp))![1]);
const answers = (one: Buffer, other: Buffer): boolean => String(one).endsWith(` to=${idOf(other)}`);

type Step = fc.AsyncCommand<Model, World>;

const step = (
  name: string,
  stage: Model['stage'],
  act: (world: World) => void,
  next: Model['stage'] = stage,
): Step => ({
  check: (model) => model.stage === stage,
  run: async (model, world) => {
    act(world);
    model.stage = next;
    await settle();
  },
  toString: () => name,
});

const wait = (ms: number): Step => ({
  check: () => true,
  run: (_model, world) => world.advance(ms),
  toString: () => `wait ${ms}`,
});

const steps = [
  fc.integer({ min: 1, max: 4 }).map((steps) => wait(steps * 50)),
  fc.constant(wait(50)),
  fc.constant(wait(1_500)),
  fc.constant(step('bob rings', 'ringing', ({ incoming }) => incoming!.progress(180))),
  fc.constant(
    step('bob sends media', 'ringing', (world) => world.incoming!.progress(183, world.describe(world.incoming!.sdp))),
  ),
  fc.constant(step('bob updates early', 'ringing', (world) => world.made(world.incoming!.update(world.describe())))),
  fc.constant(
    step('alice updates early', 'ringing', (world) => {
      const [fork] = world.outgoing.forks;
      if (fork) world.made(fork.update(world.describe()));
    }),
  ),
  fc.constant(step('bob answers', 'ringing', (world) => world.accept(), 'answered')),
  ...(['alice', 'bob'] as const).flatMap((who) => [
    fc.constant(
      step(`${who} re-invites`, 'answered', (world) => {
        const session = world[who];
        if (session) world.made(session.reinvite(world.describe()));
      }),
    ),
    fc.constant(
      step(`${who} asks for an offer`, 'answered', (world) => {
        const session = world[who];
        if (session) world.made(session.reinvite(null));
      }),
    ),
    fc.constant(
      step(`${who} updates`, 'answered', (world) => {
        const session = world[who];
        if (session) world.made(session.update(world.describe()));
      }),
    ),
  ]),
];

const endings = ['bob rejects', 'alice cancels', 'bob hangs up', 'alice hangs up', 'nobody does'] as const;

testProp(
  'whatever races, both sides agree on the same two descriptions in the end',
  [
    fc.commands(steps, { maxCommands: 30, size: 'max' }),
    fc.boolean(),
    fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
    fc.constantFrom(...endings),
  ],
  async (t, commands, late, dice, ending) => {
    const p = await pair('races');
    const seen = new Set<string>();
    let lossy = true;
    p.network.lose = ({ text }) => {
      if (!lossy || seen.has(text)) return false;
      seen.add(text);
      return dice.next().value === 0;
    };
    const world = new World(p, late);
    await world.advance(3_000);
    await fc.asyncModelRun(() => ({ model: { stage: 'ringing' } as Model, real: world }), commands);
    lossy = false;

    await world.advance(70_000);
    t.is(world.pending, 0, 'every offer has come to something');
    const { alice, bob } = world;
    t.is(alice === null, bob === null);
    if (alice && bob) {
      t.false(alice.ended || bob.ended, 'no race ends a call');
      t.deepEqual(alice.localSdp, bob.remoteSdp);
      t.deepEqual(alice.remoteSdp, bob.localSdp);
      t.true(answers(alice.localSdp!, bob.localSdp!) || answers(bob.localSdp!, alice.localSdp!));
    }

    if (ending === 'bob rejects') world.incoming?.reject(486);
    if (ending === 'alice cancels') world.outgoing.cancel();
    if (ending === 'bob hangs up') bob?.bye();
    if (ending === 'alice hangs up') alice?.bye();
    await world.advance(1_000);
    alice?.bye();
    bob?.bye();
    if (!alice) world.outgoing.cancel();
    p.clock.advance(400_000);
    await settle();
    t.is(p.alice.dialogs + p.bob.dialogs, 0);
    t.is(p.clock.pending, 0);
  },
  { numRuns: 200 },
);
