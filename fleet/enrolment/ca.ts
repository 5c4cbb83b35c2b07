/**
 * The fleet's certificates. A root, pinned at each box and needed once in years; below it one intermediate that names boxes and one that names the
 * fleet's own hosts, each constrained to just that (RFC 5280 4.2.1.10).
 */
import { createPublicKey, type KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
// The library's containers need it, and say so only when they run.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { readRequest } from './csr.ts';
import { addressSubtree, everyAddress, type NameSubtrees, nameConstraints } from './der.ts';
import { type KeyFiles, openKeyFiles } from './key-files.ts';
import {
  BACKDATE_MS,
  BOX_CERTIFICATE_DAYS,
  DAY_MS,
  INTERMEDIATE_YEARS,
  RENEW_INTERMEDIATE_DAYS,
  RENEW_SERVER_DAYS,
  ROOT_YEARS,
  SERVER_CERTIFICATE_DAYS,
} from './limits.ts';
import { problem } from './problems.ts';
import { type Revoked, revocationList } from './revocation-list.ts';
import { newSerial } from './serial.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const crypto = webcrypto as Crypto;

export interface IssuedCertificate {
  /** DER, base64: the certificate, then its issuer's. */
  readonly chain: readonly string[];
  /** Hex, lower case. */
  readonly serial: string;
  readonly keyHash: string;
  /** Wall clock, ms. */
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface KeyAndChain {
  /** PEM, PKCS #8. */
  readonly key: string;
  /** PEM: certificate and issuer. */
  readonly chain: string;
  /** Wall clock, ms. */
  readonly notAfter: number;
}

export interface FleetCa {
  /** PEM: what a box pins. */
  readonly root: string;
  /** SHA-256 of the root, as people compare it. */
  readonly fingerprint: string;
  /** PEM: by these a server verifies boxes. */
  readonly boxIssuers: string;
  /** For the fleet's own process, or for a broker beside it, which gets a key of its own. Made anew when it is about to expire. */
  server(now: number, use?: 'server' | 'broker'): Promise<KeyAndChain>;
  /** Signs for a box; `csr`: DER, base64; of the request only the key counts. @throws Problem `csr_unusable`. */
  issueBox(box: string, csr: string, now: number): Promise<IssuedCertificate>;
  /** The list of revoked certificates of boxes, PEM, for brokers that are not ours. */
  crl(revoked: readonly Revoked[], now: number): Promise<string>;
}

export interface CaOptions {
  readonly folder: string;
  /** Null: key files lie there in the clear, for their owner alone. */
  readonly passphrase: string | null;
  /** Names and addresses at which boxes reach the fleet and its broker. */
  readonly hosts: readonly string[];
  /** Wall clock, ms. */
  readonly now: number;
  readonly chance: Chance;
}

interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly signingKey: CryptoKey;
}

interface Template {
  readonly subject: x509.JsonName;
  readonly publicKey: CryptoKey | x509.PublicKey;
  readonly extensions: readonly x509.Extension[];
  readonly notAfter: number;
}

const signingKeyOf = (key: KeyObject): CryptoKey => key.toCryptoKey(ALGORITHM, false, ['sign']) as CryptoKey;
const publicKeyOf = (key: KeyObject): CryptoKey =>
  createPublicKey(key).toCryptoKey(ALGORITHM, true, ['verify']) as CryptoKey;
const pemOf = (certificate: x509.X509Certificate): string => `${certificate.toString('pem')}\n`;
const { keyCertSign, cRLSign, digitalSignature } = x509.KeyUsageFlags;
const { clientAuth, serverAuth } = x509.ExtendedKeyUsage;

const authorityExtensions = (pathLength: number): x509.Extension[] => [
  new x509.BasicConstraintsExtension(true, pathLength, true),
  new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
];

const leafExtensions = (use: string, names: x509.JsonGeneralNames): x509.Extension[] => [
  new x509.BasicConstraintsExtension(false, undefined, true),
  new x509.KeyUsagesExtension(digitalSignature, true),
  new x509.ExtendedKeyUsageExtension([use], true),
  new x509.SubjectAlternativeNameExtension(names),
];

/** Reads the CA in `folder`, or makes it. @throws Problem `ca_damaged`, `ca_root_needed`, `ca_passphrase`. */
export async function openCa(options: CaOptions): Promise<FleetCa> {
  const { folder, passphrase, hosts, now, chance } = options;
  const files = openKeyFiles(folder, passphrase);

  /** Signed by `issuer`, or by its own key. */
  async function sign(
    issuer: Authority | CryptoKey,
    { subject, publicKey, extensions, notAfter }: Template,
    from: number,
  ) {
    const parent = 'certificate' in issuer ? issuer : null;
    const last = parent ? Math.min(notAfter, parent.certificate.notAfter.getTime()) : notAfter;
    return x509.X509CertificateGenerator.create(
      {
        serialNumber: newSerial(chance),
        subject,
        issuer: parent ? parent.certificate.subjectName : subject,
        notBefore: new Date(from - BACKDATE_MS),
        notAfter: new Date(last),
        signingAlgorithm: ALGORITHM,
        publicKey,
        signingKey: parent ? parent.signingKey : (issuer as CryptoKey),
        extensions: [
          ...extensions,
          await x509.SubjectKeyIdentifierExtension.create(publicKey, false, crypto),
          await x509.AuthorityKeyIdentifierExtension.create(
            parent ? parent.certificate.publicKey : publicKey,
            false,
            crypto,
          ),
        ],
      },
      crypto,
    );
  }

  async function makeRoot(): Promise<x509.X509Certificate> {
    const key = files.makeKey('root-key.pem');
    const root = await sign(
      signingKeyOf(key),
      {
        subject: [{ O: [`Belkluis fleet ${randomHex(chance, 8)}`] }, { CN: ['Root'] }],
        publicKey: publicKeyOf(key),
        extensions: authorityExtensions(1),
        notAfter: now + ROOT_YEARS * 365 * DAY_MS,
      },
      now,
    );
    files.put('root.pem', pemOf(root));
    return root;
  }

  const root = readCertificate(files, 'root.pem') ?? (await makeRoot());
  const [organisation] = root.subjectName.getField('O');
  if (organisation === undefined) throw problem('ca_damaged', 'root.pem');

  /** An intermediate as it should be; renewed with its own key, so that what it signed stays good. */
  async function intermediate(name: 'boxes' | 'servers', use: string, constraints: x509.Extension): Promise<Authority> {
    const kept = readCertificate(files, `${name}.pem`);
    const key = files.key(`${name}-key.pem`);
    if (
      kept &&
      key &&
      kept.notAfter.getTime() - now > RENEW_INTERMEDIATE_DAYS * DAY_MS &&
      saysSame(kept, constraints)
    ) {
      if (!new X509Certificate(pemOf(kept)).checkPrivateKey(key)) throw problem('ca_damaged', `${name}-key.pem`);
      return { certificate: kept, signingKey: signingKeyOf(key) };
    }
    // The certificate without its key: what boxes have was signed by a key that is lost.
    if (kept && !key) throw problem('ca_damaged', `${name}-key.pem`);
    const rootKey = files.key('root-key.pem');
    if (!rootKey) throw problem('ca_root_needed', name);
    const own = key ?? files.makeKey(`${name}-key.pem`);
    const certificate = await sign(
      { certificate: root, signingKey: signingKeyOf(rootKey) },
      {
        subject: [{ O: [organisation!] }, { CN: [name === 'boxes' ? 'Boxes' : 'Servers'] }],
        publicKey: publicKeyOf(own),
        extensions: [...authorityExtensions(0), new x509.ExtendedKeyUsageExtension([use]), constraints],
        notAfter: now + INTERMEDIATE_YEARS * 365 * DAY_MS,
      },
      now,
    );
    files.put(`${name}.pem`, pemOf(certificate));
    return { certificate, signingKey: signingKeyOf(own) };
  }

  const boxes = await intermediate(
    'boxes',
    clientAuth,
    nameConstraints({ organisation }, { dns: [''], ips: everyAddress }),
  );
  const servers = await intermediate('servers', serverAuth, hostConstraints(organisation, hosts));
  async function makeServer(use: 'server' | 'broker', at: number): Promise<KeyAndChain> {
    const key = files.makeKey(`${use}-key.pem`);
    const leaf = await sign(
      servers,
      {
        subject: [{ O: [organisation!] }, { CN: ['Fleet'] }],
        publicKey: publicKeyOf(key),
        extensions: leafExtensions(serverAuth, namesOf(hosts)),
        notAfter: at + SERVER_CERTIFICATE_DAYS * DAY_MS,
      },
      at,
    );
    files.put(`${use}.pem`, pemOf(leaf));
    return keyAndChain(key, leaf, servers);
  }

  function keyAndChain(key: KeyObject, leaf: x509.X509Certificate, issuer: Authority): KeyAndChain {
    const pem = key.export({ format: 'pem', type: 'pkcs8' }) as string;
    return { key: pem, chain: `${pemOf(leaf)}${pemOf(issuer.certificate)}`, notAfter: leaf.notAfter.getTime() };
  }

  /** The server's certificate as it is kept, if it still serves. */
  function keptServer(use: 'server' | 'broker', at: number): KeyAndChain | null {
    const leaf = readCertificate(files, `${use}.pem`);
    const key = files.key(`${use}-key.pem`);
    if (!leaf || !key || leaf.notAfter.getTime() - at <= RENEW_SERVER_DAYS * DAY_MS) return null;
    const read = new X509Certificate(pemOf(leaf));
    const serves = (host: string) => (isIP(host) ? read.checkIP(host) : read.checkHost(host)) !== undefined;
    const issued = read.verify(new X509Certificate(pemOf(servers.certificate)).publicKey);
    return read.checkPrivateKey(key) && issued && hosts.every(serves) ? keyAndChain(key, leaf, servers) : null;
  }

  return {
    root: pemOf(root),
    fingerprint: fingerprintOf(pemOf(root)),
    boxIssuers: `${pemOf(boxes.certificate)}${pemOf(root)}`,
    server: async (at, use = 'server') => keptServer(use, at) ?? makeServer(use, at),
    async issueBox(box, csr, at) {
      const { publicKey, keyHash } = await readRequest(csr);
      const leaf = await sign(
        boxes,
        {
          subject: [{ O: [organisation!] }, { CN: [box] }],
          publicKey,
          extensions: leafExtensions(clientAuth, [{ type: 'url', value: `urn:belkluis:box:${box}` }]),
          notAfter: at + BOX_CERTIFICATE_DAYS * DAY_MS,
        },
        at,
      );
      return {
        chain: [leaf, boxes.certificate].map((one) => one.toString('base64')),
        serial: leaf.serialNumber.toLowerCase(),
        keyHash,
        notBefore: leaf.notBefore.getTime(),
        notAfter: leaf.notAfter.getTime(),
      };
    },
    crl: (revoked, at) =>
      revocationList({ certificate: boxes.certificate.toString('pem'), signingKey: boxes.signingKey }, revoked, at),
  };
}

/** SHA-256 of a certificate, as people compare it: `AB:CD:…`. */
const fingerprintOf = (pem: string): string => new X509Certificate(pem).fingerprint256;

function readCertificate(files: KeyFiles, name: string): x509.X509Certificate | null {
  const pem = files.text(name);
  if (pem === null) return null;
  try {
    return new x509.X509Certificate(pem);
  } catch (cause) {
    throw problem('ca_damaged', name, cause);
  }
}

const saysSame = (certificate: x509.X509Certificate, wanted: x509.Extension): boolean => {
  const kept = certificate.getExtension(wanted.type);
  return kept !== null && Buffer.from(kept.rawData).equals(Buffer.from(wanted.rawData));
};

/** The fleet's own hosts and nothing else. */
function hostConstraints(organisation: string, hosts: readonly string[]): x509.Extension {
  const ips = hosts.filter((host) => isIP(host) !== 0);
  const dns = hosts.filter((host) => isIP(host) === 0);
  const permitted: NameSubtrees = { organisation, dns, ips: ips.map(addressSubtree) };
  return nameConstraints(permitted, {
    dns: dns.length === 0 ? [''] : [],
    ips: ips.length === 0 ? everyAddress : [],
  });
}

const namesOf = (hosts: readonly string[]): x509.JsonGeneralNames =>
  hosts.map((value) => (isIP(value) ? { type: 'ip' as const, value } : { type: 'dns' as const, value }));
