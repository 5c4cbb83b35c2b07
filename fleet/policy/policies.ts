/**
 * Policies of the fleet: the door of this room, for console, API and terminal. Whoever asks has checked the right (`access/rights.ts`) and hands over its scope.
 *
 * - `see policies`: `levels.chain`, `levels.versions`, `levels.version`, `standing.*`, `unread`, `preview`, `rollouts.list`, `rollouts.one`, `rollouts.boxes`, `keys.list`.
 * - `write policies`: `levels.write`, `documents.bring`.
 * - `sign policies`, a person with two factors: `sign`, `rollouts.halt`, `.resume`, `.cancel`, `.retry`, `keys.rotate`, `keys.retireFormer`.
 *
 * The way of a change: write a level (`levels.write`, with the version that was seen), look at what it does (`preview`), sign exactly that (`sign`, with the
 * preview's token), follow it (`rollouts.one`, `standing.counts`). A box weighs what comes by itself: nothing here decides what is in force there.
 */

import { openAmiss } from './amiss.ts';
import { openDocuments } from './documents.ts';
import { openEngine } from './engine.ts';
import { type KeyFolder, openPolicyKeys } from './keys.ts';
import { openLevels } from './levels.ts';
import type { Parts } from './parts.ts';
import { openRegister } from './register.ts';
import { openRollouts } from './rollouts.ts';
import { openSigning } from './signing.ts';
import { openStanding } from './standing.ts';
import { openUnread } from './unread.ts';

export function openPolicies({ folder, ...parts }: Parts & { readonly folder: KeyFolder }) {
  const keys = openPolicyKeys({ ...parts, folder });
  const signing = openSigning({ ...parts, keys });
  return {
    keys,
    levels: openLevels(parts),
    documents: openDocuments(parts),
    unread: openUnread(parts),
    preview: signing.preview,
    sign: signing.sign,
    rollouts: openRollouts({ ...parts, keys }),
    standing: openStanding(parts),
    /** Versions and hashes of all that was written and signed, for the audit pack. */
    register: openRegister(parts),
    /** For the process alone. */
    amiss: openAmiss(parts),
    engine: openEngine({ ...parts, keys }),
  };
}

export type Policies = ReturnType<typeof openPolicies>;
