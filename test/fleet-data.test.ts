/**
 * Every column of the fleet's database, and what it can hold. A fleet knows nobody who calls: besides what an MSP writes itself there are ids,
 * numbers, words of closed lists, and messages in the contract's form (`shared/contract/tells-nobody.test.ts`).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { sql } from 'kysely';
import { openDatabase } from '../fleet/db/open.ts';
import { migrations } from '../fleet/migrations.ts';

/**
 * `written`: by people of the MSP, so it may name somebody (a notary's office is a person): personal, GDPR 4(1); leaves with its row.
 * `message`: JSON of one message, whole or its gauges. `event`: JSON of one event of the fleet's log, in which people are ids; erased after
 * its term. `secret`: what proves who somebody is, as a hash where nothing else is needed. `key`: public keys of boxes and MSPs, hashes of keys,
 * requests for certificates. `address`: network that a box without owner came from, for a day. `operator`: written by whoever runs the server, of companies,
 * authorities and what happened; kept to account for it (GDPR 33(5)). `id`, `word`, `number`: nothing else.
 */
type Kind = 'id' | 'written' | 'operator' | 'word' | 'number' | 'message' | 'event' | 'secret' | 'key' | 'address';

const written = { name: 'written', name_key: 'written' } as const;
const place = { msp: 'id', customer: 'id', site: 'id', box: 'id' } as const;
const times = { created_at: 'number', archived_at: 'number' } as const;

