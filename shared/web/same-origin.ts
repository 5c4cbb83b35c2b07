/** What another page sends does nothing. */
import type { MiddlewareHandler } from 'hono';
import { csrf } from 'hono/csrf';

/** Whether a request asks for something and changes nothing. */
export const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** `refused`: what is thrown. */
export function sameOrigin(refused: () => Error): MiddlewareHandler {
  const forms = csrf();
  return async (c, next) => {
    // csrf() looks at forms alone; nothing here has another reason to come from elsewhere. Our pages send no referrer, so a browser
    // names no origin with a form (Fetch 3.2): then its own word that the page was ours counts, which no page can forge.
    const ours =
      c.req.header('Origin') === new URL(c.req.url).origin || c.req.header('Sec-Fetch-Site') === 'same-origin';
    if (!isSafe(c.req.method) && !ours) throw refused();
    return await forms(c, next);
  };
}
