import test from 'ava';
import type { HealthFacts, RecipientFact } from './finding.ts';
import { checkHealth } from './health.ts';

const now = Date.UTC(2026, 9, 9);
const days = (count: number) => now + count * 86_400_000;

const well: HealthFacts = {
  now,
  recipients: [
    { name: 'R. Visser', role: 'custodian', expiresAt: days(150), fault: null },
    { name: 'Escrow', role: 'escrow', expiresAt: null, fault: null },
  ],
  disk: { freeBytes: 500e9, totalBytes: 1e12 },
  policy: { version: 42, expiresAt: days(200) },
  purge: { lastAt: now - 3600_000, overdue: 0 },
  certificate: { expiresAt: days(700) },
  audit: { state: 'ok', size: 12 },
};

const codes = (facts: Partial<HealthFacts>) =>
  checkHealth({ ...well, ...facts }).flatMap(({ code, state }) => (state === 'ok' ? [] : [`${state} ${code}`]));

test('a box in order has one quiet finding per check', (t) => {
  t.deepEqual(codes({}), []);
  t.is(checkHealth(well).length, 6);
});

test('a key that cannot be used is named with its holder', (t) => {
  const custodian = { name: 'R. Visser', role: 'custodian' } as const;
  const findings = (expiresAt: number | null, fault: RecipientFact['fault'] = null) =>
    checkHealth({ ...well, recipients: [{ ...custodian, expiresAt, fault }] })[0];
  t.like(findings(days(-1)), { code: 'recipient_expired', state: 'bad', values: { name: 'R. Visser' } });
  t.like(findings(days(29)), { code: 'recipient_expires', state: 'warn' });
  t.like(findings(null, 'revoked'), { code: 'recipient_revoked', state: 'bad' });
  t.like(findings(null, 'weak'), { code: 'recipient_unusable', state: 'bad', values: { fault: 'weak' } });
});

test('what is missing, full, stale, late or tampered with is found, the worst first', (t) => {
  t.deepEqual(codes({ recipients: null, policy: null }), ['warn recipients_missing', 'warn policy_missing']);
  t.deepEqual(codes({ disk: { freeBytes: 1e6, totalBytes: 1e12 } }), ['bad disk_full']);
  t.deepEqual(codes({ disk: { freeBytes: 9e10, totalBytes: 1e12 } }), ['warn disk_low']);
  t.deepEqual(codes({ policy: { version: 1, expiresAt: now } }), ['warn policy_stale']);
  t.deepEqual(codes({ purge: { lastAt: days(-2), overdue: 3 } }), ['bad purge_overdue']);
  t.deepEqual(codes({ purge: { lastAt: days(-2), overdue: 0 } }), ['warn purge_overdue']);
  t.deepEqual(codes({ certificate: { expiresAt: days(10) }, audit: { state: 'tampered' } }), [
    'bad audit_tampered',
    'warn certificate_expires',
  ]);
});
