/** Who acts: a person of the desk, who proves it to the command line as there, with password and code. */
import { readFileSync } from 'node:fs';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { openAccess } from '../../appliance/access/access.ts';
import { openAuditLog } from '../../appliance/audit/log.ts';
import { places } from '../../appliance/config.ts';
import { openDevice } from '../../appliance/identity/device.ts';
import { needed, problem, textOf, type Values } from './command.ts';
import { askSecret } from './passphrase.ts';

/** Where the throttle of failed sign-ins counts tries of the command line. */
const ADDRESS = 'cli';

export interface ActingPerson {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
}

/** Options of every command that a person must stand for. */
export const personOptions = { as: { type: 'string' }, credentials: { type: 'string' } } as const;

/** Password and code: the first two lines of `--credentials FILE`, or asked for in the terminal. */
async function secrets(values: Values, name: string): Promise<{ password: string; code: string }> {
  const file = textOf(values, 'credentials');
  if (file !== undefined) {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (cause) {
      throw problem('file_unreadable', file, cause);
    }
    const [password = '', code = ''] = text.split('\n');
    return { password, code: code.trim() };
  }
  if (!process.stdin.isTTY) throw problem('person_needed', name);
  return { password: await askSecret(`Password of ${name}`), code: await askSecret('Code of the authenticator') };
}

/**
 * The person named by `--as`, once password and code were right. The sign-in is in the audit log and ends with this call.
 * @throws Problem `usage`, `person_needed`, and those of signing in at the desk.
 */
export async function personFrom(values: Values, data: string): Promise<ActingPerson> {
  const name = needed(values, 'as');
  const { password, code } = await secrets(values, name);
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
    const token = access.enterCode(await access.enterPassword(name, password, ADDRESS), code, ADDRESS);
    const person = access.signedIn(token)!;
    access.signOut(token);
    return person;
  } finally {
    access.close();
    log.close();
  }
}
