import { writeFileDurably } from '../../appliance/vault/durable.ts';
import { withCatalogue } from './box.ts';
import { type Command, freshPath, problem, textOf } from './command.ts';

/** Certificates on one page: what a terminal shows without scrolling far. */
const DEFAULT_LIMIT = 50;

export const certificatesList: Command = {
  name: 'certificates list',
  usage: 'certificates list [--limit N]',
  summary: 'lists deletion certificates, newest first',
  options: { limit: { type: 'string', means: `how many; ${DEFAULT_LIMIT} when it is not given` } },
  takes: 0,
  run({ values, data }) {
    const limit = Number(textOf(values, 'limit') ?? DEFAULT_LIMIT);
    if (!Number.isInteger(limit) || limit < 1) throw problem('usage', '--limit is a whole number');
    return withCatalogue(data, (catalogue) => {
      const { certificates, total } = catalogue.certificates(limit, 0);
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
    });
  },
};

export const certificatesShow: Command = {
  name: 'certificates show',
  usage: 'certificates show RECORDING [--out FILE]',
  summary: 'prints a deletion certificate, or writes it to a file for belkluis-verify',
  options: { out: { type: 'string', means: 'the file to write; it must not be there yet' } },
  takes: 1,
  run({ positionals, values, data }) {
    const [recording] = positionals as [string];
    const out = textOf(values, 'out');
    const path = out === undefined ? null : freshPath(out);
    return withCatalogue(data, (catalogue) => {
      const text = catalogue.certificate(recording);
      if (text === null) throw problem('certificate_unknown', recording);
      const certificate = JSON.parse(text) as object;
      const pretty = JSON.stringify(certificate, null, 2);
      if (path === null) return { json: certificate, text: pretty };
      writeFileDurably(path, `${pretty}\n`);
      return { json: { out: path, recording }, text: `The certificate is in ${path}.` };
    });
  },
};
