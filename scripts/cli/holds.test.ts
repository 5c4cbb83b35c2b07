import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { totpCode } from '@belkluis/shared/access/totp';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { samplePolicy } from '@belkluis/shared/policy/sample';
import test from 'ava';
import { openAccess } from '../../appliance/access/access.ts';
import type { Role } from '../../appliance/access/roles.ts';
import { openAuditLog } from '../../appliance/audit/log.ts';
import { places } from '../../appliance/config.ts';
import { openDevice } from '../../appliance/identity/device.ts';
import type { NewRecording } from '../../appliance/vault/catalogue.ts';
import { expiriesOf } from '../../appliance/vault/retention.ts';
import { openVault } from '../../appliance/vault/vault.ts';
import type { Command, Values } from './command.ts';
import { holdsAdd, holdsAskLift, holdsLift, holdsList, holdsRenew } from './holds.ts';
import { recordingsList } from './recordings.ts';
import { restrictAdd, restrictLift, restrictList } from './restrictions.ts';
import { retentionPreview, retentionReport } from './retention.ts';

const DAY = 24 * 3600_000;
const PASSWORD = 'four words in a row';

/** A box with one recording of Anna, an hour ago, and people who have signed in once. */
async function box() {
  const data = mkdtempSync(join(tmpdir(), 'holds-cli-'));
  const at = places(data);
  const { deviceId } = openDevice(at.identity, systemChance);
  const audit = () => openAuditLog({ path: at.auditDatabase, deviceId, clock: systemClock, chance: systemChance });
  audit().close();
  const startedAt = Date.now() - 3600_000;
  const recording: NewRecording = {
    id: 'ab'.repeat(16),
    call: 'c',
    purpose: 'complaints',
    purposeName: 'Complaints',
    level: 'standard',
    mayOpen: ['custodian'],
    rule: 'all-internal',
    policyVersion: 1,
    policyHash: 'h',
    announcementHash: 'a',
    announcedAt: startedAt,
    recipients: ['f'],
    caller: '+31201234567',
    callee: 'ben',
    direction: 'inbound',
    startedAt,
    uses: ['complaint'],
    ...expiriesOf(startedAt, { contentDays: 90, trafficDays: 90, evidenceDays: 365, minimum: null }),
  };
  const vault = openVault(at.vault);
  vault.catalogue.begin(recording);
  vault.close();
  const access = openAccess({
    path: at.accessDatabase,
    clock: systemClock,
    chance: systemChance,
    append: () => {},
    hashCost: { memoryKiB: 64, passes: 1 },
  });
  let file = 0;
  const addPerson = async (name: string, roles: readonly Role[]) => {
    const setUp = access.newSetUpCode(roles);
    const { totpSecret } = await access.choose(setUp, name, PASSWORD, 'test');
    const { id } = access.confirm(setUp, totpCode(totpSecret, Date.now() - 30_000), 'test');
    let steps = 0;
    /** Options with which this person acts; a code is good once, so the second act uses the next. */
    const as = (password = PASSWORD): Values => {
      const path = join(data, `credentials-${++file}`);
      writeFileSync(path, `${password}\n${totpCode(totpSecret, Date.now() + 30_000 * steps++)}\n`);
      return { as: name, credentials: path };
    };
    return { id, as };
  };
  const run = async (command: Command, values: Values, ...positionals: string[]) =>
    command.run({ values, positionals, data });
  const events = () => {
    const log = audit();
    const found = log.recent(100, 0).map(({ event }) => event as { kind: string; actor: string });
    log.close();
    return found.filter(({ kind }) => /hold|restrict|search/.test(kind)).reverse();
  };
  return { data, recording: recording.id, addPerson, run, events, access };
}

