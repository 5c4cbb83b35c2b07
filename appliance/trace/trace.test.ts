import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { parseMessage } from '../sip/message/parse.ts';
import { ladderOf, ladderText } from './ladder.ts';
import { KEEP_MS, MAX_BYTES, MAX_MESSAGES, MAX_REFUSED, MAX_TURNS, SWEEP_MS } from './limits.ts';
import { masked, maskedCall, maskedNumber } from './mask.ts';
import { pcapOf } from './pcap.ts';
import { scrubbed } from './scrub.ts';
import { call, callerFlow, flowTo, invite, message, names, secrets } from './testing/messages.ts';
import type { TracedMessage } from './traced.ts';
import { openTraces, type Traces } from './traces.ts';

const open = () => {
  const clock = new ManualClock();
  return { clock, traces: openTraces({ clock, chance: seededChance('trace') }) };
};

/** The call of testing/messages.ts, seen and joined as the box does it. */
function traced(): { clock: ManualClock; traces: Traces; messages: readonly TracedMessage[] } {
  const { clock, traces } = open();
  for (const [direction, bytes, flow] of call) {
    traces.observe(direction, bytes, flow);
    clock.advance(20);
    traces.join('caller-2147@192.0.2.10', 'the-call');
    traces.join('callee', 'the-call');
  }
  return { clock, traces, messages: traces.messages('the-call')! };
}

test('no secret of a call is remembered, and what is remembered is still SIP', (t) => {
  const { messages } = traced();
  t.is(messages.length, call.length);
  for (const { text } of messages) {
    for (const secret of secrets) t.false(text.includes(secret), `${secret} in ${text}`);
    const message = parseMessage(Buffer.from(text));
    if (message.kind === 'unusable') t.fail(message.detail);
    else t.is(Number(message.headers.get('Content-Length')), message.body.length);
  }
  const all = messages.map(({ text }) => text).join('\n');
  // What helps stays: who is asked for which realm, which suite, that a key was pressed, that something was written.
  t.regex(all, /Authorization: Digest username="2147", realm="box.test".*response="removed"/);
  t.regex(all, /a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:A+\|2\^20\|1:4/);
  t.regex(all, /Signal=x\r\nDuration=160/);
  t.regex(all, /X-Body-Not-Kept: 14 bytes\r\nContent-Length: 0/);
});

test('who withholds the number is in no trace, masked or not, in no message of the call, however the network says it', (t) => {
  const number = '+31699887766';
  const forms = [number, '0699887766', '31-6-99887766', 'Jansen'];
  const wishes: readonly (readonly [string, readonly string[]])[] = [
    [`"Jan Jansen" <sip:${number}@carrier.test>;tag=1`, ['Privacy: id']],
    ['"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1', []],
    [`<sip:${number}@carrier.test>;tag=1`, [`Remote-Party-ID: <sip:${number}@carrier.test>;privacy=full`]],
  ];
  for (const [from, wish] of wishes) {
    const { traces } = open();
    const headers = [
      ...wish,
      `P-Asserted-Identity: "Jansen" <sip:${number}@carrier.test>, <tel:+31-6-99887766>`,
      `Contact: "Jansen" <sip:0699887766@192.0.2.10:5061;transport=tls>`,
      `P-Charge-Info: <sip:${number}@carrier.test>`,
      `X-Calling: ${number}`,
    ];
    const by = { callId: 'leg', from, to: '<sip:214@box.test>', headers };
    const theirs = { ...by, from: '<sip:214@box.test>;tag=2', to: from };
    const described = { type: 'application/sdp', body: `v=0\r\no=${number} 1 1 IN IP4 192.0.2.10\r\ns=Jansen\r\n` };
    for (const bytes of [
      message('INVITE sip:214@box.test SIP/2.0', { ...by, ...described, cseq: '1 INVITE' }),
      message('SIP/2.0 200 OK', { ...by, cseq: '1 INVITE', to: '<sip:214@box.test>;tag=2' }),
      message('ACK sip:214@box.test SIP/2.0', { ...by, cseq: '1 ACK', headers: headers.slice(wish.length) }),
      message(`BYE sip:${number}@192.0.2.10 SIP/2.0`, { ...theirs, cseq: '1 BYE', headers: [] }),
    ])
      traces.observe('received', bytes, callerFlow);
    traces.join('leg', 'the-call');
    const all = JSON.stringify([traces.calls(), traces.messages('the-call')]);
    for (const form of forms) t.false(all.includes(form), `${form} in ${all}`);
    t.is(traces.calls()[0]!.from, 'anonymous');
    const ladder = ladderOf(traces.messages('the-call')!);
    t.deepEqual(
      ladder.steps.map(({ label }) => label),
      ['INVITE', '200 OK', 'ACK', 'BYE'],
    );
    t.regex(ladder.steps[3]!.text, /^BYE sip:anonymous@192\.0\.2\.10 SIP\/2\.0[\s\S]*To: "Anonymous".*;tag=1/);
    t.regex(ladder.steps[0]!.text, /Contact: <sip:anonymous@192\.0\.2\.10:5061;transport=tls>/);
  }
});

