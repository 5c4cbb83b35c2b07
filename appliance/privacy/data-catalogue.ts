/**
 * Every column of every database of the box, and what else it keeps: of what category, why, for how long, and who may see it (GDPR 5(1)(b),
 * 5(1)(e), 25, 30(1)(c)). Who adds a column says so in `data/`; `test/personal-data.test.ts` lays this beside real databases.
 */
import type { Database, Store } from './catalogue-model.ts';
import { access, enrolment, networks, phones, provisioning, toll } from './data/accounts.ts';
import { documents } from './data/documents.ts';
import { audit, backup, uplink } from './data/records.ts';
import { catalogue, keystore } from './data/vault.ts';

/** By the name of the file. Each epoch of the keystore has a file of its own, all of one form. */
export const databases: Readonly<Record<string, Database>> = {
  'catalogue.db': catalogue,
  'keystore.db': keystore,
  'audit.db': audit,
  'backup.db': backup,
  'access.db': access,
  'phones.db': phones,
  'privacy.db': documents,
  'networks.db': networks,
  'provisioning.db': provisioning,
  'toll.db': toll,
  'uplink.db': uplink,
  'enrolment.db': enrolment,
};

/** The database of a file, by its name; null: nothing is said of it. */
export const databaseOf = (file: string): Database | null =>
  databases[file.replace(/^keystore-\d+\.db$/, 'keystore.db')] ?? null;

/** What is in no table. */
export const stores: readonly Store[] = [
  {
    what: 'Sealed recordings',
    why: 'What was said, encrypted to keys that are not on the box.',
    files: /^vault\/content\/[0-9a-f]{32}\.sealed(\.new)?$/,
    personal: true,
    category: 'content',
    leaving: 'content',
    acts: ['open recordings'],
  },
  {
    what: 'Keys of the keystore’s epochs',
    why: 'Open the wraps, which open nothing without a custodian’s key.',
    files: /^vault\/(keystore\/)?epoch-\d+\.(key|tpm)(\.new)?$/,
    personal: false,
    category: 'content',
    leaving: { until: 'when their epoch ends, every night' },
    acts: [],
  },
  {
    what: 'A recording of nothing, with its key',
    why: 'Opened by a drill to see that a backup can be restored.',
    files: /^vault\/canary\//,
    personal: false,
    category: 'none',
    leaving: { until: 'with the box' },
    acts: [],
  },
  {
    what: 'The policy in force and those before it, announcements',
    why: 'Say by which rules something was recorded; they name custodians.',
    files: /^policy\//,
    personal: true,
    category: 'configuration',
    leaving: { until: 'the longest of its own terms after a policy was replaced' },
    acts: ['see overview'],
  },
  {
    what: 'Trunks, PBX and sources of copied calls',
    why: 'Connect calls; they hold numbers, accounts and passwords of lines.',
    files: /^lines\//,
    personal: true,
    category: 'configuration',
    leaving: { until: 'when somebody changes them' },
    acts: ['see trunks'],
  },
  {
    what: 'Keys and certificate of the box',
    why: 'Let phones, browsers and witnesses know the box.',
    files: /^identity\//,
    personal: false,
    category: 'configuration',
    leaving: { until: 'with the box' },
    acts: [],
  },
  {
    what: 'Locks and sockets of running processes',
    why: 'Keep two processes from doing the same.',
    files: /(\.sock|\.lock|\.pid)$|^scratch\//,
    personal: false,
    category: 'none',
    leaving: { until: 'with the process' },
    acts: [],
  },
  {
    what: 'Signalling of calls',
    why: 'Shows whoever is on site why a call failed; masked for who may not see numbers.',
    files: null,
    personal: true,
    category: 'traffic',
    leaving: { until: 'after two hours, and with the process' },
    acts: ['see calls'],
  },
  {
    what: 'Tries of phones to register',
    why: 'Show whoever is on site why a phone is not there.',
    files: null,
    personal: true,
    category: 'traffic',
    leaving: { until: 'after two hours, and with the process' },
    acts: ['see phones'],
  },
];
