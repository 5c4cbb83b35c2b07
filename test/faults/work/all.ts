/** Every kind of work that a box is killed in. */
import type { Work } from '../world.ts';
import { audit } from './audit.ts';
import { exceptions } from './exceptions.ts';
import { files } from './files.ts';
import { hold } from './hold.ts';
import { object } from './object.ts';
import { policy } from './policy.ts';
import { purge } from './purge.ts';
import { record } from './record.ts';
import { shorten } from './shorten.ts';
import { witness } from './witness.ts';

export const works: readonly Work[] = [record, object, purge, hold, exceptions, shorten, policy, audit, witness, files];
