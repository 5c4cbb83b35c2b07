/** What the box stores of whom, and why: for the data protection officer. */

import { rolesFor, type Store } from '../../appliance/privacy/catalogue-model.ts';
import { allTold, catalogueText } from '../../appliance/privacy/catalogue-text.ts';
import { stores } from '../../appliance/privacy/data-catalogue.ts';
import type { Command } from './command.ts';

const inJson = ({ files, acts, ...told }: Store) => ({ ...told, inMemory: files === null, roles: rolesFor(acts) });

export const dataCatalogue: Command = {
  name: 'data-catalogue',
  usage: 'data-catalogue',
  summary: 'lists everything that a box stores, why, for how long, and who may see it',
  options: {},
  asksBox: () => false,
  takes: 0,
  run: () => ({ json: { columns: allTold(), stores: stores.map(inJson) }, text: catalogueText() }),
};
