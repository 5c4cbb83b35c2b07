import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditEntry, checkEvent } from '@belkluis/shared/audit/event';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import type { PolicyInForce } from '@belkluis/shared/policy/decide';
import type { BoxFacts } from '@belkluis/shared/policy/documents/register';
import { wholePolicy } from '@belkluis/shared/policy/testing/any-policy';
import test from 'ava';
import Database from 'better-sqlite3';
import { keepRegister } from './keep-register.ts';
import { openPrivacy } from './privacy.ts';

const DAY = 86_400_000;
const first: PolicyInForce = { policy: wholePolicy, hash: '1'.repeat(64) };
const second: PolicyInForce = { policy: { ...wholePolicy, version: 2 }, hash: '2'.repeat(64) };

function scene() {
  const path = join(mkdtempSync(join(tmpdir(), 'register-')), 'privacy.db');
  const clock = new ManualClock();
  const { registers, close } = openPrivacy(path, { directory: () => 365, request: () => 1096 });
  const events: AuditEntry[] = [];
  const world = {
    policy: null as PolicyInForce | null,
    people: [{ id: 'p1', roles: ['dpo'] }] as BoxFacts['people'],
    logWorks: true,
  };
  const parts = {
    registers,
    policy: () => world.policy,
    people: () => world.people,
    deviceId: 'box-1',
    signallingHours: 2,
    append(entry: AuditEntry) {
      if (!world.logWorks) throw new Error('disk full');
      checkEvent({ ...entry, at: 1 });
      events.push(entry);
    },
    clock,
  };
  const desk = keepRegister({ ...parts, destinations: [{ name: 'nas', country: 'NL' }] });
  const cli = keepRegister({ ...parts, destinations: null });
  return { path, clock, registers, close, events, world, desk, cli };
}

test('a version is written when a policy, a role or the machine changes, and no other; each is in the audit log first', (t) => {
  const { desk, cli, world, registers, events } = scene();
  t.is(desk.record('start'), 1);
  t.is(desk.record('start'), null);
  cli.recordNext(first);
  world.policy = first;
  t.is(cli.record('roles'), null, 'who has not read the configuration names destinations as they were named last');
  world.people = [...world.people, { id: 'p2', roles: ['custodian'] }];
  t.deepEqual(desk.check().drift, ['holders']);
  t.is(desk.record('roles'), 3);
  t.deepEqual(desk.check().drift, []);
  t.deepEqual(
    registers.list().map(({ cause }) => cause),
    ['start', 'policy', 'roles'],
  );
  t.deepEqual(
    events.map(({ facts }) => facts),
    [1, 2, 3].map((version) => {
      const { hash, policyHash, cause } = registers.get(version)!;
      return { register: hash, policyHash, cause };
    }) as never,
  );
  t.deepEqual(registers.get(2)!.register.holders[1], { role: 'dpo', people: ['p1'] });
  world.logWorks = false;
  t.throws(() => cli.recordNext(second));
  t.is(registers.list().length, 3);
});

test('a version whose policy never came into force is not taken for that of the one which is', (t) => {
  const { desk, world } = scene();
  desk.recordNext(first);
  world.policy = first;
  // The process died after this line and before the policy was there.
  desk.recordNext(second);
  t.deepEqual(desk.check().drift, []);
  t.is(desk.check().recorded!.version, 1);
  world.policy = second;
  t.deepEqual(desk.check().drift, []);
});

test('a register that somebody changed where it lies, or that was never written, is drift', (t) => {
  const { path, desk, world, close } = scene();
  world.policy = first;
  t.deepEqual(desk.check().drift, ['everything']);
  desk.record('asked');
  t.deepEqual(desk.check().drift, []);
  const raw = new Database(path);
  raw.exec(`UPDATE registers SET register = replace(register, '"length":365', '"length":30')`);
  raw.close();
  t.deepEqual(desk.check().drift, ['everything']);
  t.is(desk.record('asked'), 2);
  t.deepEqual(desk.check().drift, []);
  close();
});

test('a version stays for three years after another took its place; the newest always', (t) => {
  const { clock, desk, registers, world } = scene();
  desk.record('start');
  clock.advance(2000 * DAY);
  t.is(registers.forgetExpired(clock.now()), 0);
  world.policy = first;
  desk.record('asked');
  clock.advance(1095 * DAY);
  t.is(registers.forgetExpired(clock.now()), 0);
  clock.advance(2 * DAY);
  t.is(registers.forgetExpired(clock.now()), 1);
  t.is(registers.get(1), null);
  t.is(registers.newest()!.version, 2);
});