test('who answers may withhold the number too; without the wish it is there for whom it may be', (t) => {
  const { traces } = open();
  const asserted = 'P-Asserted-Identity: <sip:+31699887766@carrier.test>';
  const say = (startLine: string, headers: readonly string[]) =>
    traces.observe('received', message(startLine, { callId: 'leg', cseq: '1 INVITE', headers }), callerFlow);
  say('INVITE sip:214@box.test SIP/2.0', []);
  say('SIP/2.0 180 Ringing', [asserted]);
  say('SIP/2.0 200 OK', [asserted, 'Privacy: id']);
  traces.join('leg', 'the-call');
  const texts = traces.messages('the-call')!.map(({ text }) => text.includes('99887766'));
  t.deepEqual(texts, [false, true, false]);
});

test('that a key was pressed is told, and which one in no way that phones have of saying it', (t) => {
  const bodies = [
    ['application/dtmf-relay', 'Signal=4\r\nDuration=160\r\n'],
    ['application/dtmf-relay', 'Signal= 4\r\n Duration = 160\r\n'],
    ['application/dtmf-relay; charset=utf-8', 'SIGNAL:4'],
    ['application/dtmf-relay', '4'],
    ['application/dtmf-relay', 'Signal=4\r\nSignal=44\r\nDuration=4x'],
    ['application/dtmf', '4'],
    ['application/vnd.nortelnetworks.digits', 'd=4'],
    ['application/kpml-response+xml', '<kpml-response digits="4"/>'],
  ] as const;
  for (const [type, body] of bodies) {
    const to = '<sip:214@box.test;postd=4>';
    const bytes = message('INFO sip:214@box.test;postd=4 SIP/2.0', { callId: 'x', cseq: '3 INFO', to, type, body });
    const parsed = parseMessage(bytes);
    if (parsed.kind === 'unusable') return t.fail(body);
    const text = scrubbed(parsed)
      // Where no digit was pressed.
      .replace(/214|Duration=160|Content-Length: \d+|X-Body-Not-Kept: \d+ bytes|192\.0\.2\.10|z9hG4bK\S+/g, '');
    t.notRegex(text, /4/, `${type} ${body}`);
    t.regex(text, /^INFO/);
  }
});

test('whoever may not see numbers sees none, and one party has one stand-in in both legs', (t) => {
  const { messages } = traced();
  const hidden = masked(messages);
  t.is(hidden.length, messages.length);
  const all = hidden.map(({ text }) => text).join('\n');
  for (const name of names) t.false(all.toLowerCase().includes(name.toLowerCase()), `${name} in ${all}`);
  t.regex(all, /INVITE sip:number-1@box\.test SIP\/2\.0/);
  t.regex(all, /From: <sip:number-2@box\.test>;tag=1\r\n[\s\S]*From: <sip:number-2@box\.test>;tag=b/);
  t.regex(all, /Contact: <sip:number-2@192\.0\.2\.10:5061;transport=tls>/);
  t.regex(all, /Call-ID: leg-1/);
  t.is(maskedNumber('+31 6 12345678'), '•••78');
  t.is(maskedNumber('2147'), '•••');
});

test('a message that nobody foresaw is masked and scrubbed whole, or left out', (t) => {
  const folder = join(import.meta.dirname, '../../test/vectors/sip');
  const files = globSync('*.sip', { cwd: folder });
  t.true(files.length > 50);
  for (const file of files) {
    const parsed = parseMessage(readFileSync(join(folder, file)));
    if (parsed.kind === 'unusable') continue;
    const text = scrubbed(parsed);
    const ends = { local: callerFlow.local, remote: callerFlow.remote };
    const [hidden] = masked([{ at: 0, direction: 'received', transport: 'TLS', ...ends, text }]);
    for (const one of [text, ...(hidden ? [hidden.text] : [])]) {
      t.not(parseMessage(Buffer.from(one)).kind, 'unusable', `${file}: ${one}`);
    }
  }
});

