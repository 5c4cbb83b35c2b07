import { seededChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import type { PayloadMap } from '../codec.ts';
import type { PlayOutcome, Prompt } from '../door.ts';
import { codec, pcma, read, voice } from '../testing/peer.ts';
import { DESTINATION_WAIT_MS, FRAME_MS, LATCH_WAIT_MS, MAX_CATCH_UP_MS } from './limits.ts';
import { Player, type PlayerLine } from './player.ts';
import { packPrompt } from './prompt-pack.ts';

const prompt = (frames: number): Prompt => ({
  id: 'welcome',
  frames: {
    PCMA: Array.from({ length: frames }, (_, i) => voice(i)),
    opus: Array.from({ length: frames }, (_, i) => Buffer.alloc(i + 1, i)),
  },
});
const opus: PayloadMap = { payloadType: 111, codec: codec('opus', 48_000) };

function setUp(way: ReturnType<PlayerLine['way']> = 'open', wanted: readonly PayloadMap[] = [pcma]) {
  const sent: ReturnType<typeof read>[] = [];
  const outcomes: PlayOutcome[] = [];
  const line = {
    way: () => setup.way,
    get wanted() {
      return setup.wanted;
    },
    sendRtp: (packet: Buffer) => sent.push(read(Buffer.from(packet))),
  };
  const player = new Player(line, seededChance('player'));
  const setup = {
    way,
    wanted,
    player,
    sent,
    outcomes,
    play: (frames: number, now: number) => {
      player.play(packPrompt(prompt(frames)), now, (outcome) => outcomes.push(outcome));
    },
  };
  return setup;
}

test('frames leave every 20 ms, in order, as one stream', (t) => {
  const { player, sent, outcomes, play } = setUp();
  play(5, 1000);
  for (let now = 1000; now <= 1000 + 4 * FRAME_MS; now += 2) player.pump(now);
  t.deepEqual(
    sent.map(({ payload }) => payload),
    [0, 1, 2, 3, 4].map(voice),
  );
  t.deepEqual(
    sent.map(({ marker }) => marker),
    [true, false, false, false, false],
  );
  for (const [i, packet] of sent.entries()) {
    t.is(packet.timestamp, (sent[0]!.timestamp + 160 * i) >>> 0);
    t.is(packet.sequence, (sent[0]!.sequence + i) & 0xffff);
    t.is(packet.ssrc, sent[0]!.ssrc);
  }
  t.deepEqual(outcomes, ['ended']);
});

test('a prompt never runs ahead, and a late tick catches up without drift', (t) => {
  const { player, sent, play } = setUp();
  play(100, 0);
  for (const now of [5, 19.9]) player.pump(now);
  t.is(sent.length, 1);
  player.pump(95);
  t.is(sent.length, 5);
  player.pump(99);
  t.is(sent.length, 5);
  player.pump(100);
  t.is(sent.length, 6);
});

test('after a long stall it goes on from there, without a burst, and the timestamp shows the pause', (t) => {
  const { player, sent, play } = setUp();
  play(100, 0);
  player.pump(1 + FRAME_MS + MAX_CATCH_UP_MS);
  t.is(sent.length, 2);
  t.true(sent[1]!.marker);
  t.is((sent[1]!.timestamp - sent[0]!.timestamp) >>> 0, (1 + FRAME_MS + MAX_CATCH_UP_MS) * 8);
});

test('a second prompt goes on with the stream of the first', (t) => {
  const { player, sent, play } = setUp();
  play(1, 0);
  play(1, 1000);
  t.is(sent[1]!.ssrc, sent[0]!.ssrc);
  t.is(sent[1]!.sequence, (sent[0]!.sequence + 1) & 0xffff);
  t.is((sent[1]!.timestamp - sent[0]!.timestamp) >>> 0, 8000);
  t.false(player.active);
});

test('a second prompt stops the first, and stopping tells so once', (t) => {
  const { player, outcomes, play } = setUp();
  play(10, 0);
  play(10, 5);
  t.deepEqual(outcomes, ['stopped']);
  player.stop();
  player.stop();
  t.deepEqual(outcomes, ['stopped', 'stopped']);
});

test('on hold a prompt waits, however long, and then goes on where it was', (t) => {
  const setup = setUp();
  setup.play(3, 0);
  setup.way = 'hold';
  for (let now = 0; now < 100_000; now += 50) setup.player.pump(now);
  t.is(setup.sent.length, 1);
  setup.way = 'open';
  setup.player.pump(100_000);
  setup.player.pump(100_020);
  t.deepEqual(
    setup.sent.map(({ payload }) => payload),
    [0, 1, 2].map(voice),
  );
  t.deepEqual(setup.outcomes, ['ended']);
});

test('a phone that has not been heard is given a moment, for it may be behind NAT', (t) => {
  const setup = setUp('unheard');
  setup.play(2, 0);
  setup.player.pump(LATCH_WAIT_MS - 1);
  t.is(setup.sent.length, 0);
  setup.player.pump(LATCH_WAIT_MS);
  t.is(setup.sent.length, 1);
});

test('with nowhere to send for long it is given up, and says so', (t) => {
  const setup = setUp('nowhere');
  setup.play(2, 0);
  setup.player.pump(DESTINATION_WAIT_MS - 1);
  t.deepEqual(setup.outcomes, []);
  setup.player.pump(DESTINATION_WAIT_MS);
  t.deepEqual(setup.outcomes, ['unplayable']);
});

test('a prompt that no negotiated codec has is unplayable', (t) => {
  const { outcomes, play } = setUp('open', [{ payloadType: 9, codec: codec('G722') }]);
  play(2, 0);
  t.deepEqual(outcomes, ['unplayable']);
});

test('the codec that the peer likes best is used; a change in the middle keeps the place and begins a new source', (t) => {
  const setup = setUp('open', [opus, pcma]);
  setup.play(3, 0);
  t.is(setup.sent[0]!.payloadType, 111);
  setup.player.pump(20);
  t.is((setup.sent[1]!.timestamp - setup.sent[0]!.timestamp) >>> 0, 960);
  setup.wanted = [pcma];
  setup.player.renegotiated();
  setup.player.pump(40);
  t.is(setup.sent[2]!.payloadType, 8);
  t.deepEqual(setup.sent[2]!.payload, voice(2));
  t.not(setup.sent[2]!.ssrc, setup.sent[0]!.ssrc);
});