test('a hold and a restriction from the command line: by a person whose role may, two to lift, each act in the log', async (t) => {
  const { recording, addPerson, run, events, data } = await box();
  const custodian = await addPerson('carla', ['custodian']);
  const colleague = await addPerson('cees', ['custodian']);
  const dpo = await addPerson('dora', ['dpo']);
  const other = await addPerson('dirk', ['dpo']);
  const admin = await addPerson('adam', ['admin']);
  const review = new Date(Date.now() + 90 * DAY).toISOString().slice(0, 10);
  const wanted = { case: 'C-17', reason: 'a claim', owner: 'legal', review };

  await t.throwsAsync(run(holdsAdd, { ...wanted, recording: [recording] }), { message: /--as is missing/ });
  await t.throwsAsync(run(holdsAdd, { ...wanted, ...dpo.as('wrong'), recording: [recording] }), {
    code: 'login_refused',
  });
  await t.throwsAsync(run(holdsAdd, { ...wanted, ...admin.as(), recording: [recording] }), { code: 'role_missing' });
  await t.throwsAsync(run(holdsAdd, { ...wanted, as: 'carla' }), { code: 'hold_on_all' });
  await t.throwsAsync(run(holdsAdd, { ...wanted, review: '2001-01-01', ...other.as(), recording: [recording] }), {
    code: 'hold_review',
  });
  t.deepEqual(events(), [], 'nothing has happened');

  const placed = await run(holdsAdd, { ...wanted, ...custodian.as(), party: '020-123 45' });
  const { hold, recordings } = placed.json as { hold: string; recordings: string[] };
  t.deepEqual(recordings, [recording]);
  await t.throwsAsync(run(holdsAskLift, { reason: 'settled', ...admin.as() }, hold), { code: 'role_missing' });
  // An organisation with one DPO needs a second person who may ask.
  await run(holdsAskLift, { reason: 'settled', ...custodian.as() }, hold);
  await t.throwsAsync(run(holdsLift, colleague.as(), hold), { code: 'role_missing' });
  const vault = openVault(places(data).vault);
  t.true(vault.catalogue.holds.inForce(recording));
  // The same person, whatever the command line says of them.
  t.throws(() => vault.catalogue.holds.lift(hold, custodian.id, Date.now()), { code: 'same_person' });
  await run(holdsLift, other.as(), hold);
  t.false(vault.catalogue.holds.inForce(recording));
  vault.close();
  t.regex((await run(holdsList, {})).text, /C-17.*lifted/);
  t.deepEqual(
    events().map(({ kind, actor }) => [kind, actor]),
    [
      ['hold_placed', custodian.id],
      ['hold_lift_asked', custodian.id],
      ['hold_lifted', other.id],
    ],
  );
});

test('restrictions, renewals, searches and terms from the command line', async (t) => {
  const { recording, addPerson, run, events, data } = await box();
  const dpo = await addPerson('dora', ['dpo']);
  const other = await addPerson('dirk', ['dpo']);
  await t.throwsAsync(run(restrictAdd, { ground: 'whim', reason: 'r', as: 'dora' }, recording), { code: 'usage' });
  const custodian = await addPerson('carla', ['custodian']);
  const restricts = { ground: 'accuracy', reason: 'not her voice' };
  await t.throwsAsync(run(restrictAdd, { ...restricts, ...custodian.as() }, recording), { code: 'role_missing' });
  await run(restrictAdd, { ...restricts, ...dpo.as() }, recording);
  t.like((await run(restrictList, {})).json, { restrictions: [{ recording, ground: 'accuracy', by: dpo.id }] });
  await run(restrictLift, { reason: 'settled', ...other.as() }, recording);
  t.like((await run(restrictList, {})).json, { restrictions: [] });
  await t.throwsAsync(run(holdsRenew, { review: '2040-01-01', ...dpo.as() }, 'x'.repeat(32)), { code: 'hold_unknown' });

  t.like((await run(recordingsList, { party: '1234567', 'max-seconds': '0' })).json, { total: 1, exact: true });
  t.like((await run(recordingsList, { party: '1234567', 'min-seconds': '1' })).json, { total: 0 });
  t.like((await run(recordingsList, { until: '2001-01-01' })).json, { total: 0 });
  await t.throwsAsync(run(recordingsList, { from: 'yesterday' }), { code: 'usage' });
  t.deepEqual(
    events().map(({ kind }) => kind),
    ['restriction_placed', 'restriction_lifted', 'search', 'search', 'search'],
  );

  const draft = join(data, 'policy.json');
  writeFileSync(draft, JSON.stringify(samplePolicy(new Date())));
  t.like((await run(retentionPreview, {}, draft)).json, {
    purposes: [{ purpose: 'complaints', recordings: { count: 1, atOnce: 0 } }],
  });
  t.like((await run(retentionReport, {})).json, { purposes: [{ purpose: 'complaints', alive: 1, termDays: 90 }] });
});
