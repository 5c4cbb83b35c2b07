/** What the desk's pages ask of vault and audit log, joined to the rooms that do it: checked first, then written down, then done. */
import { createHash, type KeyObject } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { rawPublicKey } from '@belkluis/shared/audit/note';
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Person } from './access/people.ts';
import type { RunningLog } from './open-log.ts';
import type { Catalogue } from './vault/catalogue.ts';
import { lastAdvanceAt, SNAPSHOT_MAX_DAYS } from './vault/certificates.ts';
import { contentPath } from './vault/content.ts';
import type { Eraser } from './vault/eraser.ts';
import type { Hold } from './vault/holds.ts';
import type { Keystore } from './vault/keystore/keystore.ts';
import { toBeExported, toBeOpened } from './vault/opening.ts';
import { problem } from './vault/problems.ts';
import type { TimeKeeper } from './vault/time-keeper.ts';
import { usageReport } from './vault/usage.ts';
import type { Vault } from './vault/vault.ts';
import type { WatchedLog } from './watch-log.ts';
import type { KeystoreState, TimeServices } from './web/box-services.ts';
import { problem as deskProblem } from './web/problems.ts';
import type { DeskServices } from './web/services.ts';
import type {
  ErasureServices,
  ExceptionServices,
  HoldServices,
  RestrictionServices,
  RetentionServices,
} from './web/vault-services.ts';

const DAY_MS = 86_400_000;

/** Rows that are counted for a page; beyond this, the page says as many. */
const MAX_COUNTED = 10_000;

/** Openings of one recording that its page lists. */
const RELEASES_SHOWN = 50;

export interface JoinParts {
  readonly catalogue: Catalogue;
  /** Appends to the audit log. @throws Problem `audit_failed`: then nothing is done. */
  readonly append: (entry: AuditEntry) => void;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Days that requests of data subjects, and holds that were lifted, are kept. */
  requestDays(): number;
}

/** A recording that is here. What the vault would refuse must not be in the log as if it had been done. */
function mustBeHere(catalogue: Catalogue, id: string): void {
  const row = catalogue.get(id);
  if (!row) throw problem('recording_unknown', id);
  if (row.erasedAt !== null) throw problem('recording_erased', id);
}

export function joinHolds({ catalogue, append, clock, chance, requestDays }: JoinParts): HoldServices {
  const { holds } = catalogue;
  return {
    list: holds.list,
    get: holds.get,
    recordingsOf: holds.recordings,
    of: holds.of,
    place(person, hold) {
      const at = clock.now();
      const id = randomHex(chance, 16);
      const wanted = { ...hold, id, by: person.id, at, expiresAt: hold.reviewAt + requestDays() * DAY_MS };
      const { caseRef, reason, owner, reviewAt, recordings } = hold;
      const facts = { hold: id, caseRef, reason, owner, reviewAt, recordings: recordings.length };
      holds.place(wanted, () => append({ kind: 'hold_placed', actor: person.id, facts }));
      return id;
    },
    renew(person, id, reviewAt) {
      const before = () => append({ kind: 'hold_renewed', actor: person.id, facts: { hold: id, reviewAt } });
      holds.renew(id, reviewAt, before);
    },
    askLift(person, id, reason) {
      const before = () => append({ kind: 'hold_lift_asked', actor: person.id, facts: { hold: id, reason } });
      holds.askLift(id, person.id, clock.now(), reason, before);
    },
    lift(person, id) {
      const before = ({ liftAskedBy, recordings }: Hold) => {
        const facts = { hold: id, askedBy: liftAskedBy!, recordings };
        append({ kind: 'hold_lifted', actor: person.id, facts });
      };
      holds.lift(id, person.id, clock.now(), () => before(holds.get(id)!));
    },
  };
}

export function joinRestrictions({ catalogue, append, clock, chance, requestDays }: JoinParts): RestrictionServices {
  const { restrictions, requests } = catalogue;
  return {
    of: restrictions.of,
    list: restrictions.list,
    place(person, { recording, ground, reason }) {
      const at = clock.now();
      const expiresAt = at + requestDays() * DAY_MS;
      const before = () =>
        append({ kind: 'restriction_placed', actor: person.id, facts: { recording, ground, reason } });
      restrictions.place({ recording, ground, reason, at, by: person.id, expiresAt }, before);
      requests.add({
        id: randomHex(chance, 16),
        kind: 'restriction',
        recording,
        caseRef: null,
        receivedAt: at,
        actor: person.id,
        outcome: 'done',
        ground: null,
        expiresAt,
      });
    },
    lift(person, recording, reason) {
      const before = () => append({ kind: 'restriction_lifted', actor: person.id, facts: { recording, reason } });
      restrictions.lift(recording, before);
    },
  };
}

