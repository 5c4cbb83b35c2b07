import { X509Certificate } from 'node:crypto';
import { upMessages } from '@belkluis/shared/contract/messages';
// The library's containers need it, and say so only when they run.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import test from 'ava';
import { testAuthority } from '../testing/certificates.ts';
import { mosquittoAccess, mosquittoConfiguration } from './files.ts';
import { LIST_LIFETIME_MS, revocationList } from './revocation-list.ts';

const box = '0'.repeat(32);

test('boxes may write what the contract has from boxes, and no more', (t) => {
  const access = mosquittoAccess(['_fleet']);
  const written = [...access.matchAll(/^pattern write (.+)$/gm)].map(([, topic]) => topic);
  const known = Object.values(upMessages).map((message) =>
    (message.topic as (...ids: string[]) => string)(box, '01JDJ9YZ5T2V3W4X5Y6Z7A8B9C')
      .replace(box, '%u')
      .replace(/rsp\/.*/, 'rsp/+'),
  );
  t.deepEqual(written.sort(), known.sort());
});

test('a fleet’s name is one that no box can have', (t) => {
  for (const name of ['fleets', box, '_fleet\nuser x', '_fleet-', '_fleet/#', '_fleet #'])
    t.like(
      t.throws(() => mosquittoAccess([name])),
      { code: 'fleet_name_invalid' },
      name,
    );
  t.notThrows(() => mosquittoAccess(['_fleet', '_fleet-2']));
});

test('the door of boxes reads the revocation list and gives each the id of its certificate; the fleet’s door has another authority', (t) => {
  const door = (port: number) => ({ address: '127.0.0.1', port });
  const text = mosquittoConfiguration({ folder: '/etc/m', data: '/var/m', boxes: door(8883), fleet: door(8884) });
  const [, forBoxes, forFleet] = text.split(/^listener /m);
  t.regex(
    forBoxes!,
    /^8883 127\.0\.0\.1\n[\s\S]*cafile \/etc\/m\/boxes\.pem\n[\s\S]*crlfile[\s\S]*use_username_as_clientid true/,
  );
  t.regex(forFleet!, /cafile \/etc\/m\/fleet\.pem/);
  t.notRegex(forFleet!, /use_username_as_clientid/);
  for (const part of [forBoxes, forFleet])
    t.regex(part!, /require_certificate true[\s\S]*use_identity_as_username true/);
});

test('a revocation list has each serial number as its certificate has it, whatever it begins with', async (t) => {
  const authority = await testAuthority();
  const now = Date.UTC(2026, 10, 26);
  const serials = ['00ff', '7f', '0001', '00', 'abc', '0'.repeat(10) + 'd'.repeat(20)];
  const pem = await revocationList(
    { certificate: authority.certificate, signingKey: authority.keys.privateKey },
    // One that was revoked twice is there once.
    [...serials, 'ff'].map((serialNumber) => ({ serialNumber, at: now })),
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
  t.is(list.nextUpdate!.getTime(), now + LIST_LIFETIME_MS);
  t.is(list.issuer, new X509Certificate(authority.certificate).subject);
  t.true(await list.verify({ publicKey: authority.keys.publicKey }));
});
