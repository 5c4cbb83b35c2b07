import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { LINK_LIFETIME_MS, TOKEN_LENGTH } from './limits.ts';
import { openLinks } from './links.ts';
import { createProvisioning, type Fetched } from './provisioning.ts';
import type { PhoneSettings } from './settings.ts';
import { type VendorName, vendorNames, vendors } from './vendors.ts';

const MAC = '00:04:13:AA:bb:0c';
const settings: PhoneSettings = {
  user: '214',
  secret: 's3cret-s3cret-s3cret_AAA',
  domain: 'box.test',
  host: '192.0.2.1',
  port: 5061,
  mac: '000413aabb0c',
  certificateUrl: 'https://192.0.2.1:8443/provision/box.pem',
};

/** What turns TLS and SRTP on, and says where: per vendor. */
const demanded: Record<VendorName, readonly string[]> = {
  yealink: [
    '#!version:1.0.0.1\n',
    '\naccount.1.user_name = 214\n',
    '\naccount.1.password = s3cret-s3cret-s3cret_AAA\n',
    '\naccount.1.sip_server.1.address = box.test\n',
    '\naccount.1.sip_server.1.transport_type = 2\n',
    '\naccount.1.outbound_proxy.1.address = 192.0.2.1\n',
    '\naccount.1.srtp_encryption = 2\n',
    '\nstatic.security.trust_certificates = 1\n',
    '\nstatic.trusted_certificates.url = https://192.0.2.1:8443/provision/box.pem\n',
  ],
  snom: [
    '<user_name idx="1" perm="R">214</user_name>',
    '<user_pass idx="1" perm="R">s3cret-s3cret-s3cret_AAA</user_pass>',
    '<user_host idx="1" perm="R">box.test</user_host>',
    '<user_outbound idx="1" perm="R">192.0.2.1:5061;transport=tls</user_outbound>',
    '<user_srtp idx="1" perm="R">on</user_srtp>',
    '<user_savp idx="1" perm="R">mandatory</user_savp>',
    '<certificate url="https://192.0.2.1:8443/provision/box.pem"/>',
  ],
  grandstream: [
    '<mac>000413aabb0c</mac>',
    '<P35>214</P35>',
    '<P34>s3cret-s3cret-s3cret_AAA</P34>',
    '<P47>box.test</P47>',
    '<P48>192.0.2.1:5061</P48>',
    '<P130>2</P130>',
    '<P183>2</P183>',
    '<P2367>1</P2367>',
  ],
  generic: ['"secret": "s3cret-s3cret-s3cret_AAA"', '"transport": "tls"', '"media": "srtp-sdes-mandatory"'],
};

for (const name of vendorNames) {
  test(`${name}: the file turns on TLS and SRTP, and a value never becomes a setting`, (t) => {
    const { render } = vendors[name];
    const { body } = render(settings);
    for (const line of demanded[name]) t.true(body.includes(line), `${line} in\n${body}`);
    t.true(render({ ...settings, host: '2001:db8::1' }).body.includes('2001:db8::1'));
    for (const end of ['\n', '\r', '\u2028', '\u0000', '\u0085']) {
      for (const field of ['user', 'secret', 'domain', 'host'] as const) {
        t.throws(() => render({ ...settings, [field]: `a${end}account.1.srtp_encryption = 0` }), {
          code: 'value_unsafe',
        });
      }
    }
    const domain = 'a]]></P47><P183>0</P183><!--"&\'';
    const hostile = render({ ...settings, domain }).body;
    if (name === 'snom' || name === 'grandstream') t.false(hostile.includes('<P183>0'));
    if (name === 'generic') t.is((JSON.parse(hostile) as { domain: string }).domain, domain);
    const keys = (text: string) => text.split('\n').length;
    t.is(keys(hostile), keys(body));
  });
}

function scene() {
  const clock = new ManualClock();
  const folder = mkdtempSync(join(tmpdir(), 'provisioning-'));
  const chance = seededChance('links');
  const links = openLinks(join(folder, 'provisioning.db'), { clock, chance });
  const events: string[] = [];
  const secrets = new Map<string, string>();
  const failures: string[] = [];
  const world = { auditWorks: true, waitMs: 0, made: 0 };
  const provisioning = createProvisioning({
    links,
    accounts: {
      ensure: (user) => void (secrets.has(user) || secrets.set(user, 'nobody knows')),
      renew(user) {
        if (!secrets.has(user)) return null;
        secrets.set(user, `secret ${++world.made}`);
        return secrets.get(user)!;
      },
    },
    append({ kind, facts: { phone } }) {
      if (!world.auditWorks) throw new Error('disk full');
      events.push(`${kind} ${phone}`);
    },
    box: { domain: 'box.test', host: '192.0.2.1', port: 5061 },
    origin: () => 'https://192.0.2.1:8443',
    throttle: { waitMs: () => world.waitMs, failed: (address) => failures.push(address) },
  });
  const tokenOf = (url: string) => url.split('/')[4]!;
  const offer = (user: string, vendor: VendorName = 'yealink') =>
    tokenOf(provisioning.offer({ user, vendor, mac: MAC }, 'anna').url);
  const fetch = (token: string, file = '000413aabb0c.cfg') => provisioning.fetch(token, file, '192.0.2.10');
  return { clock, folder, links, events, secrets, failures, world, provisioning, offer, fetch };
}