export const joinErasure = (
  catalogue: Catalogue,
  eraser: Pick<Eraser, 'eraseNow'>,
  backedUp: boolean,
): ErasureServices => ({
  erase: (person, recording, how) => eraser.eraseNow({ recording, actor: person.id, ...how }),
  certificates: catalogue.certificates,
  certificate: catalogue.certificate,
  backupDays: backedUp ? SNAPSHOT_MAX_DAYS : null,
});

export const joinRetention = (catalogue: Catalogue): RetentionServices => ({
  usage: () => usageReport(catalogue),
  requests: catalogue.requests.list,
});

/** Traffic data of people: who looked is in the log before anybody is shown. */
export function joinExceptions({ catalogue, append, clock }: JoinParts): ExceptionServices {
  const { exceptions } = catalogue;
  const look = (person: Person, found: number) =>
    append({
      kind: 'search',
      actor: person.id,
      facts: { party: null, purpose: null, from: null, until: null, found },
    });
  return {
    list(person, limit) {
      const found = exceptions.list(limit, 0);
      if (found.length > 0) look(person, found.length);
      return found;
    },
    get(person, id) {
      const found = exceptions.get(id);
      if (!found) throw problem('exception_unknown', id);
      look(person, 1);
      return found;
    },
    unexplained: exceptions.unexplained,
    explain(person, id, words) {
      exceptions.explain(id, { at: clock.now(), by: person.id, words }, () =>
        append({ kind: 'exception_explained', actor: person.id, facts: { exception: id, explanation: words } }),
      );
    },
  };
}

export const joinTime = (catalogue: Catalogue, time: Pick<TimeKeeper, 'status' | 'confirm'>): TimeServices => ({
  state() {
    const { state, wall, believed } = time.status();
    if (state === 'ok') return { state };
    const due = (at: number) => catalogue.expired(at, MAX_COUNTED).length;
    return { state, wall, expected: believed, due: state === 'unconfirmed' ? due(wall) - due(believed) : 0 };
  },
  confirm(person) {
    if (time.status().state === 'ok') throw deskProblem('time_not_doubted');
    time.confirm(person.id);
  },
});

export const keystoreState = (catalogue: Catalogue, { epoch, epochKey }: Keystore): KeystoreState => ({
  epoch,
  kind: epochKey,
  lastAdvanceAt: lastAdvanceAt(catalogue.state),
  waiting: catalogue.uncertified(MAX_COUNTED).length,
});

export function joinLog(running: RunningLog, watched: WatchedLog, publicKey: KeyObject): DeskServices['audit'] {
  const { audit } = running;
  // As `belkluis audit key` prints it.
  const keyFingerprint = createHash('sha256').update(rawPublicKey(publicKey)).digest('hex');
  return {
    size: audit.size,
    recent: audit.recent,
    releasesOf: (recording) => audit.about(recording, ['release', 'export'], RELEASES_SHOWN),
    state() {
      const { size, root } = audit.head();
      return {
        size,
        generation: audit.generation,
        root: root.toString('base64'),
        checkpoint: running.signed,
        keyFingerprint,
        witnesses: audit.witnesses(),
        verified: watched.verified,
      };
    },
  };
}

/** Recordings as the pages see them: each look and each release is written down first. */
export function joinRecordings({ catalogue, append, clock }: JoinParts, vault: Vault): DeskServices['recordings'] {
  return {
    search: catalogue.search,
    get: catalogue.get,
    noteSearch(person, search, found) {
      const { party = null, purpose = null, from = null, until = null, ...lengths } = search;
      append({ kind: 'search', actor: person.id, facts: { party, purpose, from, until, ...lengths, found } });
    },
    noteView(person, id) {
      append({ kind: 'view', actor: person.id, facts: { recording: id } });
    },
    release(id, person, { use, reason }) {
      toBeOpened(catalogue, id, use);
      const wraps = vault.keystore.get(id);
      if (!wraps) throw problem('wraps_missing', id);
      append({ kind: 'release', actor: person.id, facts: { recording: id, reason, use } });
      catalogue.opened(id, clock.now());
      return wraps.pkesk;
    },
    noteExport(id, person, { use, reason }) {
      toBeExported(catalogue, id, use);
      append({ kind: 'export', actor: person.id, facts: { recording: id, reason, use } });
    },
    consentsOf: catalogue.consents.of,
    content(id) {
      mustBeHere(catalogue, id);
      const path = contentPath(vault.contentFolder, id);
      const stream = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
      return { bytes: statSync(path).size, stream };
    },
    movementsOf(id) {
      const recording = catalogue.get(id);
      return recording ? catalogue.movementsOf(recording.call) : [];
    },
    linksOf(id) {
      const recording = catalogue.get(id);
      return recording ? catalogue.linksOf(recording.call) : [];
    },
    unrecordedCalls: catalogue.unrecordedCalls,
  };
}
