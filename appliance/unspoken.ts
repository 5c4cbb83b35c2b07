/** Sentences of a policy that a person was to speak and no file says: looked for when the policy is proposed, not only when it counts. */
import type { Language } from '@belkluis/shared/policy/fields';
import type { Policy } from '@belkluis/shared/policy/schema';
import { announcementsOf } from '@belkluis/shared/policy/words';
import { makePrompt } from './media/prompts/prompt.ts';
import { spoken } from './policy/voice.ts';

/** A sentence that nobody would hear: calls that have to hear it are not recorded, and where a law demands the recording, refused. */
export interface Unspoken {
  readonly purpose: string;
  /** Null: of calls that no rule has other words for. */
  readonly rule: string | null;
  readonly language: Language;
  readonly text: string;
  /** What a WAV of it is bound to, SHA-256 in hex. */
  readonly textSha256: string;
  /** `wav_outdated`: no WAV is bound to this sentence; `wav_missing`: its file is not on the box; else why that cannot be played. */
  readonly why: string;
}

/** Why it cannot be heard; null: it can. What the box speaks itself is spoken when it counts. */
async function fault(words: Parameters<typeof spoken>[0], wavFolder: string): Promise<string | null> {
  if (words.wav === null) return null;
  try {
    makePrompt(words.language, await spoken(words, wavFolder));
    return null;
  } catch (error) {
    return (error as { code?: string }).code ?? (error as Error).name;
  }
}

/** Each sentence once, by its first rule. `wavFolder`: where files that people have brought are. */
export async function unspokenIn(
  policy: Pick<Policy, 'controller' | 'purposes' | 'rules'>,
  wavFolder: string,
): Promise<readonly Unspoken[]> {
  const found = new Map<string, Unspoken>();
  for (const purpose of policy.purposes) {
    // Who tells in copied calls is their source.
    if (purpose.announcement.by === 'source') continue;
    for (const rule of [null, ...policy.rules.filter((one) => one.purpose === purpose.id)]) {
      for (const { wav, language, text, textSha256 } of announcementsOf(policy, purpose, rule)) {
        const name = `${purpose.id} ${textSha256}`;
        const why = found.has(name) ? null : await fault({ wav, language, text }, wavFolder);
        if (why !== null)
          found.set(name, { purpose: purpose.id, rule: rule?.id ?? null, language, text, textSha256, why });
      }
    }
  }
  return [...found.values()];
}
