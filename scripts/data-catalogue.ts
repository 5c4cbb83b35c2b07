/** Writes docs/data-catalogue.md out of what appliance/privacy says of each column. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogueText } from '../appliance/privacy/catalogue-text.ts';

writeFileSync(join(import.meta.dirname, '../docs/data-catalogue.md'), catalogueText());
