/** Who did something, and who may. */
import { type Scope, wholeMsp } from '../../tenants/scope.ts';
import type { Visit } from '../visit.ts';

/** How an id of a person, or of what the fleet does by itself, is read. Who has left has no name any more: `gone` stands for them. */
export type Names = (id: string, gone?: string) => string;

export async function peopleNames({ t, services }: Visit, { msp }: Scope): Promise<Names> {
  const actors = t.audit.actors as Readonly<Record<string, string>>;
  const people = await services.access.people.list(wholeMsp(msp));
  const names = new Map(people.map(({ id, name }) => [id, name]));
  return (id, gone = t.alerts.gonePerson) => names.get(id) ?? (Object.hasOwn(actors, id) ? actors[id]! : gone);
}

/** Id and name of everybody who can sign in, to choose one from. */
export async function colleagues({ services }: Visit, { msp }: Scope): Promise<(readonly [string, string])[]> {
  const people = await services.access.people.list(wholeMsp(msp));
  return people.filter(({ enrolled }) => enrolled).map(({ id, name }) => [id, name] as const);
}
