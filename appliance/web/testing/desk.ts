/** A desk on a real database of people, with recordings that a test puts there. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { totpCode } from '@belkluis/shared/access/totp';
import type { AuditEntry, AuditEvent } from '@belkluis/shared/audit/event';
import { checkEvent } from '@belkluis/shared/audit/event';
import { systemChance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { silentLog } from '@belkluis/shared/base/log';
import { problemsOf } from '@belkluis/shared/base/problem';
import type { Consent } from '@belkluis/shared/policy/consent';
import type { PolicyInForce } from '@belkluis/shared/policy/decide';
import { refusedExport } from '@belkluis/shared/policy/level-controls';
import { TEST_CALL_PURPOSE } from '@belkluis/shared/policy/purpose';
import { samplePolicy } from '@belkluis/shared/policy/sample';
import { refusedOpening } from '@belkluis/shared/policy/uses';
import { openAccess } from '../../access/access.ts';
import type { Role } from '../../access/roles.ts';
import type { HealthFacts } from '../../health/finding.ts';
import { gaugesOf } from '../../health/gauges.ts';
import { checkHealth } from '../../health/health.ts';
import { createDesk } from '../app.ts';
import { loadAssets } from '../assets.ts';
import type { PbxState, TrunksState } from '../line-services.ts';
import { failClosed } from '../problems.ts';
import type { DeskServices, LinkedCall, Moved, RecordingRow, SealedTo, UnrecordedCall } from '../services.ts';
import { testFleet } from './fleet.ts';
import { testLines } from './lines.ts';
import { testPolicies } from './policies.ts';
import { testPrivacy } from './privacy.ts';
import { testTools } from './tools.ts';
import { testVault } from './vault.ts';

const problem = problemsOf({
  recording_erased: 'This recording has been erased.',
  recording_restricted: 'This recording is restricted.',
  use_not_allowed: 'Not for this.',
  export_not_allowed: 'Not out of the box.',
});

export const PASSWORD = 'four words in a row';

export interface TestRecording {
  readonly row: RecordingRow;
  readonly wraps: Uint8Array;
  readonly content: Uint8Array;
}

/** A list of recipients that names nobody, as an envelope carries it. */
const nobody = Buffer.from(
  JSON.stringify({ schemaVersion: 1, listVersion: 1, issuedAt: new Date(0).toISOString(), recipients: [] }),
).toString('base64');

const assets = loadAssets();

