/** What the fleet shows after a call, looked at over HTTPS as somebody of the MSP does; and whether anything there says who called. */
import { globSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { totpCode } from '@belkluis/shared/access/totp';
import { randomHex, systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import type { DemoFleet, OwnersLink } from './fleet.ts';

export interface Looking {
  page(path: string): Promise<{ readonly status: number; readonly text: string }>;
  /** What the API answers. */
  ask(path: string): Promise<unknown>;
}

/** Somebody comes by the invitation of the demo, with a password and a second factor of this moment, and makes a token. */
export async function comeIn(fleet: DemoFleet, invitation: OwnersLink): Promise<Looking> {
  const { ca, session, token } = await fleet.withRooms(async ({ access, ca }) => {
    const code = new URL(invitation.url).hash.slice(1);
    const enrol = await access.people.accept(code, 'Demo owner', randomHex(systemChance, 16));
    const { secret } = await access.signIn.beginTotp(enrol);
    const session = await access.signIn.confirmTotp(enrol, totpCode(secret, systemClock.now()));
    const person = await access.signedIn(session);
    const { token } = await access.tokens.make(person, { name: 'Demo', acts: ['see boxes'], days: 1 });
    return { ca: ca.root, session, token };
  });
  const get = (path: string, headers: Readonly<Record<string, string>>) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      request(new URL(path, fleet.origin), { ca, headers }).once('response', resolve).once('error', reject).end();
    });
  return {
    async page(path) {
      const response = await get(path, { Accept: 'text/html', Cookie: `__Host-session=${session}` });
      return { status: response.statusCode!, text: await text(response) };
    },
    ask: async (path) => JSON.parse(await text(await get(`/api/v1${path}`, { Authorization: `Bearer ${token}` }))),
  };
}

/** How long it is waited for, ms. */
const PATIENCE_MS = 60_000;

/** Seconds until the fleet says that the box has sealed a recording within the hour; null: it never did. */
export async function provenAfter(looking: Looking, box: string): Promise<number | null> {
  const from = systemClock.monotonic();
  while (systemClock.monotonic() - from < PATIENCE_MS) {
    const { health } = (await looking.ask(`/boxes/${box}`)) as { health: { gauges: Record<string, number> } | null };
    if (health?.gauges.recorded_hours_ago === 0) return Math.round((systemClock.monotonic() - from) / 100) / 10;
    await delay(200);
  }
  return null;
}

/** How often one of `marks` stands in what the fleet keeps and logs, or in `pages`. */
export function tracesOf(marks: readonly string[], fleet: DemoFleet, pages: readonly string[]): number {
  const files = globSync('**/*', { cwd: dirname(fleet.configPath), withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(`${parentPath}/${name}`));
  const all = [...files, ...pages.map((page) => Buffer.from(page))];
  return all.flatMap((bytes) => marks.filter((mark) => bytes.includes(mark))).length;
}
