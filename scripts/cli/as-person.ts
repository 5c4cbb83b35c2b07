/** Who acts: a person of the desk, who proves it to the command line as there, with password and code. */
import type { Person } from '../../appliance/access/people.ts';
import { type Act, may } from '../../appliance/access/roles.ts';
import { withAccess } from './box.ts';
import { needed, type Options, problem, readText, textOf, type Values } from './command.ts';
import { askSecret } from './passphrase.ts';

/** Where the throttle of failed sign-ins counts tries of the command line. */
const ADDRESS = 'cli';

/** Options of every command that a person must stand for. */
export const personOptions: Options = {
  as: { type: 'string', means: 'who stands for this: a name of the desk' },
  credentials: { type: 'string', means: 'their password and code, a line each; without it, the terminal asks' },
};

export const PERSON_USAGE = '--as NAME [--credentials FILE]';

/** Password and code: the first two lines of `--credentials FILE`, or asked for in the terminal. */
async function secrets(values: Values, name: string): Promise<{ password: string; code: string }> {
  const file = textOf(values, 'credentials');
  if (file !== undefined) {
    const [password = '', code = ''] = readText(file).split('\n');
    return { password, code: code.trim() };
  }
  if (!process.stdin.isTTY) throw problem('person_needed', name);
  return { password: await askSecret(`Password of ${name}`), code: await askSecret('Code of the authenticator') };
}

/**
 * The person named by `--as`, once password and code were right, who may do `act` at the desk too. The sign-in is in the audit log and
 * ends with this call.
 * @throws Problem `usage`, `file_unreadable`, `person_needed`, `role_missing`, and those of signing in at the desk.
 */
export async function personFrom(values: Values, data: string, act: Act): Promise<Person> {
  const name = needed(values, 'as');
  const { password, code } = await secrets(values, name);
  return withAccess(data, async (access) => {
    const token = access.enterCode(await access.enterPassword(name, password, ADDRESS), code, ADDRESS);
    const person = access.signedIn(token)!;
    access.signOut(token);
    if (!may(person, act)) throw problem('role_missing', act);
    return person;
  });
}
