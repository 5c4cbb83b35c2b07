/** Speaks an announcement: espeak-ng by default, or the WAV file that the policy binds by its hash. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Language } from '@belkluis/shared/policy/fields';
import type { Announcement } from '@belkluis/shared/policy/words';
import { problem } from './problems.ts';

/** Most that a spoken announcement may weigh, in bytes: two minutes at 22 kHz, far above the longest text. */
const MAX_WAV_BYTES = 6_000_000;

/** How long speaking may take, ms: it takes tens of milliseconds; a hanging one must not hang the box. */
const VOICE_TIMEOUT_MS = 20_000;

/** Words a minute: slower than espeak-ng's 175, for a caller hears it once and unprepared. */
const WORDS_PER_MINUTE = 155;

const voices: Record<Language, string> = { en: 'en-gb', nl: 'nl', de: 'de', fr: 'fr-fr' };

/** A WAV file written to a pipe cannot know its lengths: its two length fields are set to what came (RIFF, `data` chunk). */
function withTrueLengths(wav: Buffer): Buffer {
  const data = wav.indexOf('data', 12, 'latin1');
  if (wav.toString('latin1', 0, 4) !== 'RIFF' || data < 0) return wav;
  const fixed = Buffer.from(wav);
  fixed.writeUInt32LE(wav.length - 8, 4);
  fixed.writeUInt32LE(wav.length - data - 8, data + 4);
  return fixed;
}

/** espeak-ng says `text`; resolves with a WAV file. @throws Problem `voice_failed`. The text goes over standard input: argv is for everybody to read. */
export function speak(text: string, language: Language): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('espeak-ng', ['-v', voices[language], '-s', String(WORDS_PER_MINUTE), '--stdin', '--stdout'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: VOICE_TIMEOUT_MS,
    });
    const chunks: Buffer[] = [];
    let size = 0;
    child.on('error', (cause) => reject(problem('voice_failed', undefined, cause)));
    child.stdin.on('error', () => {});
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_WAV_BYTES) child.kill();
      else chunks.push(chunk);
    });
    child.on('close', (code) => {
      if (code === 0 && size > 0) resolve(withTrueLengths(Buffer.concat(chunks)));
      else reject(problem('voice_failed', code === null ? 'it did not end' : `exit code ${code}`));
    });
    child.stdin.end(text);
  });
}

function boundWav(folder: string, sha256: string): Buffer {
  let wav: Buffer;
  try {
    wav = readFileSync(join(folder, `${sha256}.wav`));
  } catch (cause) {
    throw problem('wav_missing', sha256, cause);
  }
  if (createHash('sha256').update(wav).digest('hex') !== sha256)
    throw problem('wav_missing', `${sha256} has been changed`);
  return wav;
}

/** An announcement as sound (a WAV file). @throws Problem `voice_failed`, `wav_missing`, `wav_outdated`. */
export async function spoken(
  { text, language, wav }: Pick<Announcement, 'text' | 'language' | 'wav'>,
  wavFolder: string,
): Promise<Buffer> {
  if (wav === null) return speak(text, language);
  // What was recorded says what the policy said before: not this.
  if (wav === 'outdated') throw problem('wav_outdated', language);
  return boundWav(wavFolder, wav);
}