const is = (fetched: Fetched) => fetched.is;

test('a link gives one phone its settings, once, with a secret that was made for it in that moment', (t) => {
  const { offer, fetch, secrets, events, failures } = scene();
  const token = offer('214');
  t.true(Buffer.from(token, 'base64url').length >= TOKEN_LENGTH);
  t.is(secrets.get('214'), 'nobody knows');
  // A phone asks for what all of its kind share first, and may write its MAC in capitals.
  for (const file of ['y000000000066.cfg', '000413aabb0d.cfg', '000413aabb0c.boot', 'x'.repeat(500)])
    t.is(is(fetch(token, file)), 'unknown');
  t.deepEqual(failures, []);
  const fetched = fetch(token, '000413AABB0C.cfg');
  t.true(fetched.is === 'file' && fetched.file.body.includes('account.1.password = secret 1\n'));
  t.is(secrets.get('214'), 'secret 1');
  t.is(is(fetch(token)), 'unknown');
  t.is(secrets.get('214'), 'secret 1');
  t.deepEqual(events, ['provision_offered 214', 'provision_fetched 214']);
  t.deepEqual(failures, ['192.0.2.10']);
});

test('a link that was guessed, has run out, was replaced or whose phone was taken out is none', (t) => {
  const { clock, offer, fetch, secrets, links, provisioning, world, events } = scene();
  const first = offer('214');
  const second = offer('214');
  const gone = offer('215');
  const withdrawn = offer('216');
  const late = offer('217');
  secrets.delete('215');
  links.withdraw('216');
  const before = events.length;
  for (const token of [first, withdrawn, '', `${second}A`, second.toLowerCase(), 'x'.repeat(10_000)])
    t.is(is(fetch(token)), 'unknown');
  t.is(events.length, before);
  t.is(is(fetch(gone)), 'unknown');
  world.waitMs = 1000;
  t.is(is(fetch(second)), 'throttled');
  world.waitMs = 0;
  t.is(is(fetch(second)), 'file');
  clock.advance(LINK_LIFETIME_MS - 1);
  t.is(provisioning.waiting().length, 1);
  clock.advance(1);
  t.is(is(fetch(late)), 'unknown');
  t.deepEqual(provisioning.waiting(), []);
});

test('without audit log no link is made, and none is used up', (t) => {
  const { offer, fetch, world, secrets } = scene();
  const token = offer('214');
  world.auditWorks = false;
  t.throws(() => offer('215'));
  t.throws(() => fetch(token));
  t.is(secrets.get('214'), 'nobody knows');
  world.auditWorks = true;
  t.is(is(fetch(token)), 'file');
});

test('the database that a thief reads opens no link', (t) => {
  const { folder, links, offer } = scene();
  const token = offer('214', 'snom');
  links.close();
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name));
    t.false(bytes.includes(token) || bytes.includes(Buffer.from(token, 'base64url')), name);
  }
});

test('each vendor is told where its phones ask, and asks there', (t) => {
  const { provisioning } = scene();
  const asked: Record<VendorName, string> = {
    yealink: '000413aabb0c.cfg',
    snom: 'snom-000413AABB0C.htm',
    grandstream: 'cfg000413aabb0c.xml',
    generic: 'phone.json',
  };
  for (const vendor of vendorNames) {
    const { url } = provisioning.offer({ user: vendor, vendor, mac: MAC }, 'anna');
    const [, token, path] = /^https:\/\/192\.0\.2\.1:8443\/provision\/([\w-]{43})\/(.*)$/.exec(url)!;
    t.is(path, { yealink: '', grandstream: '', snom: 'snom-{mac}.htm', generic: 'phone.json' }[vendor]);
    t.is(is(provisioning.fetch(token!, asked[vendor], 'a')), 'file', vendor);
  }
  const offer = (vendor: string, mac: string) => () => provisioning.offer({ user: '1', vendor, mac }, 'anna');
  t.throws(offer('cisco', MAC), { code: 'vendor_unknown' });
  t.throws(offer('toString', MAC), { code: 'vendor_unknown' });
  t.throws(offer('yealink', '0004'), { code: 'mac_wrong' });
  t.notThrows(offer('generic', ''));
});