test('what became of a transfer is told with the call, and so is the call that it led to, without numbers for whom they are not', (t) => {
  const { clock, traces } = traced();
  const first = 'the-call';
  const begins = (id: string, callId: string) => {
    traces.observe('received', message('INVITE sip:5599@box.test SIP/2.0', { callId, cseq: '1 INVITE' }), callerFlow);
    traces.join(callId, id);
    clock.advance(20);
  };
  const turn = { call: first, by: 'callee', at: clock.now(), to: '0687654321', next: null, other: null } as const;
  traces.turned(first, { ...turn, how: 'transferred', status: 486, reason: 'Busy on 0612345678' });
  traces.turned(first, { ...turn, how: 'transferred', status: 200, reason: 'OK', next: 'second-pair' });
  t.is(traces.idOf('second-pair'), first, 'the same messages, by the id of the two who talk then');
  // Made by the far side: the call comes before the word that it did.
  begins('of-the-pbx', 'pbx');
  traces.cameFrom('of-the-pbx', [{ call: 'second-pair', how: 'transferred', by: 'caller' }]);
  const later = { ...turn, call: 'second-pair', by: 'caller', how: 'transferred', status: 200, reason: 'OK' } as const;
  traces.turned(first, later);
  begins('aside', 'aside');
  const attended = { ...turn, call: 'second-pair', how: 'attended', status: 200, reason: 'OK' } as const;
  traces.turned(first, { ...attended, other: { call: 'aside', by: 'caller' } });
  const call = (id: string) => traces.calls().find((one) => one.id === id)!;
  t.deepEqual(
    call(first).turns.map(({ status, by, to, call }) => [status, by, to, call]),
    [
      [486, 'callee', '0687654321', null],
      [200, 'callee', '0687654321', null],
      [200, 'caller', '0687654321', 'of-the-pbx'],
      [200, 'callee', '0687654321', 'aside'],
    ],
  );
  t.deepEqual(
    call('aside').turns.map(({ how, by, to, call }) => [how, by, to, call]),
    [['attended', 'caller', null, first]],
  );
  t.like(call('of-the-pbx').origins[0], { call: 'second-pair', how: 'transferred' });
  const hidden = maskedCall(call(first)).turns.map(({ to, reason }) => `${to} ${reason}`);
  t.is(hidden[0], '•••21 Busy on (number)');
  for (let n = 0; n < 10; n++)
    traces.turned(first, { ...turn, how: 'transferred', status: 404, reason: 'x'.repeat(999) });
  t.is(call(first).turns.length, MAX_TURNS);
  t.true(JSON.stringify(call(first).turns).length < 300 * MAX_TURNS);
  clock.advance(KEEP_MS + SWEEP_MS);
  t.is(traces.idOf('second-pair'), null);
});

test('both legs of a call are one ladder, in which what was sent again is told', (t) => {
  const ladder = ladderOf(masked(traced().messages));
  t.deepEqual(ladder.peers, ['TLS 192.0.2.10:5061', 'UDP 192.0.2.20:40000']);
  t.deepEqual(
    ladder.steps.map(
      ({ peer, received, label, again }) => `${received ? '<' : '>'}${peer} ${label}${again ? ' again' : ''}`,
    ),
    [
      '<0 INVITE',
      '>0 401 Unauthorized',
      '<0 ACK',
      '<0 INVITE',
      '>1 INVITE',
      '>1 INVITE again',
      '<1 180 Ringing',
      '>0 180 Ringing',
      '<1 200 OK',
      '>1 ACK',
      '>0 200 OK',
      '<0 ACK',
      '<0 INFO',
      '<0 MESSAGE',
      '<0 BYE',
      '>0 200 OK',
    ],
  );
  t.deepEqual(ladder.steps[3]!.streams, [
    'audio 192.0.2.10:4000, SRTP (AES_CM_128_HMAC_SHA1_80), PCMA G722 telephone-event, sendrecv',
  ]);
  const text = ladderText(ladder);
  const lines = text.split('\n');
  t.regex(lines[0]!, /TLS 192\.0\.2\.10:5061 +box +UDP 192\.0\.2\.20:40000$/);
  t.true(
    lines.some((line) => /\+0\.000 │── INVITE ─+>│ +│$/.test(line)),
    text,
  );
  t.true(
    lines.some((line) => /│<── 180 Ringing ─+│ +│$/.test(line)),
    text,
  );
  t.true(
    lines.some((line) => /│ +│── \(again\) INVITE ─+>│$/.test(line)),
    text,
  );
});

