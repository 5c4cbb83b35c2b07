import test from 'ava';
import { brokersOf, checkConfig, siteOf } from './config.ts';

const good = {
  data: '/var/lib/belkluis-fleet',
  hosts: ['fleet.example'],
  address: '0.0.0.0',
  ports: { mqtt: 8883, webSocket: 443, enrolment: 8443, console: 443 },
  region: 'NL',
};

test('without anything in the environment the database and the broker are the fleet’s own', (t) => {
  const config = checkConfig(good, {});
  t.like(config, { databaseUrl: 'sqlite:/var/lib/belkluis-fleet/fleet.db', mqttUrl: null, caPassphraseFile: null });
  t.deepEqual(brokersOf(config), ['mqtts://fleet.example:8883', 'wss://fleet.example:443/mqtt']);
  t.deepEqual(brokersOf({ hosts: ['2001:db8::1'], ports: { ...good.ports, webSocket: null, metrics: null } }), [
    'mqtts://[2001:db8::1]:8883',
  ]);
});

test('each field is refused by its name; an outside broker needs TLS and a name for this process', (t) => {
  const refused = (more: object, environment = {}) =>
    t.throws(() => checkConfig({ ...good, ...more }, environment), { code: 'config_invalid' })!.message;
  t.regex(refused({ hosts: ['https://fleet.example'] }), /hosts\.0/);
  t.regex(refused({ region: 'Netherlands' }), /region/);
  t.regex(refused({ ports: { ...good.ports, mqtt: 0 } }), /ports\.mqtt/);
  t.regex(refused({ password: 'x' }), /password/);
  t.regex(refused({}, { MQTT_URL: 'mqtt://broker.example:1883' }), /MQTT_URL/);
  t.regex(refused({}, { MQTT_URL: 'mqtts://broker.example:8883' }), /mqtt: must be there/);
  t.regex(refused({ mqtt: { process: '0'.repeat(32) } }), /mqtt\.process/);
  const { mqtt } = checkConfig({ ...good, mqtt: {} }, { MQTT_URL: 'mqtts://127.0.0.1:8884' });
  t.deepEqual(mqtt, { process: 'fleet', folder: null, sessions: '/var/lib/mosquitto', authorityFile: null });
});

test('the console is at the first host, or where it is said to be, with both files or a host that the fleet certifies', (t) => {
  const siteWith = (more: object) => siteOf(checkConfig({ ...good, ...more }, {}));
  t.deepEqual(siteWith({}), { origin: 'https://fleet.example', host: 'fleet.example' });
  t.deepEqual(siteWith({ ports: { ...good.ports, console: 8444 } }).origin, 'https://fleet.example:8444');
  const files = { keyFile: '/etc/key.pem', certificateFile: '/etc/chain.pem' };
  t.deepEqual(siteWith({ console: { origin: 'https://console.example', ...files } }), {
    origin: 'https://console.example',
    host: 'console.example',
  });
  for (const [told, field] of [
    [{ origin: 'https://console.example' }, /console\.origin/],
    [{ origin: 'http://fleet.example' }, /console\.origin/],
    [{ origin: 'https://fleet.example/console' }, /console\.origin/],
    [{ origin: 'https://fleet.example', keyFile: '/etc/key.pem' }, /console: keyFile/],
  ] as const)
    t.regex(t.throws(() => checkConfig({ ...good, console: told }, {}), { code: 'config_invalid' })!.message, field);
  t.regex(t.throws(() => checkConfig({ ...good, timeZone: 'Mars/Base' }, {}))!.message, /timeZone/);
});
