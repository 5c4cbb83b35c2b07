import { WITHHELD } from '@belkluis/shared/policy/numbers';
import test from 'ava';
import { type Trunk, trunkSchema } from '../lines/trunk.ts';
import type { SipRequest } from '../sip/message/message.ts';
import { parseMessage } from '../sip/message/parse.ts';
import { ANONYMOUS } from '../sip/message/privacy.ts';
import { callerOf, nameOf, numberOf, shownToPhone, shownToTrunk } from './identity.ts';

const numbering = { country: '31', international: '00', national: '0', shown: 'national' } as const;
const trunk = (more: object = {}): Trunk => trunkSchema.parse({ id: 't', host: 'carrier.test', ...more });

function invite(...lines: string[]): SipRequest {
  const from = lines.some((line) => line.startsWith('From:'))
    ? []
    : ['From: "Anna" <sip:0612345678@carrier.test>;tag=1'];
  const head = ['INVITE sip:x@box.test SIP/2.0', 'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx', ...from];
  const rest = ['To: <sip:x@box.test>', 'Call-ID: c', 'CSeq: 1 INVITE', ...lines];
  return parseMessage(Buffer.from(`${[...head, ...rest].join('\r\n')}\r\n\r\n`)) as SipRequest;
}

const PAI = 'P-Asserted-Identity: "Bram" <sip:+31201234567@carrier.test>, <tel:+31201234567>';
const name = (believe: boolean, ...lines: string[]) => nameOf(callerOf(invite(...lines), believe), numbering);

test('an asserted number counts when its sender is believed; From else', (t) => {
  t.is(name(true, PAI), '+31201234567');
  t.is(name(false, PAI), '+31612345678');
  t.is(name(true, 'Remote-Party-ID: <sip:0201112233@pbx.test>;party=calling;privacy=off'), '+31201112233');
  t.is(name(true, 'From: <tel:+31-6-1234-5678>;tag=1'), '+31612345678');
  t.is(name(true, 'From: <sip:carrier.test>;tag=1'), 'anonymous');
  t.is(name(true, `From: <sip:${'x'.repeat(300)}@a>;tag=1`).length, 64);
});

test('who withholds a number has none here, however that is said, and although the network knows it', (t) => {
  const ways = [
    ['Privacy: id', PAI],
    ['Privacy: user;id;critical', PAI],
    ['From: "Anonymous" <sip:anonymous@anonymous.invalid>;tag=1', PAI],
    ['From: <sip:anonymous@carrier.test>;tag=1'],
    ['Remote-Party-ID: "Bram" <sip:+31201234567@carrier.test>;privacy=full'],
  ];
  for (const lines of ways) {
    const request = invite(...lines);
    const caller = callerOf(request, true);
    t.is(nameOf(caller, numbering), 'anonymous', lines[0]);
    const shown = shownToPhone(request, caller, trunk(), numbering, 'box.test');
    const said = JSON.stringify(shown);
    t.notRegex(said, /31201234567|0612345678|612345678|Bram|Anna/, lines[0]);
    t.true(shown.headers.some(([header, value]) => header === 'Privacy' && value === 'id'));
  }
  t.is(name(true, 'Privacy: none', PAI), '+31201234567');
});

test('a phone sees the number as people here write it, with what its trunk may pass and nothing else', (t) => {
  const lines = [
    PAI,
    'Diversion: <sip:+31207654321@carrier.test>;reason=unconditional',
    'Diversion: <sip:+31200000000@carrier.test>;privacy=full',
    'History-Info: <sip:+31207654321@carrier.test>;index=1',
    'Session-ID: ab30317f1a784dc48ff824d0d3715d86;remote=00000000000000000000000000000000',
    'X-Ticket: 7',
    'X-Other: 8',
    'User-to-User: 00ff;encoding=hex',
  ];
  const request = invite(...lines);
  const show = (more: object) => shownToPhone(request, callerOf(request, true), trunk(more), numbering, 'box.test');
  const shown = show({ pass: { in: ['X-Ticket'], out: [] } });
  t.is(shown.from, '"Bram" <sip:0201234567@box.test>');
  const names = shown.headers.map(([header]) => header);
  t.deepEqual(names, ['P-Asserted-Identity', 'Session-ID', 'Diversion', 'History-Info', 'X-Ticket']);
  t.notRegex(JSON.stringify(shown.headers), /31200000000/);
  const closed = show({ identity: { send: 'none', believe: true, history: { in: false, out: false } } });
  t.deepEqual(
    closed.headers.map(([header]) => header),
    ['P-Asserted-Identity', 'Session-ID'],
  );
});

test('a trunk sees the number in its own form and no name; a withheld one only where the network needs it', (t) => {
  const request = invite('Session-ID: ab30317f1a784dc48ff824d0d3715d86', 'Diversion: <sip:10@box.test>');
  const show = (withheld: boolean, more: object = {}) =>
    shownToTrunk({ number: '+31201112233', withheld, request }, trunk(more), numbering);
  t.deepEqual(show(false), {
    from: '<sip:+31201112233@carrier.test>',
    contactUser: '+31201112233',
    headers: [
      ['P-Asserted-Identity', '<sip:+31201112233@carrier.test>'],
      ['Session-ID', 'ab30317f1a784dc48ff824d0d3715d86'],
    ],
  });
  const national = { numbers: { called: 'e164', calling: 'national' }, domain: 'voice.test' };
  t.is(show(false, national).from, '<sip:0201112233@voice.test>');
  const hidden = show(true);
  t.is(hidden.from, '"Anonymous" <sip:anonymous@anonymous.invalid>');
  t.is(hidden.contactUser, 'anonymous');
  t.deepEqual(hidden.headers.slice(0, 2), [
    ['P-Asserted-Identity', '<sip:+31201112233@carrier.test>'],
    ['Privacy', 'id'],
  ]);
  const silent = { identity: { send: 'none', believe: true, history: { in: true, out: false } } };
  t.notRegex(JSON.stringify(show(true, silent)), /201112233/);
});

test('a phone shows its own number, one that is its alone, or the one of the trunk', (t) => {
  const inbound = [
    { did: '+31201110001', to: ['10', '11'] },
    { did: '+31201110002', to: ['10'] },
    { did: '+3120111*', to: ['12'] },
  ];
  const account = { user: 'box', password: 'x' };
  const number = (user: string, more: object) => numberOf(user, trunk(more), numbering);
  t.is(number('0201119999', { inbound }), '+31201119999');
  t.is(number('10', { inbound, callerId: '+31201110000' }), '+31201110002');
  t.is(number('12', { inbound, callerId: '+31201110000' }), '+31201110000');
  t.is(number('12', { inbound, account }), 'box');
});

test('who withholds the number is called the same by SIP, in records and in rules', (t) => {
  const hidden = callerOf(invite('Privacy: id', 'P-Asserted-Identity: <sip:+31688776655@carrier.test>'), true);
  t.is(nameOf(hidden, numbering), WITHHELD);
  t.is(ANONYMOUS, WITHHELD);
});
