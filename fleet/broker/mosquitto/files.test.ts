import { upMessages } from '@belkluis/shared/contract/messages';
import test from 'ava';
import { mosquittoAccess, mosquittoConfiguration } from './files.ts';

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
  const one = /certfile \/etc\/m\/(\S+)\nkeyfile \/etc\/m\/\1\n/;
  for (const door of [forBoxes, forFleet])
    t.regex(door!, one, 'a key and its certificate are one file: never two that do not fit');
  t.regex(forFleet!, /cafile \/etc\/m\/fleet\.pem/);
  t.notRegex(forFleet!, /use_username_as_clientid/);
  for (const part of [forBoxes, forFleet])
    t.regex(part!, /require_certificate true[\s\S]*use_identity_as_username true/);
});
