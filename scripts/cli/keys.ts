/** The customer's keys: keyring (signs), custodian (opens), escrow (opens when all else is lost). None of them belongs on the box. */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { generateKey } from 'openpgp';
import { makeFolder, writeFileDurably } from '../../appliance/vault/durable.ts';
import { type Command, problem, textOf } from './command.ts';
import { newPassphrase } from './passphrase.ts';

/** The oldest form that every OpenPGP program opens: v4, Curve25519 as GnuPG 2.2 knows it. */
async function openpgpKey(name: string, passphrase: string): Promise<{ secret: string; certificate: string }> {
  const { privateKey, publicKey } = await generateKey({
    type: 'ecc',
    curve: 'curve25519Legacy',
    userIDs: [{ name }],
    passphrase,
    format: 'armored',
  });
  return { secret: privateKey, certificate: publicKey };
}

export interface MadeKeys {
  readonly files: Readonly<Record<string, string>>;
  readonly passphrases: Readonly<Record<'keyring' | 'custodian' | 'escrow', string>>;
}

/** Makes the three keys, each with a passphrase of its own. */
export async function makeKeys(owner: string): Promise<MadeKeys> {
  const passphrases = { keyring: newPassphrase(), custodian: newPassphrase(), escrow: newPassphrase() };
  const keyring = generateKeyPairSync('ed25519');
  const secret = { format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: passphrases.keyring } as const;
  const custodian = await openpgpKey(`${owner} custodian`, passphrases.custodian);
  const escrow = await openpgpKey(`${owner} escrow`, passphrases.escrow);
  return {
    files: {
      'keyring.pem': keyring.privateKey.export(secret) as string,
      'keyring.pub.pem': keyring.publicKey.export({ format: 'pem', type: 'spki' }) as string,
      'custodian.key.asc': custodian.secret,
      'custodian.pub.asc': custodian.certificate,
      'escrow.key.asc': escrow.secret,
      'escrow.pub.asc': escrow.certificate,
    },
    passphrases,
  };
}

export const keysMake: Command = {
  name: 'keys make',
  usage: 'keys make DIR [--name OWNER] [--passphrases FILE]',
  summary: 'makes the keyring, custodian and escrow keys, off the box',
  options: {
    name: { type: 'string', means: 'whose keys they are' },
    passphrases: { type: 'string', means: 'the file that the passphrases go to; without it, they are shown once' },
  },
  asksBox: () => false,
  takes: 1,
  async run({ positionals, values }) {
    const folder = resolve(positionals[0]!);
    const passphraseFile = textOf(values, 'passphrases');
    if (values.json && passphraseFile === undefined)
      throw problem('usage', 'with --json, --passphrases FILE says where they go');
    const { files, passphrases } = await makeKeys(textOf(values, 'name') ?? 'Belkluis');
    const paths = Object.fromEntries(Object.keys(files).map((name) => [name, join(folder, name)]));
    const taken = [...Object.values(paths), ...(passphraseFile ? [passphraseFile] : [])].find((path) =>
      existsSync(path),
    );
    if (taken) throw problem('file_exists', taken);
    makeFolder(folder);
    for (const [name, content] of Object.entries(files)) writeFileDurably(paths[name]!, content);
    const lines = Object.entries(passphrases).map(([name, words]) => `${name}: ${words}`);
    if (passphraseFile) writeFileDurably(resolve(passphraseFile), `${lines.join('\n')}\n`);
    return {
      json: { folder, files: Object.keys(files), passphrases: passphraseFile ?? null },
      text: [
        `Keys are in ${folder}. Keep them away from the box; it needs the two .pub.asc files and keyring.pub.pem only.`,
        ...(passphraseFile
          ? [`Their passphrases are in ${passphraseFile}.`]
          : ['Write these passphrases down now; they are shown once:', ...lines.map((line) => `  ${line}`)]),
        'Lock the escrow key and its passphrase away: it opens every recording when the custodian key is lost.',
      ].join('\n'),
    };
  },
};
