import test from 'ava';
import { linesSchema } from './schema.ts';

test('a box that was told of no line reaches nothing outside: no trunk, no PBX, no allowed number but emergencies', (t) => {
  const { pbx, trunks, siprec, outbound } = linesSchema.parse({ schemaVersion: 1 });
  t.deepEqual({ pbx, trunks, siprec }, { pbx: null, trunks: [], siprec: null });
  t.deepEqual([outbound.allow, outbound.emergency], [[], ['112']]);
});

test('what the box does not know is refused with its place', (t) => {
  const at = (value: unknown) => linesSchema.safeParse(value).error?.issues[0]?.path.join('.');
  const trunk = { id: 'carrier', host: 'sip.example.net' };
  t.is(at({ schemaVersion: 1, trunks: [trunk] }), undefined);
  t.is(at({ schemaVersion: 1, trunks: [trunk, trunk] }), 'trunks');
  t.is(at({ schemaVersion: 1, trunks: [{ ...trunk, sources: ['192.0.2.0/33'] }] }), 'trunks.0.sources.0');
  t.is(at({ schemaVersion: 1, trunks: [{ ...trunk, host: 'a b' }] }), 'trunks.0.host');
  t.is(at({ schemaVersion: 1, siprec: { sources: [{ id: 'sbc' }] } }), 'siprec.sources.0');
  t.is(at({ schemaVersion: 1, outbound: { allow: ['0031'] } }), 'outbound.allow.0');
});
