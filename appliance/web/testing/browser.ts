/** A person at a desk under test, with a browser that runs no scripts. */
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { visitor } from '@belkluis/shared/web/testing/visitor';
import type { Role } from '../../access/roles.ts';
import { PASSWORD, recordingRow, type TestDesk, testDesk } from './desk.ts';

export const ORIGIN = 'https://box.example';
export const ID = '0123456789abcdef0123456789abcdef';

export const browser = (desk: TestDesk['desk'], headers: Record<string, string> = {}) => visitor(desk, ORIGIN, headers);

/** A desk that knows one person, who is signed in. */
export async function signedIn(roles: readonly Role[], clock = new ManualClock()) {
  const box = testDesk(clock);
  const person = await box.addPerson('Robert Visser', roles);
  clock.advance(90_000);
  const visitor = browser(box.desk);
  const login = async () => {
    await visitor.post('/login', { name: person.name, password: PASSWORD });
    const response = await visitor.post('/login/code', { code: person.code() });
    clock.advance(30_000);
    return response;
  };
  await login();
  return { ...box, ...visitor, clock, person, login };
}

/** A recording as the vault holds it: opaque to the desk. */
export const sealed = (row = recordingRow({ id: ID, startedAt: Date.UTC(2026, 0, 1) })) => ({
  row,
  wraps: Uint8Array.of(1, 2, 3),
  content: Uint8Array.of(9, 8, 7, 6),
});

/** Somebody else who signs in at the same desk. */
export async function alsoSignedIn(box: Awaited<ReturnType<typeof signedIn>>, name: string, roles: readonly Role[]) {
  const person = await box.addPerson(name, roles);
  box.clock.advance(90_000);
  const visitor = browser(box.desk);
  await visitor.post('/login', { name, password: PASSWORD });
  await visitor.post('/login/code', { code: person.code() });
  box.clock.advance(30_000);
  return { ...visitor, person };
}
