import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { openAccess } from '../../appliance/access/access.ts';
import { type Role, roles } from '../../appliance/access/roles.ts';
import { openAuditLog } from '../../appliance/audit/log.ts';
import { places } from '../../appliance/config.ts';
import { openDevice } from '../../appliance/identity/device.ts';
import { type Command, listOf, problem } from './command.ts';

export const peopleInvite: Command = {
  name: 'people invite',
  usage: 'people invite --role custodian|dpo|admin...',
  summary: 'makes a set-up code with which one more person makes a login at the desk',
  options: { role: { type: 'string', multiple: true } },
  takes: 0,
  run({ values, data }) {
    const wanted = listOf(values, 'role') as Role[];
    if (wanted.length === 0 || wanted.some((role) => !roles.includes(role))) {
      throw problem('usage', `--role is one of ${roles.join(', ')}`);
    }
    const { identity, auditDatabase, accessDatabase } = places(data);
    const { deviceId } = openDevice(identity, systemChance);
    const log = openAuditLog({ path: auditDatabase, deviceId, clock: systemClock, chance: systemChance });
    const access = openAccess({
      path: accessDatabase,
      clock: systemClock,
      chance: systemChance,
      append: (event) => {
        log.append(event);
      },
    });
    try {
      const code = access.newSetUpCode(wanted);
      return {
        json: { code, roles: wanted },
        text: `Set-up code ${code}, good once, for: ${wanted.join(', ')}. Open the desk at /set-up with it. A code made before it is void now.`,
      };
    } finally {
      access.close();
      log.close();
    }
  },
};

export const peopleList: Command = {
  name: 'people list',
  usage: 'people list',
  summary: 'lists who may sign in at the desk',
  options: {},
  takes: 0,
  run({ data }) {
    const access = openAccess({
      path: places(data).accessDatabase,
      clock: systemClock,
      chance: systemChance,
      append: () => {},
    });
    const people = access.people();
    access.close();
    return {
      json: { people },
      text:
        people.length === 0
          ? 'Nobody yet.'
          : people.map(({ name, roles }) => `${name}  ${roles.join(', ')}`).join('\n'),
    };
  },
};

export const peopleRemove: Command = {
  name: 'people remove',
  usage: 'people remove NAME',
  summary: 'takes a person out: they are signed out at once',
  options: {},
  takes: 1,
  run({ positionals, data }) {
    const [name] = positionals as [string];
    const { identity, auditDatabase, accessDatabase } = places(data);
    const { deviceId } = openDevice(identity, systemChance);
    const log = openAuditLog({ path: auditDatabase, deviceId, clock: systemClock, chance: systemChance });
    const access = openAccess({
      path: accessDatabase,
      clock: systemClock,
      chance: systemChance,
      append: (event) => {
        log.append(event);
      },
    });
    try {
      access.removePerson(name, 'cli');
      access.forgetExpired();
      return { json: { removed: name }, text: `${name} is taken out and signed out.` };
    } finally {
      access.close();
      log.close();
    }
  },
};
