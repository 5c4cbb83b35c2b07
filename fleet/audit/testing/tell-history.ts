/**
 * Goes on with one history of many boxes, as one of several processes: `tell-history.ts URL SCHEMA NAME`. Says that it is ready, begins when
 * it is told to, and prints of which boxes it got a cosignature.
 */
import { once } from 'node:events';
import { systemClock } from '@belkluis/shared/base/clock';
import { openDatabase } from '../../db/open.ts';
import { auditMigrations } from '../tables.ts';
import { openBoxWitness } from '../witness.ts';
import { boxPublicKey, COMMON, historyOf, keyOf, manyBoxes } from './box-log.ts';
import { FLEET } from './fleet.ts';

const [url, schema, name] = process.argv.slice(2);
const database = await openDatabase(url!, { migrations: auditMigrations, ...(schema ? { schema } : {}) });
const witness = openBoxWitness({
  database: database.kysely,
  clock: systemClock,
  witness: { name: `fleet/${FLEET}`, privateKey: keyOf(2) },
  logKeyOf: async () => boxPublicKey,
  append: async () => {},
  raise: async () => {},
});
const history = historyOf(name!, COMMON);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const outcomes = await Promise.all(
  manyBoxes.map(async (box) => (await witness.add(box, history.ask(COMMON, COMMON + 3, 1, box))).outcome),
);
process.stdout.write(`${JSON.stringify(manyBoxes.filter((_, at) => outcomes[at] === 'cosigned'))}\n`);
process.stdin.destroy();
await database.close();
