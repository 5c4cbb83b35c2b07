import test from 'ava';
import fc from 'fast-check';
import {
  allowed,
  dealt,
  type Effect,
  type Input,
  type Progress,
  type Ring,
  type RingCount,
  ringsSchema,
  START,
  step,
} from './rings.ts';

const ring = (more: Partial<Ring> = {}): Ring => ({
  name: 'r',
  who: 'rest',
  waitMs: 0,
  mayFail: { boxes: 0 },
  ...more,
});

test('boxes are dealt by list, site, customer and per cent; the rest is the rest', (t) => {
  const targets = Array.from({ length: 100 }, (_, at) => ({
    box: `b${at}`,
    site: `s${at % 10}`,
    customer: `c${at % 2}`,
    lot: String((at * 37) % 100).padStart(2, '0'),
  }));
  const rings = [
    ring({ who: { boxes: ['b1', 'b2'] } }),
    ring({ who: { sites: ['s3'] } }),
    ring({ who: { percent: 5 } }),
    ring({ who: { customers: ['c0'] } }),
    ring(),
  ];
  const places = dealt(rings, targets);
  const count = (of: number) => [...places.values()].filter((place) => place === of).length;
  t.is(places.size, 100);
  t.deepEqual([count(0), count(1), count(2)], [2, 10, 5]);
  t.true(count(3) > 0 && count(4) > 0);
  t.is(places.get('b3'), 1);
  for (const who of [[], [ring({ who: { percent: 5 } })], [ring(), ring()]])
    t.false(ringsSchema.safeParse(who).success);
});

test('a ring of which nobody answered opens no other, however long it waits', (t) => {
  const rings = [ring({ waitMs: 1000 }), ring()];
  const away: RingCount = { boxes: 3, unsent: 0, awaited: 0, answered: 0, failures: 0 };
  const open: Progress = { ...START, ring: 0 };
  t.is(step(rings, open, [away, away], { kind: 'tick', now: 1e9 })[0], open);
  const [next] = step(rings, open, [{ ...away, answered: 1 }, away], { kind: 'tick', now: 1e9 });
  t.is(next.ring, 1);
  t.is(step(rings, open, [{ ...away, answered: 1 }, away], { kind: 'tick', now: 500 })[0], open, 'not before its time');
});

test('who goes on after failures halts again only for more of them', (t) => {
  const rings = [ring(), ring()];
  const failed = (failures: number): RingCount => ({ boxes: 5, unsent: 0, awaited: 1, answered: 3, failures });
  const open: Progress = { ...START, ring: 0 };
  const at = { now: 1 };
  const [halted] = step(rings, open, [failed(1), failed(0)], { kind: 'tick', ...at });
  t.like(halted, { state: 'halted', halted: 'failures' });
  const [resumed] = step(rings, halted, [failed(1), failed(0)], { kind: 'resume', ...at });
  t.is(step(rings, resumed, [failed(1), failed(0)], { kind: 'tick', ...at })[0].state, 'running');
  t.is(step(rings, resumed, [failed(2), failed(0)], { kind: 'tick', ...at })[0].state, 'halted');
});

type State = 'held' | 'due' | 'sent' | 'applied' | 'failed' | 'cancelled';

/** A fleet in which anything may happen in any order, between two looks of the machine. */
class Model {
  progress: Progress = START;
  boxes: { ring: number; state: State; version: number; versions: number[]; online: boolean }[];
  now = 0;
  cancelled = false;
  readonly rings: readonly Ring[];

  constructor(rings: readonly Ring[], boxes: readonly number[]) {
    this.rings = rings;
    this.boxes = boxes.map((at) => ({
      ring: at % rings.length,
      state: 'held',
      version: 1,
      versions: [],
      online: true,
    }));
  }

  counts(): RingCount[] {
    return this.rings.map((_, ring) => {
      const mine = this.boxes.filter((box) => box.ring === ring && box.state !== 'cancelled');
      const sum = (...states: State[]) => mine.filter(({ state }) => states.includes(state)).length;
      const awaited = mine.filter(({ state, online }) => state === 'sent' && online).length;
      const failures = sum('failed');
      return { boxes: mine.length, unsent: sum('held', 'due'), awaited, answered: sum('applied') + failures, failures };
    });
  }

