/** Policies as people handle them, at the desk and in the command line: looked at, tried, proposed, approved or refused, and read again. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { changesOf, type PolicyChange } from '@belkluis/shared/policy/changes/classify';
import type { WholePolicy } from '@belkluis/shared/policy/changes/difference';
import type { Said } from '@belkluis/shared/policy/decide';
import type { Recipients } from '@belkluis/shared/policy/recipients';
import type { Policy } from '@belkluis/shared/policy/schema';
import { type Announcement, announcementsOf } from '@belkluis/shared/policy/words';
import type { Database } from './db/open.ts';
import { openDatabase } from './db/open.ts';
import { problem as mediaProblem } from './media/problems.ts';
import { makePrompt } from './media/prompts/prompt.ts';
import { readWav, type Wav } from './media/prompts/wav.ts';
import { openPolicyChanging, type PolicyChanging } from './policy/changing.ts';
import { type CallEffect, DRY_RUN_STEP, dryRun, type PastCall } from './policy/dry-run.ts';
import { type PolicyVersion, policiesSince, policyVersions } from './policy/history.ts';
import { type PolicyPlan, planOf } from './policy/plan.ts';
import { loadPolicy, policyFiles } from './policy/store.ts';
import type { VerifiedPolicy } from './policy/verify.ts';
import { maskedNumber } from './trace/mask.ts';
import { type Unspoken, unspokenIn } from './unspoken.ts';
import type { Catalogue } from './vault/catalogue.ts';
import { makeFolder, unlinkDurably, writeFileDurably } from './vault/durable.ts';
import { type PurposePreview, previewRetention } from './vault/shorten.ts';

/** How far back a dry run looks, ms: a week has every kind of day. Older calls may have left already. */
const DRY_RUN_MS = 7 * 24 * 3_600_000;

export interface DryRun {
  readonly plan: PolicyPlan;
  /** Wall clock, ms: calls that began within [since, until). */
  readonly since: number;
  readonly until: number;
  readonly effect: CallEffect;
  /** What would be erased earlier than now. */
  readonly earlier: readonly PurposePreview[];
  /** Sentences that have no WAV, though people were to speak them. */
  readonly unspoken: readonly Unspoken[];
}

/** The sentences of one rule; `rule` null: of its purpose, for calls that no rule has other terms for. */
export interface RuleText {
  readonly purpose: string;
  readonly rule: string | null;
  readonly announcements: readonly Announcement[];
}

export interface PolicyActs extends PolicyChanging {
  /** The policy in force. Null: none, or none that can be trusted. */
  inForce(): VerifiedPolicy | null;
  /** Every kept policy, newest first. @throws Problem `trust_missing`, `trust_invalid`. */
  versions(): readonly PolicyVersion[];
  /** What `next` changes against `before`; default: against the policy in force. */
  differences(next: WholePolicy, before?: WholePolicy | null): readonly PolicyChange[];
  /** What a policy, signed or still a draft, would have done to the calls of the last week, and would do to what exists. Changes nothing. */
  tryOut(next: WholePolicy, parts: TryParts): Promise<DryRun>;
  /** Sentences of a policy, signed or still a draft, that have no WAV, though people were to speak them. */
  unspoken(policy: Policy): Promise<readonly Unspoken[]>;
  close(): void;
}

export interface TryParts {
  /** Null: the box has kept nothing yet. */
  readonly catalogue: Pick<Catalogue, 'callsAfter' | 'previewShortening'> | null;
  readonly said: Said;
  /** Whether whoever asks may see who called whom. */
  readonly numbers: boolean;
}

export interface JoinPolicyParts {
  readonly folder: string;
  /** A database of nothing: whoever writes in it changes policies, and nobody else meanwhile. It ends with its process. */
  readonly lock: string;
  readonly deviceId: () => string;
  /** Wall clock, ms, that may be believed. */
  readonly now: () => number;
  readonly append: (entry: AuditEntry) => unknown;
  /** Writes the register of processing of a policy that is about to come into force (join-documents.ts). */
  readonly recordRegister: (next: VerifiedPolicy) => unknown;
}

/** A draft has no recipients of its own yet: it is looked at with those in force, or with nobody's. */
export const withRecipientsOf = (policy: Policy, inForce: WholePolicy | null): WholePolicy => ({
  policy,
  recipients:
    inForce?.recipients ??
    ({ schemaVersion: 1, listVersion: 1, issuedAt: policy.issuedAt, recipients: [] } satisfies Recipients),
});

