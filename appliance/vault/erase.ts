/** Erasure on request or objection (GDPR 17, 21): refused where the law says so, else at once, and certified at once. */
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import type { Catalogue, Recording } from './catalogue.ts';
import { type CertifyParts, nightly } from './certificates.ts';
import type { Holds } from './holds.ts';
import { problem } from './problems.ts';
import { eraseAll, type PurgeParts } from './purge.ts';
import type { Requests } from './requests.ts';
import type { Restrictions } from './restrictions.ts';

export interface ErasureRequest {
  readonly recording: string;
  readonly reason: 'request' | 'objection';
  /** How the customer files it; null: nobody asked for a file, somebody objected in the call. */
  readonly caseRef: string | null;
  /** Id of the person who decides it, or the box's part. */
  readonly actor: string;
  /** Who of the call objected, and by what the box was told, where it happened in the call. */
  readonly inCall?: { readonly side: string; readonly how: string | null };
}

export interface ErasureOutcome {
  /** False: nobody can open it by asking, but a copy of a file might hold its key until the next run has certified it. */
  readonly certified: boolean;
  /** JSON text. */
  readonly certificate: string | null;
  /** What the certificate waits for: a problem's code. */
  readonly waitsFor: string | null;
}

/** What carrying out an erasure needs; its proof needs more. */
export interface CarryOutParts extends PurgeParts {
  readonly catalogue: PurgeParts['catalogue'] & {
    readonly state: Catalogue['state'];
    readonly holds: Pick<Holds, 'inForce'>;
    readonly restrictions: Pick<Restrictions, 'of'>;
    readonly requests: Pick<Requests, 'add'>;
  };
  readonly chance: Chance;
  /** Days that requests are kept, by policy. */
  requestDays(): number;
}

export interface EraseParts extends CarryOutParts, CertifyParts {
  readonly catalogue: CarryOutParts['catalogue'] & CertifyParts['catalogue'];
  readonly keystore: PurgeParts['keystore'] & CertifyParts['keystore'];
  readonly log: CertifyParts['log'];
}

const DAY_MS = 24 * 3600_000;

type Refusal = 'recording_in_progress' | 'recording_held' | 'recording_restricted' | 'legal_retention';

interface Refused {
  readonly code: Refusal;
  readonly ground: string;
}

/** Why a recording may not be erased now, with the ground that the person is told; null: it may. */
function refusalOf(parts: CarryOutParts, row: Recording): Refused | null {
  const { holds, restrictions } = parts.catalogue;
  const refused = (code: Refusal, ground: string = code) => ({ code, ground });
  if (row.end === null) return refused('recording_in_progress');
  // GDPR 17(3)(e): needed for legal claims.
  if (holds.inForce(row.id)) return refused('recording_held');
  // GDPR 18(1)(b), (c): the person may want it kept.
  if (restrictions.of(row.id) !== null) return refused('recording_restricted');
  // GDPR 17(3)(b): a law demands it, and says how long.
  if (row.lockedUntil > parts.now()) return refused('legal_retention', row.lockGround ?? undefined);
  return null;
}

function store(parts: CarryOutParts, request: ErasureRequest, ground: string | null): void {
  const { recording, reason, caseRef, actor } = request;
  const receivedAt = parts.now();
  parts.catalogue.requests.add({
    id: randomHex(parts.chance, 16),
    kind: reason === 'request' ? 'erasure' : 'objection',
    recording,
    caseRef,
    receivedAt,
    actor,
    outcome: ground === null ? 'done' : 'refused',
    ground,
    expiresAt: receivedAt + parts.requestDays() * DAY_MS,
  });
}

export function refuse(parts: CarryOutParts, request: ErasureRequest, { code, ground }: Refused): void {
  const { recording, caseRef, actor } = request;
  parts.log.append({ kind: 'erasure_refused', actor, facts: { recording, reason: code, caseRef } });
  store(parts, request, ground);
}

/** Requests that were granted and are not carried out yet: an erasure by request has no date in the catalogue that would bring it up again. */
const STATE = 'erasing';

const pending = ({ state }: Pick<Catalogue, 'state'>): ErasureRequest[] =>
  JSON.parse(state.get(STATE) ?? '[]') as ErasureRequest[];

/** Both processes erase: neither may lose what the other has just remembered. */
const change = ({ catalogue }: CarryOutParts, after: (before: ErasureRequest[]) => ErasureRequest[]): void =>
  catalogue.exclusively(() => catalogue.state.set(STATE, JSON.stringify(after(pending(catalogue)))));

export const remember = (parts: CarryOutParts, request: ErasureRequest): void =>
  change(parts, (before) => [...before.filter(({ recording }) => recording !== request.recording), request]);

const forget = (parts: CarryOutParts, { recording }: ErasureRequest): void =>
  change(parts, (before) => before.filter((other) => other.recording !== recording));

