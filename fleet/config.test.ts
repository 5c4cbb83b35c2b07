import test from 'ava';
import { brokersOf, checkConfig } from './config.ts';

const good = {
  data: '/var/lib/belkluis-fleet',
  hosts: ['fleet.example'],
  address: '0.0.0.0',
  ports: { mqtt: 8883, webSocket: 443, enrolment: 8443 },
  region: 'NL',
};

test('without anything in the environment the database and the broker are the fleet’s own', (t) => {
  const config = checkConfig(good, {});
  t.like(config, { databaseUrl: 'sqlite:/var/lib/belkluis-fleet/fleet.db', mqttUrl: null, caPassphraseFile: null });
  t.deepEqual(brokersOf(config), ['mqtts://fleet.example:8883', 'wss://fleet.example:443/mqtt']);
  t.deepEqual(brokersOf({ hosts: ['2001:db8::1'], ports: { ...good.ports, webSocket: null } }), [
    'mqtts://[2001:db8::1]:8883',
  ]);
});

test('each field is refused by its name; an outside broker needs TLS and keys', (t) => {
  const refused = (more: object, environment = {}) =>
    t.throws(() => checkConfig({ ...good, ...more }, environment), { code: 'config_invalid' })!.message;
  t.regex(refused({ hosts: ['https://fleet.example'] }), /hosts\.0/);
  t.regex(refused({ region: 'Netherlands' }), /region/);
  t.regex(refused({ ports: { ...good.ports, mqtt: 0 } }), /ports\.mqtt/);
  t.regex(refused({ password: 'x' }), /password/);
  t.regex(refused({}, { MQTT_URL: 'mqtt://broker.example:1883' }), /MQTT_URL/);
  t.regex(refused({}, { MQTT_URL: 'mqtts://broker.example:8883' }), /mqtt: must be there/);
});
