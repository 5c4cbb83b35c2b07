/** Appends events to the fleet's log, as one of several processes: `append-many.ts URL SCHEMA ACTOR HOW_MANY`. */
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { openDatabase } from '../../db/open.ts';
import { openFleetLog } from '../log.ts';
import { auditMigrations } from '../tables.ts';
import { FLEET } from './fleet.ts';

const [url, schema, actor, many] = process.argv.slice(2);
const database = await openDatabase(url!, { migrations: auditMigrations, ...(schema ? { schema } : {}) });
const log = openFleetLog({ database: database.kysely, fleetId: FLEET, clock: systemClock, chance: systemChance });
const each = Array.from({ length: Number(many) }, (_, at) => `${actor}-${at}`);
// All at once: as many connections as the pool has.
await Promise.all(each.map((of) => log.append({ kind: 'msp_created', actor: actor!, facts: { msp: of, of } })));
await database.close();