/** Whether an erasure of this recording was granted and is not carried out yet: nobody opens it meanwhile. */
export const isBeingErased = (catalogue: Pick<Catalogue, 'state'>, recording: string): boolean =>
  pending(catalogue).some((request) => request.recording === recording);

/** Log, erase, store: within `exclusively`. A crash after any line is finished by `finishErasures`. */
function carryOut(parts: CarryOutParts, request: ErasureRequest, row: Recording): void {
  const { reason, actor, inCall } = request;
  const { id, purpose, policyVersion } = row;
  const now = parts.now();
  // Its time is over today.
  const facts = { recording: id, reason, expiredAt: now, purpose, policyVersion };
  if (inCall) parts.log.append({ kind: 'objection', actor, facts: { recording: id, ...inCall } });
  parts.log.append({ kind: 'purge', actor, facts });
  commitPoint('erase.written_down');
  const kept = eraseAll(parts, [row], reason, now);
  if (kept.length > 0) throw problem('content_not_removed', id);
  store(parts, request, null);
  forget(parts, request);
}

/** Carries out one that was granted; why not, when something has come to stand against it meanwhile. */
function finish(parts: CarryOutParts, request: ErasureRequest): Refused | null {
  return parts.catalogue.exclusively(() => {
    const row = parts.catalogue.get(request.recording);
    const refusal = row && row.erasedAt === null ? refusalOf(parts, row) : null;
    const keysGone = parts.keystore.get(request.recording) === null;
    // Its row has no end yet: the call process gives it one at its start.
    if (refusal?.code === 'recording_in_progress') return refusal;
    if (row === null || row.erasedAt !== null) {
      store(parts, request, null);
      forget(parts, request);
    } else if (refusal !== null && !keysGone) {
      // A hold came in between, and there is still something to hold.
      refuse(parts, request, refusal);
      forget(parts, request);
      return refusal;
    } else carryOut(parts, request, row);
    return null;
  });
}

/** Carries out what was granted before the power went. Before each purge, and before the first call. */
export function finishErasures(parts: CarryOutParts): void {
  for (const request of pending(parts.catalogue)) finish(parts, request);
}

/** The same for one recording. Null: it is erased, or nothing was granted. @throws what log or disk say: it stays granted. */
export function finishErasure(parts: CarryOutParts, recording: string): Refused | null {
  const request = pending(parts.catalogue).find((one) => one.recording === recording);
  return request ? finish(parts, request) : null;
}

/** Checks and carries out; nobody places a hold between the two. Returns why not, or null. */
function eraseUnlessRefused(parts: EraseParts, request: ErasureRequest): Refused | null {
  const { catalogue, keystore } = parts;
  remember(parts, request);
  commitPoint('erase.granted');
  try {
    const refusal = catalogue.exclusively(() => {
      const row = catalogue.get(request.recording);
      if (!row || row.erasedAt !== null) throw problem('recording_erased', request.recording);
      const found = refusalOf(parts, row);
      if (found === null) carryOut(parts, request, row);
      return found;
    });
    if (refusal !== null) forget(parts, request);
    commitPoint('erase.done');
    return refusal;
  } catch (error) {
    // What the log did not take was not begun; what was begun is finished by the next purge.
    if (keystore.get(request.recording) !== null) forget(parts, request);
    throw error;
  }
}

/**
 * Erases one recording because a person asks for it, and certifies that at once. Refusals are in the audit log, and stored with their ground.
 * @throws Problem `recording_unknown`, `recording_erased`; `recording_held`, `recording_restricted`, `legal_retention`,
 * `recording_in_progress`; and whatever the log throws: then nothing was erased.
 */
export async function eraseNow(parts: EraseParts, request: ErasureRequest): Promise<ErasureOutcome> {
  const { catalogue } = parts;
  const { recording } = request;
  const row = catalogue.get(recording);
  if (!row) throw problem('recording_unknown', recording);
  if (row.erasedAt !== null) throw problem('recording_erased', recording);
  const refusal = refusalOf(parts, row) ?? eraseUnlessRefused(parts, request);
  if (refusal !== null) {
    refuse(parts, request, refusal);
    throw problem(refusal.code, refusal.ground === refusal.code ? undefined : refusal.ground);
  }
  const waiting = (waitsFor: string): ErasureOutcome => ({ certified: false, certificate: null, waitsFor });
  try {
    const { certain } = await nightly(parts);
    if (!certain) return waiting('erase_not_certain');
  } catch (error) {
    // It is erased. That the proof waits is part of the answer, not a reason to call it failed.
    const { code } = error as { code?: string };
    if (code === undefined) throw error;
    return waiting(code);
  }
  const certificate = catalogue.certificate(recording);
  return { certified: certificate !== null, certificate, waitsFor: null };
}