test('a capture of a call is signalling that tshark reads, message by message', (t) => {
  const { messages } = traced();
  const folder = mkdtempSync(join(tmpdir(), 'trace-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const six = messages.map((one) => ({
    ...one,
    local: { address: '2001:db8::1', port: 5061 },
    remote: { address: 'fe80::192.0.2.7', port: 40_000 },
  }));
  for (const [name, some] of [
    ['plain', messages],
    ['masked', masked(messages)],
    ['six', six],
  ] as const) {
    const path = join(folder, name);
    writeFileSync(path, pcapOf(some));
    const checks = ['-o', 'udp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];
    const fields = ['sip.Method', 'sip.Status-Code', 'sdp.media', 'udp.checksum.status', '_ws.malformed'].flatMap(
      (field) => ['-e', field],
    );
    const said = execFileSync('tshark', ['-r', path, ...checks, '-T', 'fields', '-E', 'separator=;', ...fields], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const rows = said.trim().split('\n');
    t.is(rows.length, call.length, name);
    t.deepEqual(
      rows.filter((row) => !/^([A-Z]+;|;\d{3})/.test(row)),
      [],
      `${name}: each is SIP`,
    );
    t.deepEqual(
      rows.filter((row) => !/;1;$/.test(row)),
      [],
      `${name}: sums are right, nothing is malformed`,
    );
    t.is(rows.filter((row) => row.includes('audio 4000')).length, 5, name);
  }
});

test('how a call went is read from the leg of its caller', (t) => {
  const { traces } = traced();
  t.like(traces.calls()[0], {
    id: 'the-call',
    from: '2147',
    to: '0687654321',
    state: 'ended',
    status: 200,
    transport: 'TLS',
  });
  t.like(maskedCall(traces.calls()[0]!), { from: '•••', to: '•••21' });
  const { traces: others } = open();
  others.observe('received', invite, callerFlow);
  t.like(others.calls()[0], { state: 'ringing', status: null });
  others.observe(
    'sent',
    message('SIP/2.0 486 Busy Here', { callId: 'caller-2147@192.0.2.10', cseq: '1 INVITE' }),
    callerFlow,
  );
  t.like(others.calls()[0], { state: 'failed', status: 486, reason: 'Busy Here' });
});

test('what is remembered leaves by age, also when nothing more happens', (t) => {
  const { clock, traces } = traced();
  clock.advance(KEEP_MS - SWEEP_MS);
  t.is(traces.calls().length, 1);
  clock.advance(2 * SWEEP_MS);
  t.deepEqual(traces.calls(), []);
  t.is(traces.messages('the-call'), null);
});

test('a scanner pushes no call out, and no call grows without end', (t) => {
  const { traces } = traced();
  for (let n = 0; n < MAX_REFUSED * 2; n++) {
    traces.observe(
      'received',
      message('INVITE sip:1@box.test SIP/2.0', { callId: `scan ${n}`, cseq: '1 INVITE' }),
      flowTo('203.0.113.9', 5060),
    );
  }
  t.is(traces.calls().length, MAX_REFUSED + 1);
  t.truthy(traces.messages('the-call'));
  for (let n = 0; n < MAX_MESSAGES; n++) {
    traces.observe(
      'received',
      message('OPTIONS sip:1@box.test SIP/2.0', { callId: 'callee', cseq: `${n + 10} OPTIONS` }),
      callerFlow,
    );
  }
  const kept = traces.messages('the-call')!;
  t.is(kept.length, MAX_MESSAGES);
  t.regex(kept[0]!.text, /^INVITE/);
  t.regex(kept.at(-1)!.text, new RegExp(`CSeq: ${MAX_MESSAGES + 9} OPTIONS`));
  t.is(traces.calls().find(({ id }) => id === 'the-call')!.dropped, call.length);
});

test('the memory of all calls ends at its bound, oldest first', (t) => {
  const { traces } = open();
  const big = 'x'.repeat(7000);
  const each = 7000 * 50;
  const needed = Math.ceil(MAX_BYTES / each) + 3;
  for (let n = 0; n < needed; n++) {
    const callId = `long ${n}`;
    for (let m = 0; m < 50; m++) {
      traces.observe(
        'received',
        message('INVITE sip:1@box.test SIP/2.0', { callId, cseq: `${m} INVITE`, headers: [`X-Long: ${big}`] }),
        callerFlow,
      );
      traces.join(callId, callId);
    }
  }
  const left = traces.calls().map(({ id }) => id);
  t.false(left.includes('long 0'));
  t.true(left.includes(`long ${needed - 1}`));
  const bytes = left.flatMap((id) => traces.messages(id)!).reduce((sum, { text }) => sum + text.length, 0);
  t.true(bytes <= MAX_BYTES && bytes > MAX_BYTES * 0.8, `${bytes}`);
});