  input(kind: Input['kind']): readonly Effect[] {
    const [next, ...effects] = step(this.rings, this.progress, this.counts(), { kind, now: this.now });
    this.progress = next;
    for (const effect of effects)
      for (const box of this.boxes) {
        if (effect.kind === 'open' && box.ring === effect.ring && box.state === 'held') box.state = 'due';
        if (effect.kind === 'withdraw' && ['held', 'due', 'sent'].includes(box.state)) box.state = 'cancelled';
        if (effect.kind === 'again' && box.state === 'failed')
          Object.assign(box, { state: 'due', version: box.version + 1 });
      }
    if (next.state === 'cancelled') this.cancelled = true;
    return effects;
  }

  send(at: number): void {
    const box = this.boxes[at % this.boxes.length]!;
    if (box.state !== 'due' || this.progress.state !== 'running') return;
    box.state = 'sent';
    box.versions.push(box.version);
  }
}

const anyRing = fc.record({
  name: fc.constant('r'),
  who: fc.constant('rest' as const),
  waitMs: fc.constantFrom(0, 5, 50),
  mayFail: fc.oneof(fc.record({ boxes: fc.nat(3) }), fc.record({ percent: fc.constantFrom(0, 10, 50, 100) })),
});

const anyStep = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant('tick' as const), fc.nat(20)) },
  { weight: 6, arbitrary: fc.tuple(fc.constant('send' as const), fc.nat(40)) },
  { weight: 5, arbitrary: fc.tuple(fc.constant('apply' as const), fc.nat(40)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('fail' as const), fc.nat(40)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('leave' as const), fc.nat(40)) },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom('halt' as const, 'resume' as const, 'retry' as const, 'cancel' as const),
      fc.nat(1),
    ),
  },
);

test('whatever happens: one ring at once, a halt at the threshold, nothing after a cancel, versions only rise', (t) => {
  fc.assert(
    fc.property(
      fc.array(anyRing, { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(20), { minLength: 1, maxLength: 12 }),
      fc.array(anyStep, { maxLength: 150 }),
      (rings, boxes, steps) => {
        const model = new Model(rings, boxes);
        for (const [what, at] of steps) {
          const box = model.boxes[at % model.boxes.length]!;
          const before = model.counts();
          const was = model.progress;
          if (what === 'send') model.send(at);
          else if (what === 'apply' && box.state === 'sent') box.state = 'applied';
          else if (what === 'fail' && box.state === 'sent') box.state = 'failed';
          else if (what === 'leave') box.online = !box.online;
          else if (what !== 'apply' && what !== 'fail') {
            model.now += at;
            const effects = model.input(what);
            for (const effect of effects)
              if (effect.kind === 'open') {
                // Those before it are over: all was sent, whoever is there has answered, and no more failed than may, or a person knew.
                if (effect.ring !== was.ring + 1) throw new Error('a ring was left out');
                for (const [ring, count] of before.entries()) {
                  if (ring > was.ring) continue;
                  if (count.failures > allowed(rings[ring]!, count.boxes) && count.failures > (was.forgiven[ring] ?? 0))
                    throw new Error('opened beyond the threshold');
                }
                const last = before[was.ring];
                if (last && last.unsent + last.awaited > 0) throw new Error('two rings at once');
              }
            if (what === 'tick' && was.state === 'running') {
              const beyond = before.some(
                (count, ring) =>
                  ring <= was.ring &&
                  count.failures > allowed(rings[ring]!, count.boxes) &&
                  count.failures > (was.forgiven[ring] ?? 0),
              );
              if (beyond !== (model.progress.state === 'halted')) throw new Error('halts exactly beyond the threshold');
            }
          }
          for (const { ring, state, versions } of model.boxes) {
            if (ring > model.progress.ring && state !== 'held' && state !== 'cancelled')
              throw new Error('sent before its ring');
            if (versions.some((version, place) => place > 0 && version <= versions[place - 1]!))
              throw new Error('a version fell');
            if (model.cancelled && (state === 'due' || state === 'sent')) throw new Error('on its way after a cancel');
          }
          if (model.cancelled && model.progress.state !== 'cancelled') throw new Error('a cancelled rollout came back');
        }
      },
    ),
    { numRuns: 2000 },
  );
  t.pass();
});
