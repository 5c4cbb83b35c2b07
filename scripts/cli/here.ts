/** Whether a box is where the command line looks for it: a wrong folder must not pass for a box that knows nothing, nor become one. */
import { existsSync } from 'node:fs';
import { CONFIG_PATH, places, readConfig } from '../../appliance/config.ts';
import { problem } from './command.ts';

/** What the first steps of setting up a box make, each for itself. The rest is made by its processes, or by merely being looked for. */
const isBox = (data: string): boolean => {
  const { identity, policy, phonesDatabase, accessDatabase } = places(data);
  return [identity, policy, phonesDatabase, accessDatabase].some((path) => existsSync(path));
};

/** Where the box of this machine is by its configuration; null: there is none, or it cannot be read by whoever asks. */
function configured(path: string): string | null {
  try {
    return readConfig(path).data;
  } catch {
    return null;
  }
}

/** @throws Problem `no_box`, with the folder of this machine's box where its configuration names one. */
export function checkBox(data: string, configPath = CONFIG_PATH): void {
  if (isBox(data)) return;
  const there = configured(configPath);
  throw problem('no_box', there === null || there === data ? data : `${data}; ${configPath} says: --data ${there}`);
}
