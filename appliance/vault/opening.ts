/** Whether a recording may be opened at this moment for a use, or leave the box: one answer for the desk and the command line. */
import { refusedExport } from '@belkluis/shared/policy/level-controls';
import { refusedOpening, type Use } from '@belkluis/shared/policy/uses';
import type { Catalogue, Recording } from './catalogue.ts';
import { isBeingErased } from './erase.ts';
import { problem } from './problems.ts';

type Opened = Pick<Catalogue, 'get' | 'restrictions' | 'state'>;

const RECORDING_ID = /^[0-9a-f]{32}$/;

function present(catalogue: Opened, id: string): Recording {
  const row = RECORDING_ID.test(id) ? catalogue.get(id) : null;
  if (!row) throw problem('recording_unknown', id);
  if (row.erasedAt !== null) throw problem('recording_erased', id);
  if (isBeingErased(catalogue, id)) throw problem('recording_objected', id);
  // GDPR 18(2): it is stored, and nothing else is done with it.
  if (catalogue.restrictions.of(id)) throw problem('recording_restricted', id);
  return row;
}

/** @throws Problem `recording_unknown`, `recording_erased`, `recording_objected`, `recording_restricted`, `use_not_allowed`. */
export function toBeOpened(catalogue: Opened, id: string, use: Use): Recording {
  const row = present(catalogue, id);
  const refused = refusedOpening(row, use);
  if (refused !== null) throw problem(refused, row.uses.join(', '));
  return row;
}

/** The same, and `export_not_allowed`. */
export function toBeExported(catalogue: Opened, id: string, use: Use): Recording {
  const row = present(catalogue, id);
  const refused = refusedExport(row, use);
  if (refused !== null) throw problem(refused, refused === 'use_not_allowed' ? row.uses.join(', ') : undefined);
  return row;
}
