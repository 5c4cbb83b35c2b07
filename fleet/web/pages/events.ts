/** The stream that pages follow. */
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { HEARTBEAT_MS } from '../limits.ts';
import { problem } from '../problems.ts';
import { allowed, type ConsoleEnv } from '../visit.ts';

/** Longest id of an event that is believed, characters. */
const MAX_LAST = 40;

export const eventsRoutes = new Hono<ConsoleEnv>().get('/events', (c) => {
  const { person, scope } = allowed(c, 'see boxes');
  const { services, session } = c.get('visit');
  const said = c.req.header('Last-Event-ID') ?? c.req.query('last') ?? null;
  const last = said !== null && said.length <= MAX_LAST ? said : null;
  const waiting: string[] = [];
  let wake = () => {};
  const end = services.live.follow({ person: person.id, scope, last }, (id) => {
    waiting.push(id);
    wake();
  });
  if (end === null) throw problem('too_many');
  return streamSSE(c, async (stream) => {
    stream.onAbort(() => {
      end();
      wake();
    });
    try {
      await stream.writeSSE({ event: 'here', id: services.live.idOf(scope.msp), data: '' });
      while (!stream.aborted) {
        const id = waiting.shift();
        if (id !== undefined) {
          await stream.writeSSE({ event: 'changed', id, data: '' });
          continue;
        }
        const cancel = await new Promise<() => void>((resolve) => {
          const stop = services.clock.after(HEARTBEAT_MS, () => resolve(stop));
          wake = () => resolve(stop);
        });
        cancel();
        if (waiting.length > 0) continue;
        // The stream ends with its session, and puts its end off for nobody.
        const still = await services.access.signedIn(session ?? '', false).catch(() => null);
        if (!still) break;
        await stream.write(': here\n\n');
      }
    } finally {
      end();
    }
  });
});
