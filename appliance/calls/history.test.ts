import test from 'ava';
import { historyHeaders, isHistory } from './history.ts';

const uriOf = (user: string) => `sip:${user}@box`;
const carol = 'sip:carol@box';
const of = (name: string, headers: readonly (readonly [string, string])[]) =>
  headers.filter(([one]) => one === name).map(([, value]) => value);

test('a call that one phone sent on is shown as diverted, and its way can be read (RFC 5806, RFC 7044 10.3)', (t) => {
  const headers = historyHeaders({ diverted: ['ben'], before: [] }, uriOf, carol);
  t.deepEqual(headers, [
    ['Diversion', '<sip:ben@box>;reason=deflection;counter=1'],
    ['History-Info', '<sip:ben@box>;index=1'],
    ['History-Info', '<sip:ben@box?Reason=SIP%3Bcause%3D302>;index=1.1;rc=1'],
    ['History-Info', '<sip:carol@box>;index=1.2;mp=1'],
  ]);
  t.true(headers.every(isHistory));
});

test('two in a row: the latest is shown first; what the call came with stays, and its indexes go on', (t) => {
  const before = [
    ['Diversion', '<sip:+31@net>;reason=unconditional'],
    ['History-Info', '<sip:a@net>;index=1, <sip:b@net>;index=1.1'],
  ] as const;
  const headers = historyHeaders({ diverted: ['dirk', 'ben'], before }, uriOf, carol);
  t.deepEqual(
    of('Diversion', headers).map((value) => value.split('>')[0]),
    ['<sip:dirk@box', '<sip:ben@box', '<sip:+31@net'],
  );
  t.deepEqual(of('History-Info', headers).slice(1), [
    '<sip:ben@box?Reason=SIP%3Bcause%3D302>;index=1.1.1;rc=1.1',
    '<sip:dirk@box>;index=1.1.2;mp=1.1',
    '<sip:dirk@box?Reason=SIP%3Bcause%3D302>;index=1.1.2.1;rc=1.1.2',
    '<sip:carol@box>;index=1.1.2.2;mp=1.1.2',
  ]);
});

test('who may not be known stays away, and an index that makes no sense is not gone on from', (t) => {
  const known = (user: string) => (user === 'ben' ? null : uriOf(user));
  t.notRegex(JSON.stringify(historyHeaders({ diverted: ['dirk', 'ben'], before: [] }, known, carol)), /ben/);
  t.deepEqual(historyHeaders({ diverted: ['ben'], before: [] }, known, carol), []);
  for (const index of ['x', '1'.repeat(400), '1..1', '']) {
    const before = [['History-Info', `<sip:a@net>;index=${index}`]] as const;
    t.is(of('History-Info', historyHeaders({ diverted: ['ben'], before }, uriOf, carol))[1], '<sip:ben@box>;index=1');
  }
});
