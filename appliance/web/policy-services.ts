/** What the desk's pages ask of the policy: as it is, as somebody writes it, as it waits, and as it was. */
import type { ChangeClass, PolicyChange } from '@belkluis/shared/policy/changes/classify';
import type { Policy } from '@belkluis/shared/policy/schema';
import type { Announcement } from '@belkluis/shared/policy/words';
import type { Person } from '../access/people.ts';

/** Whose key signed it: the organisation's own, the one of who manages the box, or the desk's. */
export type PolicyHolder = 'customer' | 'fleet' | 'desk' | 'former';

/** A policy with where it comes from. */
export interface SignedPolicy {
  readonly policy: Policy;
  readonly hash: string;
  /** Name of the key that signed it. */
  readonly signer: string;
  /** Null: this box does not trust that key any more. */
  readonly holder: PolicyHolder | null;
}

/** What somebody writes at the desk and has not put forward yet. */
export interface PolicyDraft {
  readonly base: Policy;
  readonly next: Policy;
  /** Another policy came into force since it was begun: it undoes nothing of that, so it cannot be put forward. */
  readonly old: boolean;
}

export interface PolicyDrafts {
  /** What the person writes; null: nothing. */
  of(person: Person): PolicyDraft | null;
  /** Keeps the whole of it. @throws Problem `policy_none`: there is no policy to change. */
  keep(person: Person, next: Policy): void;
  drop(person: Person): void;
}

/** What a change waits for. Instants are wall clock, ms. */
export interface PolicyPlan {
  readonly changes: readonly PolicyChange[];
  readonly classes: readonly ChangeClass[];
  readonly needsApproval: boolean;
  /** Null: for no day. */
  readonly waitsUntil: number | null;
  /** When it is put away undecided. */
  readonly expiresAt: number;
}

/** Of one purpose, numbers of last week's calls. */
export interface PurposeEffect {
  readonly purpose: string;
  readonly was: number;
  readonly would: number;
  readonly more: number;
  readonly fewer: number;
  readonly wasRefused: number;
  readonly wouldBeRefused: number;
}

/** What would leave earlier, of one purpose. */
export interface EarlierEffect {
  readonly purpose: string;
  readonly recordings: { readonly count: number };
  readonly calls: { readonly count: number };
}

/** A sentence that has no WAV, though a person was to speak it: until it has, its purpose is not recorded. */
export interface UnspokenSentence {
  readonly purpose: string;
  readonly text: string;
  /** `wav_outdated`: no WAV is bound to it; else what is wrong with the file that is. */
  readonly why: string;
}

/** What a policy would have done to the calls of the last week, and would do to what is there. */
export interface PolicyEffect {
  readonly plan: PolicyPlan;
  readonly since: number;
  readonly until: number;
  readonly effect: {
    readonly calls: number;
    readonly differ: number;
    readonly purposes: readonly PurposeEffect[];
  };
  readonly earlier: readonly EarlierEffect[];
  readonly unspoken: readonly UnspokenSentence[];
}

/** Who let a policy come into force, and why. */
export interface PolicyApproval {
  readonly name: string;
  readonly reason: string;
  readonly at: number;
}

/** A policy that waits. */
export interface PendingPolicy extends SignedPolicy {
  readonly plan: PolicyPlan;
  readonly arrivedAt: number;
  /** A person's id, or the part of the box that brought it. */
  readonly by: string;
  readonly approval: PolicyApproval | null;
}

/** A policy of then or now. */
export interface PolicyVersion extends SignedPolicy {
  /** 0: since before policies were kept. */
  readonly since: number;
  readonly approval: PolicyApproval | null;
}

/** What callers hear. */
export interface PolicyVoice {
  /**
   * Keeps a WAV file under its SHA-256, hex, which it returns. What it is for, a policy says.
   * @throws Problem `wav_malformed`, `wav_unsupported`, `wav_too_large`, `wav_silent`.
   */
  keep(wav: Uint8Array): string;
  /** How long a file is, seconds; null: it is not here. */
  seconds(sha256: string): number | null;
  /** The sentence as sound, a WAV file. @throws Problem `voice_failed`, `wav_missing`, `wav_outdated`. */
  say(sentence: Pick<Announcement, 'text' | 'language' | 'wav'>): Promise<Buffer>;
}

export interface PolicyServices {
  /** Null: none. */
  inForce(): (SignedPolicy & { readonly since: number | null }) | null;
  /** Those that are kept, newest first. */
  versions(): readonly PolicyVersion[];
  /** What waits for a decision or for its day; null: nothing. */
  pending(): PendingPolicy | null;
  /** Field by field; `before` null: there was none. */
  differences(before: Policy | null, after: Policy): readonly PolicyChange[];
  /** What a policy would have done, and would do. Changes nothing. */
  tryOut(policy: Policy): Promise<PolicyEffect>;
  readonly drafts: PolicyDrafts;
  readonly voice: PolicyVoice;
  /** Whether the organisation lets this desk sign. */
  maySign(): boolean;
  /**
   * Signs the person's draft with the key of the desk and puts it forward: in force at once where nothing is weakened and nothing destroyed.
   * @throws Problem `draft_gone`, `draft_old`, `desk_key_untrusted`, `why_missing`, of what the box refuses of a policy, `audit_failed`.
   */
  sign(person: Person, reason: string): 'in force' | 'pending';
  /** `hash`: of the policy that they looked at. @throws Problem `policy_nothing_waits`, `policy_another_waits`, `approval_reason_needed`. */
  approve(person: Person, reason: string, hash: string): 'in force' | 'pending';
  refuse(person: Person, reason: string, hash: string): void;
}
