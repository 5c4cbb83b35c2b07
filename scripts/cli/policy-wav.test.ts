import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { samplePolicy } from '@belkluis/shared/policy/sample';
import { announcementsOf } from '@belkluis/shared/policy/words';
import test from 'ava';
import { places } from '../../appliance/config.ts';
import { writeWav } from '../../appliance/media/prompts/wav.ts';
import { policyFiles } from '../../appliance/policy/store.ts';
import { policyApply } from './policy-change.ts';
import { policyWav } from './policy-wav.ts';
import { cliBox } from './testing/cli-box.ts';

test('a WAV comes to the box under its hash, and it is said whether the policy binds it; what is no WAV does not', async (t) => {
  const { at, data, run, apply } = cliBox();
  const wav = writeWav({ sampleRate: 16_000, channels: [new Int16Array(24_000).fill(4_000)] });
  const file = join(data, 'said.wav');
  writeFileSync(file, wav);
  const sha256 = createHash('sha256').update(wav).digest('hex');
  const before = await run(policyWav, {}, file);
  t.deepEqual(before.json, { sha256, seconds: 1.5, bound: [] });
  t.regex(before.text, /said\.wavs/);
  t.deepEqual(readFileSync(join(policyFiles(at.policy).wav, `${sha256}.wav`)), wav);

  const draft = samplePolicy(new Date());
  const [purpose] = draft.purposes;
  const { announcement } = purpose!;
  const { textSha256 } = announcementsOf(draft, purpose!)[0]!;
  const said = announcement.said.map((one) => ({ ...one, wavs: [{ sha256, textSha256 }] }));
  await apply({ ...draft, purposes: [{ ...purpose!, announcement: { ...announcement, said } }] });
  t.like((await run(policyWav, {}, file)).json, { bound: ['complaints'] });

  const silent = join(data, 'silent.wav');
  writeFileSync(silent, writeWav({ sampleRate: 16_000, channels: [new Int16Array(24_000)] }));
  await t.throwsAsync(async () => run(policyWav, {}, silent), { code: 'wav_silent' });
  const other = join(data, 'other.wav');
  writeFileSync(other, wav.subarray(0, 200));
  await t.throwsAsync(async () => run(policyWav, {}, other), { code: 'wav_malformed' });
  const torn = createHash('sha256').update(wav.subarray(0, 200)).digest('hex');
  t.false(existsSync(join(policyFiles(at.policy).wav, `${torn}.wav`)));
});

test('who proposes a policy is told which sentence no WAV says, before anybody misses a recording', async (t) => {
  const { data, run, sign } = cliBox();
  const samples = Int16Array.from({ length: 24_000 }, (_, at) => 8000 * Math.sin(at / 5));
  const wav = writeWav({ sampleRate: 16_000, channels: [samples] });
  const file = join(data, 'said.wav');
  writeFileSync(file, wav);
  const sha256 = createHash('sha256').update(wav).digest('hex');
  const draft = samplePolicy(new Date());
  const [purpose] = draft.purposes;
  const { announcement } = purpose!;
  const [inEnglish] = announcement.said;
  const both = { ...announcement, said: [inEnglish!, { ...inEnglish!, language: 'nl' as const }] };
  const [english, dutch] = announcementsOf(draft, { ...purpose!, announcement: both });
  let version = 0;
  const bound = (which: readonly string[][]) => ({
    ...draft,
    version: ++version,
    purposes: [
      {
        ...purpose!,
        announcement: {
          ...both,
          said: both.said.map((said, at) => ({
            ...said,
            wavs: which[at]!.map((textSha256) => ({ sha256, textSha256 })),
          })),
        },
      },
    ],
  });
  const told = async (which: readonly string[][]) => {
    const { json, text } = await run(policyApply, {}, await sign(bound(which)));
    const { unspoken } = json as { unspoken: { language: string; text: string; why: string }[] };
    for (const one of unspoken) t.true(text.includes(one.text), 'the sentence itself is in what a person reads');
    return unspoken.map((one) => `${one.language} ${one.why}`);
  };
  t.deepEqual(await told([[english!.textSha256], ['0'.repeat(64)]]), ['en wav_missing', 'nl wav_outdated']);
  await run(policyWav, {}, file);
  t.deepEqual(await told([[english!.textSha256], ['0'.repeat(64)]]), ['nl wav_outdated']);
  t.deepEqual(await told([[english!.textSha256], [dutch!.textSha256]]), []);
  // A file that was cut off on its way is none.
  writeFileSync(join(policyFiles(places(data).policy).wav, `${sha256}.wav`), wav.subarray(0, 500));
  t.deepEqual(await told([[english!.textSha256], [dutch!.textSha256]]), ['en wav_missing', 'nl wav_missing']);
});