/** Every finished sentence of a policy, as it is spoken, with the hash that a WAV is bound to. */
export const textsOf = (policy: Pick<Policy, 'controller' | 'purposes' | 'rules'>): readonly RuleText[] =>
  policy.purposes.flatMap((purpose) =>
    [null, ...policy.rules.filter((rule) => rule.purpose === purpose.id)].map((rule) => ({
      purpose: purpose.id,
      rule: rule?.id ?? null,
      announcements: announcementsOf(policy, purpose, rule),
    })),
  );

/** Longest recording of a sentence, seconds: more than any caller will hear out. */
const MAX_VOICE_SECONDS = 60;

const secondsOf = ({ sampleRate, channels }: Wav): number => Math.round((channels[0]!.length / sampleRate) * 10) / 10;

/**
 * Keeps a sentence spoken by a person (a WAV file) under its SHA-256, hex. Which sentence it says, a policy says: nothing else makes it count.
 * @throws Problem `wav_malformed`, `wav_unsupported`, `wav_too_large`, `wav_silent`.
 */
export function keepVoice(folder: string, wav: Uint8Array): { readonly sha256: string; readonly seconds: number } {
  const seconds = secondsOf(readWav(wav));
  if (seconds > MAX_VOICE_SECONDS) throw mediaProblem('wav_too_large', `${seconds} s`);
  const sha256 = createHash('sha256').update(wav).digest('hex');
  // Made as calls will have it: what nobody would hear is refused here, and not in a call.
  makePrompt(sha256, wav);
  const { wav: files } = policyFiles(folder);
  makeFolder(files);
  writeFileDurably(join(files, `${sha256}.wav`), wav);
  return { sha256, seconds };
}

/** How long a kept sentence is, seconds; null: it is not here. */
export function voiceSeconds(folder: string, sha256: string): number | null {
  try {
    return secondsOf(readWav(readFileSync(join(policyFiles(folder).wav, `${sha256}.wav`))));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** A whole week of answered calls, a step at a time. */
function callsOf(catalogue: TryParts['catalogue'], since: number, until: number) {
  return (last: PastCall | null): readonly PastCall[] => {
    let from = last ?? { startedAt: since, id: '' };
    for (;;) {
      const rows = catalogue?.callsAfter(from, until, DRY_RUN_STEP) ?? [];
      const answered = rows.filter(({ talkMs }) => talkMs !== null);
      if (answered.length > 0 || rows.length < DRY_RUN_STEP) return answered;
      from = rows.at(-1)!;
    }
  };
}

export function joinPolicy({ folder, lock, ...parts }: JoinPolicyParts): PolicyActs {
  let database: Database | null = null;
  const changing = openPolicyChanging({
    ...parts,
    folder,
    write: writeFileDurably,
    remove: unlinkDurably,
    exclusive: (work) => {
      database ??= openDatabase(lock, { migrations: [] });
      return database.transaction(work).immediate();
    },
  });
  const inForce = () => {
    try {
      return loadPolicy(folder);
    } catch {
      // Health says why; without a policy that can be trusted there is none.
      return null;
    }
  };
  const policyAt = () => {
    try {
      return policiesSince(folder);
    } catch {
      return () => null;
    }
  };
  const unspoken = (policy: Policy) => unspokenIn(policy, policyFiles(folder).wav);
  return {
    ...changing,
    inForce,
    unspoken,
    versions: () => policyVersions(folder),
    differences: (next, before = inForce()) => changesOf(before, next),
    async tryOut(next, { catalogue, said, numbers }) {
      const until = parts.now();
      const since = until - DRY_RUN_MS;
      const effect = await dryRun({
        nextCalls: callsOf(catalogue, since, until),
        policyAt: policyAt(),
        // Nothing is recorded under it, so nothing needs its name.
        candidate: { policy: next.policy, hash: '' },
        said,
      });
      const shown = (number: string) => (numbers ? number : (maskedNumber(number) ?? ''));
      const examples = effect.examples.map((one) => ({ ...one, from: shown(one.from), to: shown(one.to) }));
      const earlier = catalogue ? await previewRetention(catalogue, next.policy, until) : [];
      return {
        plan: planOf(inForce(), next, until),
        since,
        until,
        effect: { ...effect, examples },
        earlier: earlier.filter(({ recordings, calls }) => recordings.count + calls.count > 0),
        unspoken: await unspoken(next.policy),
      };
    },
    close: () => database?.close(),
  };
}
