import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { places } from '../../appliance/config.ts';
import { writeFileDurably } from '../../appliance/vault/durable.ts';
import { openVault } from '../../appliance/vault/vault.ts';
import { type Command, problem, textOf } from './command.ts';

/** Certificates on one page: what a terminal shows without scrolling far. */
const DEFAULT_LIMIT = 50;

export const certificatesList: Command = {
  name: 'certificates list',
  usage: 'certificates list [--limit N]',
  summary: 'lists deletion certificates, newest first',
  options: { limit: { type: 'string' } },
  takes: 0,
  run({ values, data }) {
    const limit = Number(textOf(values, 'limit') ?? DEFAULT_LIMIT);
    if (!Number.isInteger(limit) || limit < 1) throw problem('usage', '--limit is a whole number');
    const vault = openVault(places(data).vault);
    try {
      const { certificates, total } = vault.catalogue.certificates(limit, 0);
      const rows = certificates.map(({ recording, issuedAt, expiresAt }) => ({
        recording,
        issuedAt: new Date(issuedAt).toISOString(),
        keptUntil: new Date(expiresAt).toISOString(),
      }));
      const lines = rows.map(
        ({ recording, issuedAt, keptUntil }) => `${recording}  ${issuedAt}  kept until ${keptUntil}`,
      );
      return {
        json: { total, certificates: rows },
        text: rows.length === 0 ? 'No certificates.' : [...lines, `${rows.length} of ${total}`].join('\n'),
      };
    } finally {
      vault.close();
    }
  },
};

export const certificatesShow: Command = {
  name: 'certificates show',
  usage: 'certificates show RECORDING [--out FILE]',
  summary: 'prints a deletion certificate, or writes it to a file for belkluis-verify',
  options: { out: { type: 'string' } },
  takes: 1,
  run({ positionals, values, data }) {
    const [recording] = positionals as [string];
    const out = textOf(values, 'out');
    const path = out === undefined ? null : resolve(out);
    if (path !== null && existsSync(path)) throw problem('file_exists', path);
    const vault = openVault(places(data).vault);
    try {
      const text = vault.catalogue.certificate(recording);
      if (text === null) throw problem('certificate_unknown', recording);
      const certificate = JSON.parse(text) as object;
      const pretty = JSON.stringify(certificate, null, 2);
      if (path === null) return { json: certificate, text: pretty };
      writeFileDurably(path, `${pretty}\n`);
      return { json: { out: path, recording }, text: `The certificate is in ${path}.` };
    } finally {
      vault.close();
    }
  },
};