export function testDesk(clock: Clock) {
  const events: AuditEvent[] = [];
  const recordings: TestRecording[] = [];
  const calls: UnrecordedCall[] = [];
  const movements: Moved[] = [];
  const links: LinkedCall[] = [];
  const consents: Consent[] = [];
  const recipients: SealedTo[] = [];
  const world = {
    auditWorks: true,
    withPolicy: true,
    facts: {} as Partial<HealthFacts>,
    trunks: { trunks: [], capped: [] } as TrunksState | null,
    pbx: null as PbxState | null,
  };
  const append = failClosed((entry: AuditEntry) => {
    if (!world.auditWorks) throw new Error('disk full');
    events.push(checkEvent({ ...entry, at: clock.now() }));
  });
  const access = openAccess({
    path: join(mkdtempSync(join(tmpdir(), 'desk-')), 'access.db'),
    clock,
    chance: systemChance,
    append,
    hashCost: { memoryKiB: 64, passes: 1 },
  });
  const policy: PolicyInForce = {
    hash: '0'.repeat(64),
    policy: {
      ...samplePolicy(new Date(clock.now())),
      recipients: { payloadType: 'x', payload: nobody, signatures: [{ keyid: '', sig: '' }] },
    },
  };
  const find = (id: string) => recordings.find(({ row }) => row.id === id);
  const vault = testVault({
    clock,
    append,
    row: (id) => find(id)?.row ?? null,
    markErased(id) {
      const at = recordings.findIndex(({ row }) => row.id === id);
      const { row, ...rest } = recordings[at]!;
      recordings[at] = { ...rest, row: { ...row, caller: null, callee: null, erasedAt: clock.now() } };
    },
  });
  const tools = testTools({ clock, append });
  const lines = testLines({ clock, append });
  const fleet = testFleet({ clock, append });
  const policies = testPolicies(clock, () => (world.withPolicy ? policy.policy : null));
  const privacy = testPrivacy({ clock, append, policy: () => policies.services.inForce() });
  const services: DeskServices = {
    ...vault.services,
    ...tools.services,
    clock,
    log: silentLog,
    timeZone: 'Europe/Amsterdam',
    deviceId: '0123456789abcdef0123456789abcdef',
    version: '0.1.0',
    access,
    policy: () => {
      const inForce = policies.services.inForce();
      return inForce && (inForce.policy === policy.policy ? policy : inForce);
    },
    policies: policies.services,
    fleet: fleet.services,
    privacy: privacy.services,
    recipients: () => recipients,
    lines: { ...lines.services, trunks: async () => world.trunks, pbx: async () => world.pbx },
    async health() {
      const facts: HealthFacts = {
        now: clock.now(),
        recipients: recipients.map(({ name, role }) => ({ name, role, expiresAt: null, fault: null })),
        disk: { freeBytes: 5e11, totalBytes: 1e12, reserveBytes: 1e9, forecastDays: null },
        announcementsMissing: [],
        policy: world.withPolicy ? { version: 1, expiresAt: clock.now() + 1e10, againstLaw: [] } : null,
        documents: { drift: 0, unacknowledged: 0, dpia: null },
        policyWaits: null,
        purge: { lastAt: clock.now() - 60_000, overdue: 0 },
        certificate: { expiresAt: clock.now() + 5e10 },
        keystore: { epochKey: 'tpm', uncertified: 0, uncertifiedSince: null },
        holds: { inForce: 0, overdue: 0 },
        pbx: null,
        trunks: { all: [], capped: 0, countsLost: 0 },
        defence: { bans: 0, scans: 0, guesses: 0, floods: 0 },
        backup: {
          everyMs: 3600_000,
          destinations: [{ name: 'nas', lastAt: clock.now() - 60_000, fault: null }],
          drill: { at: clock.now() - 86_400_000, proven: true },
        },
        testCall: null,
        callLogs: { unexplained: 0, own: { everyMs: 86_400_000, at: null }, sources: [] },
        copiesTurnedAway: 0,
        scrub: { lastAt: clock.now() - 86_400_000, since: 0, rotten: 0 },
        time: { state: 'ok', wall: clock.now(), expected: clock.now(), synchronised: true },
        host: {
          cpuPercent: 7.4,
          memoryPercent: 41,
          temperatureCelsius: 52,
          criticalCelsius: 105,
          uptimeS: 6 * 86_400,
        },
        calls: {
          phones: { registered: 6, most: 7, accounts: 8 },
          sound: null,
          soundOfHour: null,
          memoryBytes: 2e8,
        },
        recording: { lastAt: clock.now() - 2 * 3600_000, since: 0 },
        uplink: null,
        software: { version: '0.1.0', releasedAt: clock.now() - 9 * 86_400_000 },
        witness: { lastAt: clock.now() - 60_000, refusedAt: null },
        audit: { state: 'ok', size: events.length },
        ...world.facts,
      };
      return { at: clock.now(), findings: checkHealth(facts), gauges: gaugesOf(facts) };
    },
    recordings: {
      search(search, limit, offset) {
        const { party = '', purpose = '', from = 0, until = Number.MAX_SAFE_INTEGER } = search;
        const { durationFromMs = 0, durationToMs = Number.MAX_SAFE_INTEGER } = search;
        const found = recordings
          .map(({ row }) => row)
          .filter(({ end }) => (end?.durationMs ?? 0) >= durationFromMs && (end?.durationMs ?? 0) <= durationToMs)
          .filter(
            (row) =>
              `${row.caller} ${row.callee}`.includes(party) &&
              (purpose === '' ? row.purpose !== TEST_CALL_PURPOSE : row.purpose === purpose),
          )
          .filter((row) => row.startedAt >= from && row.startedAt < until)
          .sort((a, b) => b.startedAt - a.startedAt);
        return { recordings: found.slice(offset, offset + limit), total: found.length, exact: true };
      },
      get: (id) => find(id)?.row ?? null,
      noteSearch(person, search, found) {
        const { party = null, purpose = null, from = null, until = null, ...lengths } = search;
        append({ kind: 'search', actor: person.id, facts: { party, purpose, from, until, ...lengths, found } });
      },
      noteView: (person, id) => append({ kind: 'view', actor: person.id, facts: { recording: id } }),
      release(id, person, { use, reason }) {
        const recording = find(id);
        if (!recording || recording.row.erasedAt !== null) throw problem('recording_erased');
        if (vault.services.restrictions.of(id)) throw problem('recording_restricted');
        const refused = refusedOpening(recording.row, use);
        if (refused !== null) throw problem(refused);
        append({ kind: 'release', actor: person.id, facts: { recording: id, reason, use } });
        return recording.wraps;
      },
      noteExport(id, person, { use, reason }) {
        const refused = refusedExport(find(id)!.row, use);
        if (refused !== null) throw problem(refused);
        append({ kind: 'export', actor: person.id, facts: { recording: id, reason, use } });
      },
      consentsOf: () => consents,
      content(id) {
        const { content } = find(id)!;
        return { bytes: content.length, stream: new Blob([Uint8Array.from(content)]).stream() };
      },
      movementsOf: () => movements,
      linksOf: () => links,
      unrecordedCalls: (limit) => calls.slice(0, limit),
    },
    audit: {
      size: () => events.length,
      recent: (limit, offset) =>
        events
          .map((event, index) => ({ event, index }))
          .reverse()
          .slice(offset, offset + limit),
      releasesOf: (id) =>
        events
          .map((event, index) => ({ event, index }))
          .filter(({ event }) => (event.kind === 'release' || event.kind === 'export') && event.facts.recording === id)
          .reverse(),
      state: () => ({
        size: events.length,
        generation: 1,
        root: 'q3Vt8mZc1Yx0KfLe2bVn7hTg5sWd9pQa4uRi6oJk3xE=',
        checkpoint: { at: clock.now() - 60_000, size: events.length },
        keyFingerprint: 'e'.repeat(64),
        witnesses: [],
        verified: { upTo: events.length, at: clock.now() - 60_000, fault: null },
        ...vault.world.log,
      }),
    },
  };
  const desk = createDesk(services, assets);

  /** Adds a person; what it returns tells their code at any time, and the one after it, which counts already. */
  const addPerson = async (name: string, roles: readonly Role[]) => {
    const setUp = access.newSetUpCode(roles);
    const { totpSecret } = await access.choose(setUp, name, PASSWORD, 'test');
    const { id } = access.confirm(setUp, totpCode(totpSecret, clock.now() - 60_000 + 30_000), 'test');
    const codeIn = (ms: number) => totpCode(totpSecret, clock.now() + ms);
    return { id, name, code: () => codeIn(0), nextCode: () => codeIn(30_000) };
  };
  return {
    desk,
    services,
    world,
    vault,
    tools,
    lines,
    fleet,
    policies,
    privacy,
    access,
    events,
    recordings,
    calls,
    movements,
    links,
    consents,
    recipients,
    addPerson,
    assets,
  };
}

export type TestDesk = ReturnType<typeof testDesk>;

/** A row as the catalogue would give it. */
export const recordingRow = (more: Partial<RecordingRow> & Pick<RecordingRow, 'id' | 'startedAt'>): RecordingRow => ({
  purpose: 'complaints',
  purposeName: 'Complaints',
  level: 'standard',
  mayOpen: ['custodian'],
  policyVersion: 1,
  recipients: ['a'.repeat(40), 'b'.repeat(40)],
  caller: '+31 6 0012 4471',
  callee: '212',
  direction: 'internal',
  expiresAt: more.startedAt + 30 * 86_400_000,
  trafficExpiresAt: more.startedAt + 90 * 86_400_000,
  evidenceExpiresAt: more.startedAt + 400 * 86_400_000,
  lockedUntil: 0,
  lockGround: null,
  uses: ['complaint', 'evidence', 'supervision', 'data-subject'],
  end: { reason: 'finished', durationMs: 252_000, segments: 51, gaps: 0, lost: 2, contentRoot: 'c'.repeat(64) },
  erasedAt: null,
  ...more,
});
