/** Templates that escape whatever is put into them, and the few trusted pieces of markup. Nobody else may make any. */
import { html, raw } from 'hono/html';

export { html };

/** A piece of a page. Anything else that is put into a template is escaped. */
export type Html = ReturnType<typeof html>;

export const nothing: Html = html``;

/** The mark: a safe door with two hinges, three bars of sound and a handle. Drawn in the colour of its text. */
export const mark: Html = raw(
  '<svg viewBox="0 0 32 32" aria-hidden="true"><path fill="currentColor" fill-rule="evenodd" d="M10 2h16a5 5 0 0 1 5 5v18a5 5 0 0 1-5 5H10a5 5 0 0 1-5-5v-2H3a1 1 0 0 1-1-1v-3a1 1 0 0 1 1-1h2v-4H3a1 1 0 0 1-1-1v-3a1 1 0 0 1 1-1h2V7a5 5 0 0 1 5-5Zm0 11.75v4.5a1.25 1.25 0 0 0 2.5 0v-4.5a1.25 1.25 0 0 0-2.5 0Zm4.5-4v12.5a1.25 1.25 0 0 0 2.5 0V9.75a1.25 1.25 0 0 0-2.5 0Zm4.5 2.5v7.5a1.25 1.25 0 0 0 2.5 0v-7.5a1.25 1.25 0 0 0-2.5 0ZM25.25 14.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6Z"/></svg>',
);

/** An import map. Its hash stands in the policy of the page, so its text must be exactly `json`. @throws RangeError for markup in it. */
export function importMapScript(json: string): Html {
  if (json.includes('<')) throw new RangeError('an import map holds no markup');
  return raw(`<script type="importmap">${json}</script>`);
}
