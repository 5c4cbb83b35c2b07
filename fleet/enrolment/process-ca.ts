/**
 * Who signs the certificates by which the fleet's processes show themselves to a broker beside the fleet. An authority of its own, below no root: on
 * the broker's door for processes one may take a box's id, and whoever trusts a root there trusts all below it.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject, webcrypto } from 'node:crypto';
import type { Chance } from '@belkluis/shared/base/chance';
// The library's containers need it, and say so only when they run.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import type { KeyAndChain } from './ca.ts';
import { openKeyFiles } from './key-files.ts';
import { BACKDATE_MS, DAY_MS, ROOT_YEARS, SERVER_CERTIFICATE_DAYS } from './limits.ts';
import { problem } from './problems.ts';
import { newSerial } from './serial.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const crypto = webcrypto as Crypto;

const KEY_FILE = 'processes-key.pem';
const CERTIFICATE_FILE = 'processes.pem';

export interface ProcessCa {
  /** PEM: by this the broker knows processes of the fleet. */
  readonly authority: string;
  /** For the process `name`, good for 90 days. Its key is nowhere but in what this returns. */
  issue(name: string, now: number): Promise<KeyAndChain>;
}

export interface ProcessCaOptions {
  readonly folder: string;
  /** Null: key files lie there in the clear, for their owner alone. */
  readonly passphrase: string | null;
  /** Wall clock, ms. */
  readonly now: number;
  readonly chance: Chance;
}

const signingKeyOf = (key: KeyObject): CryptoKey => key.toCryptoKey(ALGORITHM, false, ['sign']) as CryptoKey;
const publicKeyOf = (key: KeyObject): CryptoKey =>
  createPublicKey(key).toCryptoKey(ALGORITHM, true, ['verify']) as CryptoKey;

/** Reads the authority in `folder`, or makes it. @throws Problem `ca_damaged`, `ca_passphrase`. */
export async function openProcessCa({ folder, passphrase, now, chance }: ProcessCaOptions): Promise<ProcessCa> {
  const files = openKeyFiles(folder, passphrase);
  const kept = files.text(CERTIFICATE_FILE);
  if (kept !== null && files.text(KEY_FILE) === null) throw problem('ca_damaged', KEY_FILE);
  // Processes that begin at once make a certificate each, of one key: either is good for what any of them issues.
  const key = files.ownKey(KEY_FILE);
  const signingKey = signingKeyOf(key);

  async function make(): Promise<string> {
    const publicKey = publicKeyOf(key);
    const made = await x509.X509CertificateGenerator.createSelfSigned(
      {
        serialNumber: newSerial(chance),
        name: [{ CN: ['Belkluis fleet processes'] }],
        notBefore: new Date(now - BACKDATE_MS),
        notAfter: new Date(now + ROOT_YEARS * 365 * DAY_MS),
        signingAlgorithm: ALGORITHM,
        keys: { privateKey: signingKey, publicKey },
        extensions: [
          new x509.BasicConstraintsExtension(true, 0, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
          await x509.SubjectKeyIdentifierExtension.create(publicKey, false, crypto),
        ],
      },
      crypto,
    );
    const pem = `${made.toString('pem')}\n`;
    files.put(CERTIFICATE_FILE, pem);
    return pem;
  }

  const authority = kept ?? (await make());
  const issuer = new x509.X509Certificate(authority);
  return {
    authority,
    async issue(name, at) {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const leaf = await x509.X509CertificateGenerator.create(
        {
          serialNumber: newSerial(chance),
          subject: [{ CN: [name] }],
          issuer: issuer.subjectName,
          notBefore: new Date(at - BACKDATE_MS),
          notAfter: new Date(at + SERVER_CERTIFICATE_DAYS * DAY_MS),
          signingAlgorithm: ALGORITHM,
          publicKey: publicKeyOf(privateKey),
          signingKey,
          extensions: [
            new x509.BasicConstraintsExtension(false, undefined, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
            new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth], true),
            await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, crypto),
          ],
        },
        crypto,
      );
      return {
        key: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
        chain: `${leaf.toString('pem')}\n`,
        notAfter: leaf.notAfter.getTime(),
      };
    },
  };
}
