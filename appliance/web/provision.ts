/**
 * What phones fetch: their settings, by a link that counts once, and the box's certificate. No page, no cookie, no sign-in; the link is
 * a secret, so it stands in no log and no answer.
 */
import { Hono } from 'hono';
import { CERTIFICATE_PATH } from '../provisioning/provisioning.ts';
import type { DeskServices } from './services.ts';
import { addressOf, type DeskContext, type DeskEnv } from './visit.ts';

/** The same for a link that never was, one that was used, one that has run out, and a file that is not there. */
const nothingHere = (c: DeskContext): Response => c.text('Not here.\n', 404);

export const provisionRoutes = (services: Pick<DeskServices, 'phones' | 'log'>) =>
  new Hono<DeskEnv>()
    .get(CERTIFICATE_PATH, (c) =>
      c.body(services.phones.certificate, 200, { 'Content-Type': 'application/x-pem-file' }),
    )
    .get('/provision/:token/:file', (c) => {
      // A look without reading must not use the link up.
      if (c.req.method !== 'GET') return nothingHere(c);
      try {
        const fetched = services.phones.fetch(c.req.param('token'), c.req.param('file'), addressOf(c));
        switch (fetched.is) {
          case 'file':
            return c.body(fetched.file.body, 200, { 'Content-Type': fetched.file.contentType });
          case 'throttled':
            return c.text('Later.\n', 429, { 'Retry-After': String(Math.ceil(fetched.waitMs / 1000)) });
          case 'unknown':
            return nothingHere(c);
        }
      } catch (error) {
        services.log('provision_failed', { code: (error as { code?: string }).code ?? 'unknown' });
        return c.text('Not now.\n', 503);
      }
    })
    .all('/provision/*', nothingHere);
