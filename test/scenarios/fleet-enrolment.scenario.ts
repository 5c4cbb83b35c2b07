/** A box and a fleet over real TLS, with real certificates and databases; and somebody between them. */
import { spawnSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { systemChance } from '@belkluis/shared/base/chance';
import { toPem } from '@belkluis/shared/contract/enrolment/pem';
import { signRenew, spkiOf } from '@belkluis/shared/contract/enrolment/transcript';
import { samplePolicy } from '@belkluis/shared/policy/sample';
import test, { type ExecutionContext } from 'ava';
import { fleetTender } from '../../appliance/keep-fleet.ts';
import { newRequest } from '../../appliance/uplink/enrol/request.ts';
import { openEnrolmentStore as openBoxStore } from '../../appliance/uplink/enrol/store.ts';
import { openCa } from '../../fleet/enrolment/ca.ts';
import { begun } from '../../fleet/enrolment/machine.ts';
import { requestFor, selfSigned } from '../../fleet/enrolment/testing/requests.ts';
import { fleetConfirm, fleetEnrol, fleetLeave, fleetStatus } from '../../scripts/cli/fleet.ts';
import { cliBox } from '../../scripts/cli/testing/cli-box.ts';
import { claimantOf, codeOf, comparedOf, DAY, enrolled, newBox, newFleet, newFolder } from '../peers/enrolment.ts';

test('a code, a proof, a person, a certificate; and everything in both logs', async (t) => {
  const fleet = await newFleet(t);
  const box = newBox(t);
  const claimant = claimantOf();
  const first = await box.fleet.begin(fleet.url, 'anna');
  t.like(await box.fleet.ask(), { at: 'offering' });
  t.deepEqual(await fleet.enrolment.claimsAt(claimant.site), [], 'nothing of it is shown to anybody');
  const { claim } = await fleet.enrolment.typed(codeOf(first).toLowerCase(), claimant, 'bert');
  t.like((await fleet.enrolment.claimsAt(claimant.site))[0], { id: claim, state: 'typed', box: null });
  const offered = await box.fleet.ask();
  t.like(offered, {
    at: 'offered',
    fleet: { msp: 'Telefoondienst Noord', site: 'Bakkerij Visser', root: fleet.ca.fingerprint },
  });
  t.deepEqual(
    box.trusted().map(({ of }) => of),
    ['customer'],
    'nothing is pinned before a person says so',
  );
  const compared = comparedOf(offered);
  for (const wrong of [{ root: 'AB:CD' }, { policyKey: '' }]) {
    await t.throwsAsync(box.fleet.confirm('anna', { ...compared, ...wrong }), { code: 'fleet_fingerprint' });
  }
  const done = await box.fleet.confirm('anna', comparedOf(offered));
  t.is(done.at, 'enrolled');
  t.like(box.fleet.credentials(), {
    authority: fleet.ca.root,
    brokers: ['mqtts://127.0.0.1:8883', 'wss://127.0.0.1/mqtt'],
  });
  t.deepEqual(
    box.trusted().map(({ of }) => of),
    ['customer', 'fleet'],
  );
  t.like((await fleet.enrolment.claimsAt(claimant.site))[0], { state: 'enrolled', box: box.device.deviceId });
  t.deepEqual(box.kinds(), ['fleet_code_made', 'fleet_offered', 'fleet_confirmed', 'fleet_enrolled']);
  t.deepEqual(
    fleet.events.map(({ kind }) => kind),
    ['claim_typed', 'claim_proven', 'certificate_issued'],
  );
  t.like(await fleet.enrolment.boxOf(box.device.deviceId), {
    auditKey: spkiOf(box.device.publicKey),
    site: claimant.site,
  });
});

test('its certificate is good for openssl and for TLS, with its key, until it is revoked', async (t) => {
  const { fleet, kept, serial, box } = await enrolled(t);
  const { certificate } = kept();
  const [leaf = '', issuer = ''] = certificate.chain.map((der) => toPem('CERTIFICATE', der));
  const folder = newFolder();
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const verify = (crl: string) =>
    spawnSync(
      'openssl',
      [
        ...['verify', '-x509_strict', '-purpose', 'sslclient', '-crl_check', '-CRLfile', file('crl.pem', crl)],
        ...[
          '-CAfile',
          file('root.pem', fleet.ca.root),
          '-untrusted',
          file('issuer.pem', issuer),
          file('leaf.pem', leaf),
        ],
      ],
      { encoding: 'utf8' },
    );
  const good = verify(await fleet.enrolment.crl());
  t.is(good.status, 0, good.stderr);
  const server = createServer({
    ...(await keyAndCert(fleet)),
    ca: fleet.ca.boxIssuers,
    requestCert: true,
    rejectUnauthorized: true,
  });
  t.teardown(() => server.close());
  const seen = new Promise<{ CN: unknown; serial: string }>((resolve) =>
    server.once('secureConnection', (socket: TLSSocket) => {
      const peer = socket.getPeerCertificate();
      resolve({ CN: peer.subject.CN, serial: peer.serialNumber });
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = connect({
    port,
    host: '127.0.0.1',
    ca: fleet.ca.root,
    key: certificate.key,
    cert: `${leaf}${issuer}`,
  });
  t.teardown(() => client.destroy());
  const peer = await seen;
  t.is(peer.CN, box.device.deviceId);
  t.is(await fleet.enrolment.admit(box.device.deviceId, peer.serial), null);
  t.is(await fleet.enrolment.admit('f'.repeat(32), peer.serial), 'certificate_unknown', 'another’s');
  await fleet.enrolment.revoke(box.device.deviceId, 'removed', 'bert');
  t.is(await fleet.enrolment.admit(box.device.deviceId, serial()), 'certificate_revoked');
  t.regex(verify(await fleet.enrolment.crl()).stderr, /certificate revoked/);
  await t.throwsAsync(box.fleet.renew(), { code: 'fleet_refused', message: /certificate_revoked/ });
});

const keyAndCert = async ({ ca }: Awaited<ReturnType<typeof newFleet>>) => {
  const { key, chain } = await ca.server(Date.now());
  return { key, cert: chain };
};

/** Somebody between box and fleet, with a session on either side and a certificate of their own. */
async function manInTheMiddle(t: ExecutionContext, fleetPort: number) {
  const own = await openCa({
    folder: newFolder(),
    passphrase: null,
    hosts: ['127.0.0.1'],
    now: Date.now(),
    chance: systemChance,
  });
  const { key, chain } = await own.server(Date.now());
  let heard = '';
  const server = createServer({ key, cert: chain }, (socket) => {
    const onward = connect({ port: fleetPort, host: '127.0.0.1', rejectUnauthorized: false });
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      from.on('data', (bytes: Buffer) => {
        heard += bytes.toString('utf8');
        to.write(bytes);
      });
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
    }
  });
  // Who is refused closes at once.
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, heard: () => heard };
}

test('a man in the middle passes everything on, and gets nothing: no box, no name, no certificate', async (t) => {
  const fleet = await newFleet(t);
  const box = newBox(t);
  const middle = await manInTheMiddle(t, fleet.port);
  const code = codeOf(await box.fleet.begin(middle.url, 'anna'));
  t.like(await box.fleet.ask(), { at: 'offering' }, 'before there is anything to prove he is not seen');
  await fleet.enrolment.typed(code, claimantOf(), 'bert');
  for (let tries = 0; tries < 5; tries++) await t.throwsAsync(box.fleet.ask(), { code: 'fleet_unproven' });
  await t.throwsAsync(box.fleet.ask(), { code: 'fleet_locked' });
  t.is(box.kinds().filter((kind) => kind === 'fleet_unproven').length, 5);
  t.is(fleet.events.filter(({ kind }) => kind === 'claim_proof_failed').length, 5);
  t.is(box.fleet.status().at, 'offering');
  t.notRegex(middle.heard(), /Bakkerij|Noord|BEGIN CERTIFICATE/);
  t.regex(middle.heard(), /"kind":"challenge"/, 'he did sit there');
});

test('who comes between after the person has decided is not the fleet that was pinned', async (t) => {
  const fleet = await newFleet(t);
  const box = newBox(t);
  await box.fleet.begin(fleet.url, 'anna');
  await box.fleet.ask();
  const status = box.fleet.status();
  await fleet.enrolment.typed(codeOf(status), claimantOf(), 'bert');
  const offered = await box.fleet.ask();
  const middle = await manInTheMiddle(t, fleet.port);
  const store = openBoxStore(box.at.enrolmentDatabase);
  t.teardown(() => store.close());
  const kept = store.read();
  if (kept.at !== 'offered') return t.fail();
  store.replace(kept, { ...kept, fleet: { ...kept.fleet, url: middle.url } });
  await t.throwsAsync(box.fleet.confirm('anna', comparedOf(offered)), { code: 'fleet_not_the_pinned' });
  t.is(box.fleet.status().at, 'confirmed');
  t.is(fleet.events.filter(({ kind }) => kind === 'certificate_issued').length, 0);
});

test('a person refuses: nothing is pinned, the claim is over, and the code too', async (t) => {
  const fleet = await newFleet(t);
  const box = newBox(t);
  const code = codeOf(await box.fleet.begin(fleet.url, 'anna'));
  await box.fleet.ask();
  const { site } = claimantOf();
  await fleet.enrolment.typed(code, claimantOf(), 'bert');
  await box.fleet.ask();
  t.is((await box.fleet.refuse('anna')).at, 'alone');
  t.deepEqual(
    box.trusted().map(({ of }) => of),
    ['customer'],
  );
  t.like((await fleet.enrolment.claimsAt(site))[0], { state: 'refused' });
  await t.throwsAsync(fleet.enrolment.typed(code, claimantOf(), 'bert'), { code: 'code_claimed' });
  await t.throwsAsync(box.fleet.confirm('anna', { root: '', policyKey: '' }), { code: 'fleet_not_offered' });
});

test('an MSP withdraws what it typed at the wrong site, its own alone; the person at the box can confirm it no more', async (t) => {
  const fleet = await newFleet(t);
  const box = newBox(t);
  const code = codeOf(await box.fleet.begin(fleet.url, 'anna'));
  await box.fleet.ask();
  const { site } = claimantOf();
  const { claim } = await fleet.enrolment.typed(code, claimantOf(), 'bert');
  const offered = await box.fleet.ask();
  await t.throwsAsync(fleet.enrolment.withdraw(claim, 'site-south', 'eve'), { code: 'claim_unknown' });
  await fleet.enrolment.withdraw(claim, site, 'bert');
  await t.throwsAsync(box.fleet.confirm('anna', comparedOf(offered)), { code: 'fleet_refused', message: /lapsed/ });
  t.is(box.fleet.status().at, 'alone', 'and what was pinned for it does not stay');
  t.deepEqual(
    box.trusted().map(({ of }) => of),
    ['customer', 'former'],
  );
});

test('a code whose claim was withdrawn is void, though the box still shows it', async (t) => {
  const fleet = await newFleet(t);
  const box = newBox(t);
  const code = codeOf(await box.fleet.begin(fleet.url, 'anna'));
  await box.fleet.ask();
  const { claim } = await fleet.enrolment.typed(code, claimantOf(), 'bert');
  await fleet.enrolment.withdraw(claim, claimantOf().site, 'bert');
  t.is((await box.fleet.ask()).at, 'offering');
  await t.throwsAsync(fleet.enrolment.typed(code, claimantOf(), 'bert'), { code: 'code_claimed' });
  await t.throwsAsync(fleet.enrolment.typed(code, claimantOf({ msp: 'msp-south' }), 'eve'), { code: 'code_unknown' });
});

test('leaving wipes keys, tells the fleet, and another MSP may follow; what was trusted is kept to read by alone', async (t) => {
  const { fleet, box, kept, serial } = await enrolled(t);
  const [key, gone] = [kept().certificate.key, serial()];
  const other = claimantOf({ msp: 'msp-south', site: 'site-south', mspName: 'Zuid', siteName: 'Visser' });
  t.is((await box.fleet.leave('anna')).at, 'alone');
  t.is(await fleet.enrolment.admit(box.device.deviceId, gone), 'certificate_revoked');
  t.deepEqual(
    box.trusted().map(({ of }) => of),
    ['customer', 'former'],
  );
  const secret = key.split('\n')[1]!;
  for (const name of ['', '-wal']) {
    t.false(readFileSync(`${box.at.enrolmentDatabase}${name}`).includes(secret), `the key is in no file${name}`);
  }
  const code = codeOf(await box.fleet.begin(fleet.url, 'anna'));
  await box.fleet.ask();
  await fleet.enrolment.typed(code, other, 'carl');
  const offered = await box.fleet.ask();
  t.is((await box.fleet.confirm('anna', comparedOf(offered))).at, 'enrolled');
  t.like(await fleet.enrolment.boxOf(box.device.deviceId), { site: 'site-south' });
  t.is(await fleet.enrolment.admit(box.device.deviceId, serial()), null);
});

test('a box that its MSP has is not another’s while it has not left, though its code was typed there', async (t) => {
  const { fleet, box, store } = await enrolled(t);
  // The box forgot, as after an old snapshot: it did not leave.
  store.replace(store.read(), { at: 'alone' });
  const code = codeOf(await box.fleet.begin(fleet.url, 'anna'));
  await box.fleet.ask();
  await fleet.enrolment.typed(code, claimantOf({ msp: 'msp-south', site: 'site-south' }), 'carl');
  await t.throwsAsync(box.fleet.ask(), { code: 'fleet_refused', message: /enrolled_elsewhere/ });
});

test('a certificate is renewed with another key at two thirds of its life, and the old one dies when the new one is used', async (t) => {
  const { fleet, box, kept, serial } = await enrolled(t);
  t.like(box.fleet.status(), { renewal: 'good' });
  box.clock.ahead = 59 * DAY;
  t.like(box.fleet.status(), { renewal: 'good' });
  box.clock.ahead = 61 * DAY;
  t.like(box.fleet.status(), { renewal: 'due' });
  const [old, before] = [kept().certificate, serial()];
  [box.clock.ahead, fleet.clock.ahead] = [0, 0];
  await box.fleet.renew();
  t.not(kept().certificate.key, old.key);
  const { deviceId } = box.device;
  t.is(await fleet.enrolment.admit(deviceId, before), null, 'until the new one is used');
  await fleet.enrolment.settled(deviceId, serial());
  t.is(await fleet.enrolment.admit(deviceId, before), 'certificate_revoked', 'a copy of the old key is worth nothing');
  t.is(await fleet.enrolment.admit(deviceId, serial()), null);
  t.is(box.kinds().at(-1), 'fleet_certificate_renewed');
  // Over MQTT, where the broker says whose certificate it is.
  const csr = await box.fleet.request();
  t.is(await box.fleet.request(), csr, 'the same until it was answered');
  await fleet.enrolment.renew(deviceId, serial(), csr);
  const again = await fleet.enrolment.renew(deviceId, serial(), csr);
  t.throws(() => box.fleet.take([old.chain[0]!, old.chain[1]!]), { code: 'certificate_wrong' }, 'another key’s');
  box.fleet.take(again);
  t.not(box.fleet.credentials()?.former, null, 'the one before stays while the new one has not been tried');
  box.fleet.take(again);
  box.fleet.settled();
  t.is(box.fleet.credentials()?.former, null);
  await t.throwsAsync(fleet.enrolment.renew(deviceId, before, await box.fleet.request()), {
    code: 'certificate_revoked',
  });
  await t.throwsAsync(fleet.enrolment.renew('f'.repeat(32), serial(), csr), { code: 'certificate_unknown' });
});

test('another certificate is given to who has the old key and the audit key, on the session on which it is asked', async (t) => {
  const { fleet, box, claim, kept } = await enrolled(t);
  const exporter = Buffer.alloc(32, 7);
  const { certificate } = kept();
  const fresh = await newRequest(box.device.deviceId);
  const said = { box: box.device.deviceId, claim, csr: fresh.csr, certificate: certificate.chain[0]! };
  const answer = async (more: Partial<typeof said>, key: string, auditKey: KeyObject, heardOn = exporter) => {
    const message = { v: 1 as const, ...said, ...more };
    const signed = { ...message, ...signRenew(exporter, message, createPrivateKey(key), auditKey) };
    const [, heard] = await fleet.enrolment.hear(begun, { path: 'renew', message: signed }, heardOn, 'here');
    return 'code' in heard ? heard.code : heard.kind;
  };
  const { privateKey: own } = box.device;
  const stranger = generateKeyPairSync('ed25519').privateKey;
  t.is(await answer({}, certificate.key, stranger), 'unproven');
  t.is(await answer({}, fresh.key, own), 'unproven', 'not the key of the certificate');
  t.is(await answer({}, certificate.key, own, Buffer.alloc(32, 8)), 'unproven', 'another session');
  t.is(await answer({ claim: '01KB00000000000000000000AA' }, certificate.key, own), 'unproven', 'another claim');
  const same = await selfSigned(certificate.chain[0]!, fresh.key);
  t.is(await answer({ certificate: same }, fresh.key, own), 'certificate_unknown', 'a number that was copied');
  const csr = await requestFor(certificate.key);
  t.is(await answer({ csr }, certificate.key, own), 'key_reused');
  t.is(await answer({}, certificate.key, own), 'certificate');
});

test('the desk asks by itself, fetches what was confirmed, and renews where the broker did not', async (t) => {
  const fleet = await newFleet(t);
  const box = newBox(t);
  const tend = fleetTender({ fleet: box.fleet, clock: box.clock });
  await tend();
  const code = codeOf(await box.fleet.begin(fleet.url, 'anna'));
  await tend();
  await fleet.enrolment.typed(code, claimantOf(), 'bert');
  await tend();
  t.is(box.fleet.status().at, 'offered');
  await tend();
  t.is(box.fleet.status().at, 'offered', 'a person decides');
  fleet.agreements.set('site-bakery', 'expired');
  await t.throwsAsync(box.fleet.confirm('anna', comparedOf(box.fleet.status())), { code: 'fleet_refused' });
  fleet.agreements.set('site-bakery', 'valid');
  await tend();
  t.is(box.fleet.status().at, 'enrolled');
  const first = box.fleet.credentials()?.certificate;
  for (const days of [70, 85]) {
    [box.clock.ahead, fleet.clock.ahead] = [days * DAY, days * DAY];
    await tend();
    t.is(box.fleet.credentials()?.certificate === first, days === 70, `${days}`);
  }
});

test('desk and command line ask at once: the box ends with one certificate, and it is good', async (t) => {
  const fleet = await newFleet(t);
  const box = newBox(t);
  const desk = box.join();
  t.teardown(() => desk.close());
  const code = codeOf(await box.fleet.begin(fleet.url, 'anna'));
  await box.fleet.ask();
  await fleet.enrolment.typed(code, claimantOf(), 'bert');
  const offered = await box.fleet.ask();
  fleet.agreements.set('site-bakery', 'expired');
  await t.throwsAsync(box.fleet.confirm('anna', comparedOf(offered)), { code: 'fleet_refused' });
  fleet.agreements.set('site-bakery', 'valid');
  const both = await Promise.all([box.fleet.ask(), desk.ask()]);
  t.deepEqual(
    both.map(({ at }) => at),
    ['enrolled', 'enrolled'],
  );
  t.is(fleet.events.filter(({ kind }) => kind === 'certificate_issued').length, 2, 'both did ask');
  const { serialNumber } = new X509Certificate(box.fleet.credentials()!.certificate);
  t.is(await fleet.enrolment.admit(box.device.deviceId, serialNumber), null);
  t.is(box.kinds().filter((kind) => kind === 'fleet_enrolled').length, 1);
});

test('the desk does not mind a fleet that is not there', async (t) => {
  const box = newBox(t);
  await box.fleet.begin('https://127.0.0.1:9', 'anna');
  await t.notThrowsAsync(fleetTender({ fleet: box.fleet, clock: box.clock })());
  t.is(box.fleet.status().at, 'offering');
});

test('expired for up to 30 days a box renews by itself; later a person is asked', async (t) => {
  const back = await enrolled(t);
  back.fleet.clock.ahead = 115 * DAY;
  back.box.clock.ahead = 115 * DAY;
  const before = back.serial();
  t.like(await back.box.fleet.renew(), { at: 'enrolled', renewal: 'good' });
  t.not(back.serial(), before);
  const { fleet, box, serial } = await enrolled(t);
  fleet.clock.ahead = 91 * DAY;
  t.is(
    await fleet.enrolment.admit(box.device.deviceId, serial()),
    'certificate_lapsed',
    'the broker lets nobody in with it',
  );
  fleet.clock.ahead = 121 * DAY;
  await t.throwsAsync(box.fleet.renew(), { code: 'fleet_refused', message: /certificate_lapsed/ });
  box.clock.ahead = 121 * DAY;
  t.like(box.fleet.status(), { renewal: 'lapsed' });
  await t.throwsAsync(box.fleet.renew(), { code: 'certificate_lapsed' });
});

test('without a processing agreement nothing is paired: not when the code is typed, nor when it ran out since', async (t) => {
  const fleet = await newFleet(t);
  const box = newBox(t);
  const code = codeOf(await box.fleet.begin(fleet.url, 'anna'));
  await box.fleet.ask();
  for (const agreement of ['missing', 'expired'] as const) {
    fleet.agreements.set('site-bakery', agreement);
    await t.throwsAsync(fleet.enrolment.typed(code, claimantOf(), 'bert'), { code: `agreement_${agreement}` });
  }
  fleet.agreements.set('site-bakery', 'valid');
  await fleet.enrolment.typed(code, claimantOf(), 'bert');
  const offered = await box.fleet.ask();
  fleet.agreements.set('site-bakery', 'expired');
  await t.throwsAsync(box.fleet.confirm('anna', comparedOf(offered)), {
    code: 'fleet_refused',
    message: /no_agreement/,
  });
  t.is(fleet.events.filter(({ kind }) => kind === 'certificate_issued').length, 0);
});

test('a guesser at the console has five tries, then ten minutes; a slip of the finger is none', async (t) => {
  const fleet = await newFleet(t);
  const box = newBox(t);
  const code = codeOf(await box.fleet.begin(fleet.url, 'anna'));
  await box.fleet.ask();
  const other = newBox(t);
  const unseen = codeOf(await other.fleet.begin(fleet.url, 'anna'));
  for (let tries = 0; tries < 8; tries++) {
    await t.throwsAsync(fleet.enrolment.typed('ABCD-EFGH-JKMN-0', claimantOf(), 'eve'), { code: 'code_unreadable' });
  }
  for (let tries = 0; tries < 5; tries++) {
    await t.throwsAsync(fleet.enrolment.typed(unseen, claimantOf(), 'eve'), { code: 'code_unknown' });
  }
  await t.throwsAsync(fleet.enrolment.typed(code, claimantOf(), 'eve'), { code: 'claim_wait' });
  t.truthy(await fleet.enrolment.typed(code, claimantOf({ msp: 'msp-south' }), 'carl'), 'another MSP is not kept out');
});

test('nothing changes at the box that its log does not take', async (t) => {
  const fleet = await newFleet(t);
  const box = newBox(t);
  const code = codeOf(await box.fleet.begin(fleet.url, 'anna'));
  await box.fleet.ask();
  await fleet.enrolment.typed(code, claimantOf(), 'bert');
  const offered = await box.fleet.ask();
  box.breakLog();
  await t.throwsAsync(box.fleet.confirm('anna', comparedOf(offered)), { message: /log is full/ });
  await t.throwsAsync(box.fleet.refuse('anna'), { message: /log is full/ });
  t.is(box.fleet.status().at, 'offered');
  t.deepEqual(
    box.trusted().map(({ of }) => of),
    ['customer'],
  );
});

test('a person does all of it at the terminal of the box', async (t) => {
  const fleet = await newFleet(t);
  const { run, person, sign, events, at } = cliBox();
  await sign(samplePolicy(new Date()));
  const [anna, bert, carla] = [
    await person('Anna Visser', 'admin'),
    await person('Bert Visser', 'dpo'),
    await person('Carla Visser', 'admin'),
  ];
  const { json } = await run(fleetEnrol, anna.as, fleet.url);
  await run(fleetStatus);
  await fleet.enrolment.typed((json as { code: string }).code, claimantOf(), 'msp');
  const offered = await run(fleetStatus);
  t.regex(offered.text, /Telefoondienst Noord[\s\S]*Bakkerij Visser/);
  const { root, policyKey } = (offered.json as { fleet: { root: string; policyKey: string } }).fleet;
  t.true(offered.text.includes(fleet.ca.fingerprint) && offered.text.includes(policyKey));
  const lower = root.replaceAll(':', '').toLowerCase();
  const confirmed = await run(fleetConfirm, { ...bert.as, root: lower, 'policy-key': policyKey });
  t.regex(confirmed.text, /^Enrolled; the certificate is good until 20/);
  t.like(
    events().find(({ kind }) => kind === 'fleet_confirmed'),
    { actor: bert.id },
  );
  t.regex((await run(fleetLeave, carla.as)).text, /no fleet/);
  t.like(events().at(-1), { kind: 'fleet_left', actor: carla.id });
  t.false(readFileSync(at.enrolmentDatabase).includes('PRIVATE KEY'));
});
