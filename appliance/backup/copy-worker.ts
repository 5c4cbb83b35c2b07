/** A thread that copies one live database as it is at one moment: SQLite is synchronous, and the desk must go on meanwhile. */
import { workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

const { from, to } = workerData as { from: string; to: string };
const database = new Database(from, { readonly: true, fileMustExist: true });
// Pages that are not in use are left out, and with them whatever an erased row might have left.
database.prepare('VACUUM INTO ?').run(to);
database.close();
