import { X509Certificate } from 'node:crypto';
// The library's containers need it.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import test from 'ava';
import { testAuthority } from '../broker/testing/certificates.ts';
import { CRL_DAYS, DAY_MS } from './limits.ts';
import { revocationList } from './revocation-list.ts';

test('a revocation list has each serial number as its certificate has it, whatever it begins with', async (t) => {
  const authority = await testAuthority();
  const now = Date.UTC(2026, 10, 26);
  const serials = ['00ff', '7f', '0001', '00', 'abc', '0'.repeat(10) + 'd'.repeat(20)];
  const pem = await revocationList(
    { certificate: authority.certificate, signingKey: authority.keys.privateKey },
    // One that was revoked twice is there once.
    [...serials, 'ff'].map((serialNumber) => ({ serial: serialNumber, revokedAt: now })),
    now,
  );
  t.regex(pem, /^-----BEGIN X509 CRL-----\n/);
  const list = new x509.X509Crl(pem);
  t.deepEqual(
    list.entries.map(({ serialNumber }) => BigInt(`0x${serialNumber}`)),
    serials.map((serial) => BigInt(`0x${serial}`)),
  );
  // X.690, 8.3.2: no nine leading bits alike.
  for (const { serialNumber } of list.entries) t.notRegex(serialNumber, /^(00[0-7]|ff[89a-f])/);
  t.is(list.nextUpdate!.getTime(), now + CRL_DAYS * DAY_MS);
  t.is(list.issuer, new X509Certificate(authority.certificate).subject);
  t.true(await list.verify({ publicKey: authority.keys.publicKey }));
});
