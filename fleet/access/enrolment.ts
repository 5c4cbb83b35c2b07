/** The step from a password alone to two factors: taken once, by whoever comes first, and then every other session ends. */
import type { AnyTables } from '../db/open.ts';
import type { AccessEvent, Append } from './events.ts';
import { type Parts, personById, view } from './parts.ts';
import { personExpiry } from './people.ts';
import { problem } from './problems.ts';
import type { Sessions } from './sessions.ts';
import type { AccessTables } from './tables.ts';

interface Enrolment {
  readonly clock: Parts['clock'];
  readonly append: Append;
  readonly sessions: Sessions;
}

type SessionRow = AccessTables['sessions'];

/** The session that may set a factor up: one that is whole, or of somebody who has none yet. @throws Problem `session_over`, `second_factor_needed`. */
export async function mayEnrol(sessions: Sessions, token: string): Promise<SessionRow> {
  const session = await sessions.find(token);
  if (!session) throw problem('session_over');
  if (session.stage === 'code') throw problem('second_factor_needed');
  return session;
}

/** Whoever has a password alone: may that person still set up a first factor? @throws Problem `enrolled_already`, `session_over`. */
export async function personToEnrol(session: SessionRow, tx: AnyTables) {
  const person = await personById(view(tx), session.person);
  if (!person) throw problem('session_over');
  // Somebody else who knows the password must not add a factor after its owner did.
  if (session.stage === 'enrol' && person.enrolled_at !== null) throw problem('enrolled_already');
  return person;
}

/** Ends what was open before, and begins a session that is whole. Inside the transaction that stored the factor. */
export async function enrolled(
  { clock, append, sessions }: Enrolment,
  person: AccessTables['people'],
  how: Extract<AccessEvent, { kind: 'login' }>['facts']['how'],
  tx: AnyTables,
): Promise<string> {
  const now = clock.now();
  await append({ kind: 'login', actor: person.id, facts: { msp: person.msp, how } }, tx);
  await view(tx)
    .updateTable('people')
    .set({ enrolled_at: person.enrolled_at ?? now, expires_at: personExpiry(now) })
    .where('id', '=', person.id)
    .execute();
  await sessions.endAllOf(person.id, view(tx));
  return await sessions.begin(person.id, 'full', view(tx));
}
