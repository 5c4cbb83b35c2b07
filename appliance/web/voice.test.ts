/** Who speaks an announcement, at the desk: a recording is brought, heard, and bound to the sentence that it says. */
import { createHash } from 'node:crypto';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { MAX_VOICE_BODY } from './limits.ts';
import { browser, ORIGIN, signedIn } from './testing/browser.ts';
import { formOf } from './testing/forms.ts';

const PLACE = '/policy/edit/purposes/complaints/voice';
const WAV = Buffer.from('RIFF a person says it');
const SHA256 = createHash('sha256').update(WAV).digest('hex');

type Box = Awaited<ReturnType<typeof signedIn>>;

const box = () => signedIn(['dpo'], new ManualClock(Date.UTC(2026, 10, 25, 12)));

/** What a browser sends of the page's first form, with a file. */
function bring({ desk, cookies }: Pick<Box, 'desk' | 'cookies'>, page: string, file: Buffer | null): Promise<Response> {
  const body = new FormData();
  for (const name of ['language', 'sentence'])
    body.set(name, new RegExp(`name="${name}" value="([^"]*)"`).exec(page)![1]!);
  body.set('file', new File(file ? [Uint8Array.from(file)] : [], 'said.wav'));
  const headers = {
    Accept: 'text/html',
    Origin: ORIGIN,
    Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
  };
  return Promise.resolve(desk.request(`${ORIGIN}${PLACE}`, { method: 'POST', redirect: 'manual', headers, body }));
}

test('a sentence spoken by a person is bound to its words in the draft, is heard there, and can be given back to the box', async (t) => {
  const dpo = await box();
  const before = await dpo.page(PLACE);
  t.regex(before, /We keep the recording for 30 days[\s\S]*Spoken by the box\./);
  const address = /src="(\/policy\/edit\/purposes\/complaints\/voice\/[^"]+)"/.exec(before)![1]!;
  t.regex(await dpo.page(address), /^RIFF Example Office records/);
  t.is((await bring(dpo, before, WAV)).headers.get('Location'), PLACE);
  const after = await dpo.page(PLACE);
  t.regex(after, /Spoken by a person, 1\.5 seconds\./);
  t.is(await dpo.page(address), WAV.toString());
  t.regex(await dpo.page('/policy/review'), new RegExp(SHA256.slice(0, 8)));
  await dpo.post(`${PLACE}/box`, {
    language: 'en',
    sentence: /name="sentence" value="([^"]*)"/.exec(after)![1]!,
  });
  t.regex(await dpo.page(PLACE), /Spoken by the box\./);
});

test('other words leave the recording behind: the page says that nothing would be recorded', async (t) => {
  const dpo = await box();
  await bring(dpo, await dpo.page(PLACE), WAV);
  const terms = '/policy/edit/purposes/complaints/terms';
  t.is(
    (
      await dpo.post(terms, {
        ...formOf(await dpo.page(terms)),
        'content-days': '14',
        'content-why': 'Nobody has asked for one after two weeks.',
      })
    ).status,
    303,
  );
  const page = await dpo.page(PLACE);
  t.regex(page, /No recording says this\./);
  t.regex(page, /would not be recorded/);
  t.notRegex(page, /<audio/, 'nothing to hear');
  // The new recording takes the place of the one that nobody would hear any more.
  await bring(dpo, page, Buffer.from('RIFF of fourteen days'));
  t.notRegex(await dpo.page('/policy/review'), new RegExp(SHA256.slice(0, 8)));
});

test('what is no recording is refused at its field, and nothing is bound', async (t) => {
  const dpo = await box();
  const page = await dpo.page(PLACE);
  for (const [file, says] of [
    [Buffer.from('ID3 a song'), /no whole WAV file/],
    [null, /Choose a file first/],
  ] as const) {
    const refused = await bring(dpo, page, file);
    t.is(refused.status, 422);
    t.regex(await refused.text(), says);
  }
  t.regex(await dpo.page(PLACE), /Spoken by the box\./);
  t.is((await bring(dpo, page.replaceAll(/[0-9a-f]{64}/g, '0'.repeat(64)), WAV)).status, 404);
});

test('only who is signed in may send so much, and nobody more', async (t) => {
  const dpo = await box();
  const page = await dpo.page(PLACE);
  const long = Buffer.concat([WAV, Buffer.alloc(200_000)]);
  t.is((await bring(dpo, page, long)).status, 303);
  t.is((await bring({ desk: dpo.desk, cookies: browser(dpo.desk).cookies }, page, long)).status, 413);
  t.is((await bring(dpo, page, Buffer.concat([WAV, Buffer.alloc(MAX_VOICE_BODY)]))).status, 413);
});
