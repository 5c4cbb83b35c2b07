/** Nobody who takes the disk hears a call: what was said stands in no file in the clear, while it is said or after. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import { type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { PACKET_LENGTH } from '../peers/line.ts';
import { findIn, findInMeanwhile, needlesOf, temporaryFolders } from '../peers/needles.ts';

/** Frames that are like nothing else, so that finding one means something. */
const MARKERS = 12;
const seed = `markers ${process.hrtime.bigint()}`;
const chance = seededChance(seed);
const frames = Array.from({ length: MARKERS }, () => chance.bytes(PACKET_LENGTH));
const needles = frames.flatMap((frame, n) => needlesOf(`marker ${n}`, frame));
const since = Date.now() - 1000;

let box: ScenarioBox;
test.before(async () => {
  box = await scenarioBox({ phones: [{ user: 'anna' }, { user: 'bram' }] });
});
test.after.always(() => box?.end());

/** Everything that this machine's box, or a careless library in it, could have written. */
const everywhere = () => findInMeanwhile([box.folder, ...temporaryFolders], needles, since);

test('no file holds a frame of the call, neither during nor after it', async (t) => {
  t.log(seed);
  const [anna, bram] = await Promise.all([box.phone('anna'), box.phone('bram')]);
  const { answered } = await anna.dial('bram');
  const [ours, theirs] = await Promise.all([answered, bram.nextCall()]);
  const marker = (n: number) => frames[n % MARKERS]!;
  ours.line.speak(marker);
  theirs.line.speak(marker);
  const id = await box.until(({ calls }) => calls[0]?.recording, 'the call being recorded');

  const during: string[] = [];
  // A segment and a half: one that is written, one that is being filled.
  const enough = ours.line.heard.length + 375;
  while (ours.line.heard.length < enough) {
    during.push(...(await everywhere()).hits);
    const before = ours.line.heard.length;
    await ours.line.until((heard) => heard.length > before + 100);
  }
  ours.hangUp();
  await theirs.ended;
  await box.recordingOf('anna', 'bram');
  t.deepEqual(during, [], 'while it was said');
  const after = await everywhere();
  t.true(after.files > 10, `${after.files} files looked at`);
  t.deepEqual(after.hits, [], 'afterwards');

  const { files } = await box.open(id);
  const kept = Buffer.concat(files);
  t.true(
    frames.every((frame) => kept.includes(frame)),
    'every marker went through the recorder',
  );
});

test('the search would find one', (t) => {
  for (const { name, bytes } of needlesOf('planted', frames[5]!)) {
    const path = join(box.config.data, 'planted');
    writeFileSync(path, Buffer.concat([Buffer.alloc(9_000_001), bytes, Buffer.alloc(77)]));
    const { hits } = findIn([box.folder], needlesOf('planted', frames[5]!), since);
    rmSync(path);
    t.true(hits.includes(`${path}: ${name}`), name);
  }
});
