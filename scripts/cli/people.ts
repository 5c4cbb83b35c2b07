import { type Role, roles } from '../../appliance/access/roles.ts';
import { withAccess } from './box.ts';
import { type Command, listOf, problem } from './command.ts';

export const peopleInvite: Command = {
  name: 'people invite',
  usage: 'people invite --role custodian|dpo|admin...',
  summary: 'makes a set-up code with which one more person makes a login at the desk',
  options: { role: { type: 'string', multiple: true, means: 'what they may do' } },
  takes: 0,
  run({ values, data }) {
    const wanted = listOf(values, 'role') as Role[];
    if (wanted.length === 0 || wanted.some((role) => !roles.includes(role))) {
      throw problem('usage', `--role is one of ${roles.join(', ')}`);
    }
    return withAccess(data, (access) => {
      const code = access.newSetUpCode(wanted);
      return {
        json: { code, roles: wanted },
        text: `Set-up code ${code}, good once, for: ${wanted.join(', ')}. Open the desk at /set-up with it. A code made before it is void now.`,
      };
    });
  },
};

export const peopleList: Command = {
  name: 'people list',
  usage: 'people list',
  summary: 'lists who may sign in at the desk',
  options: {},
  takes: 0,
  run: ({ data }) =>
    withAccess(data, (access) => {
      const people = access.people();
      const lines = people.map(({ name, roles }) => `${name}  ${roles.join(', ')}`);
      return { json: { people }, text: lines.join('\n') || 'Nobody yet.' };
    }),
};

export const peopleRemove: Command = {
  name: 'people remove',
  usage: 'people remove NAME',
  summary: 'takes a person out: they are signed out at once',
  options: {},
  takes: 1,
  run({ positionals, data }) {
    const [name] = positionals as [string];
    return withAccess(data, (access) => {
      access.removePerson(name, 'cli');
      access.forgetExpired();
      return { json: { removed: name }, text: `${name} is taken out and signed out.` };
    });
  },
};
