/** Opens a database with one migration and ends: `open-once.ts URL [SCHEMA]`. */
import { openDatabase } from '../open.ts';

const [url, schema] = process.argv.slice(2);
const migrations = [{ name: 'once-1', statements: ['CREATE TABLE once (id text PRIMARY KEY)'] }];
const database = await openDatabase(url!, { migrations, ...(schema ? { schema } : {}) });
await database.close();
