/** What makes a kamailio of the tests a PBX with lamps and waiting messages: Debian's presence modules, on tables of text files. */
import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KamailioOptions } from './kamailio.ts';

const TABLES = ['version', 'presentity', 'active_watchers', 'watchers'];

/** Options for a kamailio at `address`; its tables are in a folder of its own, which the test removes. */
export function presence(address: string): Pick<KamailioOptions, 'modules' | 'parameters' | 'route' | 'inDialog'> & {
  readonly tables: string;
} {
  const tables = mkdtempSync(join(tmpdir(), 'presence-'));
  for (const table of TABLES) copyFileSync(join('/usr/share/kamailio/dbtext/kamailio', table), join(tables, table));
  return {
    tables,
    modules: ['db_text', 'presence', 'presence_xml', 'presence_dialoginfo', 'presence_mwi'],
    parameters: [
      `modparam("presence|presence_xml","db_url","text://${tables}")`,
      `modparam("presence","server_address","sip:${address}:5060")`,
      'modparam("presence","subs_db_mode",0)',
      'modparam("presence_xml","force_active",1)',
      'modparam("presence","send_fast_notify",1)',
    ].join('\n'),
    route: `
  if (is_method("PUBLISH")) { handle_publish(); exit; }
  if (is_method("SUBSCRIBE")) { handle_subscribe(); exit; }`,
    inDialog: '    if (is_method("SUBSCRIBE")) { handle_subscribe(); exit; }',
  };
}