const columns: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  migrations: { position: 'number', name: 'word' },
  msps: { id: 'id', ...written, ...times },
  customers: { id: 'id', msp: 'id', ...written, ...times },
  sites: { id: 'id', msp: 'id', customer: 'id', ...written, country: 'word', time_zone: 'word', ...times },
  boxes: {
    ...{ id: 'id', msp: 'id', customer: 'id', site: 'id', ...written, state: 'word', urgency: 'number' },
    ...{
      software: 'word',
      policy_state: 'word',
      policy_version: 'number',
      proven_at: 'number',
      disk_days: 'number',
      measured: 'number',
    },
    ...{ created_at: 'number', activated_at: 'number', revoked_at: 'number' },
  },
  box_presence: {
    ...{ box: 'id', present: 'word', boot: 'id', conn: 'number', reads: 'number', since: 'number', gone: 'number' },
  },
  box_reported: { box: 'id', seq: 'number', said_at: 'number', heard_at: 'number', document: 'message' },
  box_health: { box: 'id', until_at: 'number', heard_at: 'number', document: 'message' },
  box_findings: { box: 'id', code: 'word', level: 'number', since: 'number' },
  box_events: { box: 'id', id: 'id', at: 'number', heard_at: 'number', document: 'message' },
  box_sequences: {
    ...{ box: 'id', last: 'number', said_at: 'number', gaps: 'number', forgotten: 'number', restarts: 'number' },
  },
  box_messages: { box: 'id', id: 'id', digest: 'id', number: 'number', heard_at: 'number' },
  box_clocks: { box: 'id', skew_ms: 'number' },
  box_tags: { box: 'id', msp: 'id', tag_key: 'written', tag: 'written' },
  box_hours: { box: 'id', hour: 'number', released: 'number', exported: 'number', erased: 'number' },
  health_raw: { box: 'id', at: 'number', gauges: 'message' },
  enrolment_hellos: { locator: 'id', source: 'address', expires_at: 'number' },
  enrolment_claims: {
    ...{ id: 'id', state: 'word', locator: 'id', proof_key: 'secret', msp: 'id', site: 'id' },
    ...{ msp_name: 'written', site_name: 'written', policy_key: 'key', typed_at: 'number', expires_at: 'number' },
    ...{ tries: 'number', tried_at: 'number', box: 'id', audit_key: 'key', csr: 'key' },
  },
  enrolment_tries: { msp: 'id', tries: 'number', tried_at: 'number' },
  enrolment_boxes: { box: 'id', audit_key: 'key', claim: 'id', site: 'id' },
  enrolment_certificates: {
    ...{ serial: 'id', box: 'id', claim: 'id', key_hash: 'key' },
    ...{ not_before: 'number', not_after: 'number', revoked_at: 'number', reason: 'word' },
  },
  health_chunks: { box: 'id', step: 'number', start_at: 'number', points: 'message' },

  // Parts of policies and whole ones: who is responsible, whom to ask, which numbers are never recorded, who may open. Never out of a call.
  policy_levels: {
    ...{ kind: 'word', of: 'id', version: 'number', msp: 'id', customer: 'id', site: 'id', box: 'id' },
    ...{ content: 'written', written_by: 'id', written_at: 'number' },
  },
  policy_documents: {
    ...{ msp: 'id', hash: 'id', body: 'id', document: 'written', brought_by: 'id', brought_at: 'number' },
  },
  policy_keys: {
    ...{ key: 'key', msp: 'id', generation: 'number', public_key: 'key', file: 'id' },
    ...{ made_by: 'id', made_at: 'number', retired_at: 'number' },
  },
  policy_rollouts: {
    ...{ id: 'id', msp: 'id', title: 'written', rings: 'written', state: 'word', ring: 'number', opened_at: 'number' },
    ...{ halted: 'word', forgiven: 'number', revision: 'number' },
    ...{ created_by: 'id', created_at: 'number', ended_at: 'number' },
  },
  policy_signed: {
    ...{ box: 'id', version: 'number', msp: 'id', hash: 'id', body: 'id', previous: 'id', foundation: 'id' },
    ...{ rollout: 'id', ring: 'number', envelope: 'written', state: 'word', why: 'word', signed_by: 'id' },
    ...{ signed_at: 'number', expires_at: 'number', claimed_at: 'number', sent_at: 'number', answered_at: 'number' },
  },
  policy_standing: {
    ...{ box: 'id', state: 'word', version: 'number', hash: 'id', why: 'word', since: 'number', report_at: 'number' },
  },

  people: {
    ...{
      id: 'id',
      msp: 'id',
      email: 'written',
      email_key: 'written',
      name: 'written',
      grants: 'word',
      owner: 'number',
    },
    ...{ password: 'secret', totp_secret: 'secret', totp_step: 'number' },
    ...{ created_at: 'number', enrolled_at: 'number', expires_at: 'number' },
  },
  sessions: {
    ...{ token_hash: 'secret', person: 'id', stage: 'word', started_at: 'number', used_at: 'number' },
    ...{ failures: 'number', totp_secret: 'secret', expires_at: 'number' },
  },
  // Settings name subjects and domains; what is learned of somebody who comes in is a hash of their subject.
  identity_providers: {
    ...{ id: 'id', msp: 'id', settings: 'written', client_secret: 'secret', hosts: 'written' },
    ...{ version: 'number', created_at: 'number' },
  },
  provider_links: {
    ...{ provider: 'id', subject_hash: 'secret', person: 'id', by_rule: 'number', created_at: 'number' },
    ...{ rule_grants: 'word', vouched_at: 'number' },
  },
  provider_attempts: {
    ...{ browser_hash: 'secret', provider: 'id', invitation: 'secret', person: 'id', expires_at: 'number' },
  },
  // What a program was told of tenants and boxes, for a day, to be told it again.
  api_answers: {
    ...{ key_hash: 'secret', token: 'id', person: 'id', request_hash: 'secret', status: 'number', answer: 'written' },
    ...{ begun_at: 'number', expires_at: 'number' },
  },
  invitations: {
    ...{ id: 'id', token_hash: 'secret', msp: 'id', email: 'written', grants: 'word', invited_by: 'id' },
    ...{ created_at: 'number', expires_at: 'number' },
  },
  passkeys: { id: 'id', person: 'id', public_key: 'secret', counter: 'number', created_at: 'number' },
  challenges: { challenge_hash: 'secret', person: 'id', expires_at: 'number' },
  api_tokens: {
    ...{ id: 'id', token_hash: 'secret', person: 'id', name: 'written', acts: 'word' },
    ...{ created_at: 'number', expires_at: 'number' },
  },

  alerts: {
    ...{
      id: 'id',
      subject: 'id',
      code: 'word',
      level: 'number',
      since: 'number',
      level_at: 'number',
      last_at: 'number',
    },
    ...{ quiet_at: 'number', cleared_at: 'number', told: 'number', acknowledged_by: 'id', acknowledged_at: 'number' },
    ...{ acknowledged_note: 'written', acknowledged_level: 'number', assigned_to: 'id', ...place },
  },
  alert_mutes: {
    ...{ id: 'id', code: 'word', level: 'number', until_at: 'number', by_person: 'id', made_at: 'number' },
    ...{ note: 'written', ...place },
  },
  maintenance_windows: {
    ...{ id: 'id', msp: 'id', customer: 'id', site: 'id', of_boxes: 'number', zone: 'word', days: 'number' },
    ...{ from_date: 'word', from_time: 'word', until_date: 'word', until_time: 'word' },
    ...{ reason: 'written', by_person: 'id', made_at: 'number' },
  },
  maintenance_boxes: { window_id: 'id', box: 'id' },
  alert_channels: {
    ...{
      id: 'id',
      msp: 'id',
      name: 'written',
      kind: 'word',
      targets: 'written',
      country: 'word',
      language: 'word',
      level: 'number',
    },
    ...{ within: 'id', codes: 'word', secrets: 'secret', state: 'word', created_at: 'number', digest_at: 'number' },
    ...{ succeeded_at: 'number', failing_since: 'number' },
  },
  alert_deliveries: {
    ...{ id: 'id', msp: 'id', channel: 'id', state: 'word', alerts: 'number', made_at: 'number', due_at: 'number' },
    ...{ lease_until: 'number', tries: 'number', ended_at: 'number', problem: 'word', notice: 'id' },
  },
  alert_notices: {
    ...{ id: 'id', msp: 'id', digest: 'word', kind: 'word', drill: 'number', text: 'written' },
    ...{ made_at: 'number', packed_at: 'number', reached_at: 'number', asked_at: 'number' },
  },
  alert_notice_customers: { notice: 'id', customer: 'id' },
  alert_news: {
    ...{ id: 'id', channel: 'id', alert: 'id', kind: 'word', level: 'number', at: 'number', delivery: 'id' },
  },

  saved_views: {
    ...{ id: 'id', msp: 'id', person: 'id', holder: 'id', ...written, filter: 'written', saved_at: 'number' },
  },
  box_commands: {
    ...{ id: 'id', box: 'id', op: 'word', state: 'word', why: 'word', percent: 'number', by_person: 'id' },
    ...{ made_at: 'number', expires_at: 'number', sent_at: 'number', answered_at: 'number' },
  },

  software_releases: { version: 'word', released_at: 'number', components: 'word', brought_at: 'number' },
  advisories: {
    ...{ id: 'word', published_at: 'number', modified_at: 'number', withdrawn: 'number', affected: 'word' },
    brought_at: 'number',
  },

  log_nodes: { level: 'number', position: 'number', hash: 'word' },
  log_bodies: {
    ...{ position: 'number', kind: 'word', msp: 'id', box: 'id', salt: 'word', body: 'event', expires_at: 'number' },
  },
  log_head: { one: 'number', size: 'number', frontier: 'word' },
  log_checkpoints: { size: 'number', note: 'word', signed_at: 'number' },
  witness_logs: {
    ...{ box: 'id', size: 'number', note: 'word', heard_at: 'number' },
    ...{ watched: 'number', silent: 'number', accept_loss: 'number' },
  },
  witness_evidence: {
    ...{ digest: 'word', box: 'id', why: 'word', remembered: 'word', offered: 'word', found_at: 'number' },
  },

  compliance_terms: {
    ...{ version: 'number', digest: 'word', terms: 'operator', made_at: 'number', reviewed_at: 'number' },
  },
  processing_agreements: {
    ...{ id: 'id', msp: 'id', customer: 'id', state: 'word', language: 'word', terms_version: 'number' },
    ...{ text: 'written', text_digest: 'word', made_at: 'number', sent_at: 'number', signed_at: 'number' },
    ...{ signed_by: 'written', digest: 'word', until_at: 'number', ended_at: 'number', reminded: 'number' },
    places: 'word',
  },
  subprocessors: {
    ...{ id: 'id', name: 'operator', purpose: 'operator', country: 'word', parent_country: 'word', mechanism: 'word' },
    begun_at: 'number',
    ...{ document: 'word', assessed: 'word', announced_at: 'number', since_at: 'number', ended_at: 'number' },
  },
  change_notices: {
    ...{ subprocessor: 'id', msp: 'id', customer: 'id', announced_at: 'number', told_at: 'number' },
    ...{ read_at: 'number', objected_at: 'number', objection: 'written' },
  },
  incidents: {
    ...{ id: 'id', drill: 'number', severity: 'word', what: 'operator', about: 'operator' },
    ...{ found_at: 'number', opened_at: 'number', closed_at: 'number', steps: 'number' },
  },
  incident_steps: { incident: 'id', at: 'number', position: 'number', text: 'operator' },
  incident_notices: {
    ...{ incident: 'id', msp: 'id', customer: 'id', boxes: 'id', told_at: 'number', read_at: 'number' },
    ...{ read_by: 'id', told_step: 'number', read_step: 'number' },
  },
  authority_orders: {
    ...{ id: 'id', authority: 'operator', reference: 'operator', basis: 'operator', asked: 'operator' },
    ...{ about_msp: 'id', received_at: 'number', answered_at: 'number', answer: 'operator', digest: 'word' },
  },
};

test('each column of the fleet is told of; what may name somebody leaves with its MSP', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-data-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const database = await openDatabase(join(folder, 'fleet.db'), { migrations });
  t.teardown(() => database.close());
  const { rows } = await sql<{ table: string; column: string }>`SELECT m.name AS "table", c.name AS "column"
    FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'`.execute(database.kysely);
  const told = Object.entries(columns).flatMap(([table, all]) =>
    Object.keys(all).map((column) => `${table}.${column}`),
  );
  t.deepEqual(rows.map(({ table, column }) => `${table}.${column}`).sort(), told.sort());

  // Whatever holds something personal goes when the MSP above it goes.
  const personal = Object.entries(columns).filter(([, all]) =>
    Object.values(all).some((kind) => kind === 'written' || kind === 'secret'),
  );
  for (const [table] of personal.filter(([name]) => name !== 'msps')) {
    const { rows: up } = await sql<{ action: string }>`SELECT on_delete AS "action"
      FROM pragma_foreign_key_list(${table}) WHERE "from" IN ('msp', 'person')`.execute(database.kysely);
    t.deepEqual([...new Set(up.map(({ action }) => action))], ['CASCADE'], table);
  }
});
