/** The button that asks the browser for a passkey, and what the browser answers. */
import { type Html, html } from '@belkluis/shared/web/html';
import { z } from 'zod';
import type { Texts } from '../i18n/en.ts';
import { problem } from '../problems.ts';
import type { ConsoleContext } from '../visit.ts';

interface Button {
  /** Where the options come from, or what they are. */
  readonly begin?: string;
  readonly options?: object;
  /** Where the answer goes. */
  readonly finish: string;
  readonly way: 'create' | 'get';
  readonly text: string;
  readonly primary?: boolean;
}

/** Hidden until its module has found that the browser can do it. */
export const passkeyButton = ({ passkey }: Texts, { begin, options, finish, way, text, primary }: Button): Html =>
  html`<passkey-button ${options ? html`options="${JSON.stringify(options)}"` : html`begin="${begin ?? ''}"`} finish="${finish}" way="${way}" refused="${passkey.stopped}" hidden><button type="button"${primary ? html` class="primary"` : ''}>${text}</button><p class="error" role="alert" hidden></p></passkey-button>`;

/** As WebAuthn level 3 writes it (5.1): what it is worth, the room says that checks it. */
const answerSchema = z.looseObject({
  id: z.string().max(2048),
  rawId: z.string().max(2048),
  type: z.literal('public-key'),
  clientExtensionResults: z.record(z.string(), z.unknown()),
  response: z.looseObject({ clientDataJSON: z.string().max(8192) }),
});

/** @throws Problem `body_wrong`. */
export async function passkeyAnswer<Answer>(c: ConsoleContext): Promise<Answer> {
  return answerIn(await c.req.text());
}

/** The same in a field of a form. @throws Problem `body_wrong`. */
export function answerIn<Answer>(text: string): Answer {
  try {
    return answerSchema.parse(JSON.parse(text)) as Answer;
  } catch (cause) {
    throw problem('body_wrong', undefined, cause);
  }
}
