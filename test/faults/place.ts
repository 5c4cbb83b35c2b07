/** Where boxes under test lie. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Memory where there is some: what a killed process wrote stays, and no test of this folder depends on what a real disk does. */
const root = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export const newPlace = (name: string): string => mkdtempSync(join(root, `belkluis-${name}-`));
