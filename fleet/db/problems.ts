import { problemsOf } from '@belkluis/shared/base/problem';

/** What can be wrong with the fleet's database, for whoever runs the server. */
export const problem = problemsOf({
  database_url:
    'DATABASE_URL is not understood. Give sqlite:PATH, or postgres://USER:PASSWORD@HOST/NAME, if need be with ?sslmode= and &sslrootcert=.',
  database_url_tls:
    'This sslmode does not check whom it talks to. Use sslmode=verify-full with sslrootcert=FILE of the authority, or sslmode=disable on a network that is yours alone.',
  database_ca: 'The file that sslrootcert names cannot be read. Check its path and rights.',
  database_path:
    'The database file cannot be opened. Check that its folder is there and that the fleet may write in it.',
  database_settings:
    'The database does not keep the settings that durability needs. Check the file system that it lies on.',
  database_unreachable:
    'The database server cannot be reached, or hangs up. Check host, port, firewall, TLS, and that it runs.',
  database_refused:
    'The database server does not let us in. Check user, password and name of the database in DATABASE_URL.',
  database_old: 'This PostgreSQL is too old. Use version 15 or newer.',
  database_collation:
    'This database sorts text by the rules of a language, which change with the system. Make one that does not: createdb --encoding=UTF8 --locale=C --template=template0 NAME.',
  cursor_invalid: 'This page does not exist any more. Begin with the first page of the list.',
  copy_direction:
    'This moves a fleet from SQLite to PostgreSQL alone. Give the SQLite file, and DATABASE_URL=postgres://….',
  copy_source_missing: 'There is no such SQLite file. Give the one that the fleet has used.',
  copy_target_used:
    'The PostgreSQL database holds data already, and nothing is mixed or overwritten. Make an empty one.',
  copy_differs:
    'What PostgreSQL holds is not what was copied. Nothing was kept; look for triggers or rules in that database.',
  database_too_new:
    'The database was written by a newer version of Belkluis. Install that version again, or a later one.',
});
