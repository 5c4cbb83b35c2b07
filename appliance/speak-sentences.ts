/** The short sentences of calls as sound: spoken once for each language, when a policy with it comes into force or somebody needs one. */
import type { Log } from '@belkluis/shared/base/log';
import type { Language } from '@belkluis/shared/policy/fields';
import type { Purpose } from '@belkluis/shared/policy/purpose';
import { type Sentence, sentenceNames, sentences } from '@belkluis/shared/policy/sentences';
import type { Prompt } from './media/door.ts';
import { joined } from './media/prompts/joined.ts';
import { encodeOpus } from './media/prompts/opus.ts';
import { makePrompt } from './media/prompts/prompt.ts';
import { speak } from './policy/voice.ts';

export interface Sentences {
  /** In each language of the purpose, in its order. Null: there is no voice; that is logged, and nothing depends on it. */
  of(sentence: Sentence, purpose: Purpose): Promise<Prompt | null>;
  /** Speaks all in these languages, one after the other, so that nobody has to wait for one in a call. */
  prepare(languages: Iterable<Language>): Promise<void>;
}

export function speakSentences(log: Log): Sentences {
  const spoken = new Map<string, Promise<Prompt | null>>();

  const inOne = (sentence: Sentence, language: Language): Promise<Prompt | null> => {
    const id = `${language} ${sentence}`;
    const known = spoken.get(id);
    if (known !== undefined) return known;
    const made = speak(sentences[language][sentence], language).then(
      (wav) => makePrompt(id, wav, encodeOpus),
      (error: Error & { code?: string }) => {
        log('sentence_not_spoken', { language, why: error.code ?? error.name });
        // A voice that comes back is heard again.
        spoken.delete(id);
        return null;
      },
    );
    spoken.set(id, made);
    return made;
  };

  return {
    async of(sentence, { announcement }) {
      const prompts = await Promise.all(announcement.said.map(({ language }) => inOne(sentence, language)));
      const whole = prompts.filter((prompt) => prompt !== null);
      return whole.length === 0 ? null : joined(sentence, whole);
    },
    async prepare(languages) {
      for (const language of new Set(languages)) for (const sentence of sentenceNames) await inOne(sentence, language);
    },
  };
}
