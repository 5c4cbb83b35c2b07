/** Keeps the call process on the policy in force: recipients for the sealer, and each purpose's announcement as sound. */
import { createHash } from 'node:crypto';
import type { Log } from '@belkluis/shared/base/log';
import type { PolicyInForce, RecordingTerms } from '@belkluis/shared/policy/decide';
import type { Purpose } from '@belkluis/shared/policy/purpose';
import { retentionDays } from '@belkluis/shared/policy/retention';
import { type Announcement as AnnouncementText, announcementsOf } from '@belkluis/shared/policy/words';
import type { Announcement } from './calls/announcement.ts';
import { followFile } from './follow-file.ts';
import type { Prompt } from './media/door.ts';
import { joined } from './media/prompts/joined.ts';
import { encodeOpus } from './media/prompts/opus.ts';
import { makePrompt } from './media/prompts/prompt.ts';
import { loadPolicy, policyFiles } from './policy/store.ts';
import type { VerifiedPolicy } from './policy/verify.ts';
import { spoken } from './policy/voice.ts';

/** `why`: code of what is wrong with it. */
export interface MissingAnnouncement {
  readonly purpose: string;
  readonly why: string;
}

export interface FollowedPolicy {
  inForce(): PolicyInForce | null;
  /** What the policy of these terms says. Null: it cannot be said; while that policy is in force it is on the list. */
  announcementOf(terms: RecordingTerms): Announcement | null;
  /** Purposes that are not recorded, for what they have to say cannot be said. */
  missing(): readonly MissingAnnouncement[];
  close(): void;
}

/** By the days that the content is kept: rules may keep the same purpose for different times, and say so. */
type ByContentDays = ReadonlyMap<number, Announcement>;

interface Announcements {
  readonly all: ReadonlyMap<Purpose, ByContentDays>;
  readonly missing: readonly MissingAnnouncement[];
}

const none: Announcements = { all: new Map(), missing: [] };

async function announcementOf(
  spokenWords: readonly AnnouncementText[],
  wavFolder: string,
): Promise<Announcement | MissingAnnouncement['why']> {
  const hash = createHash('sha256');
  const prompts: Prompt[] = [];
  try {
    for (const words of spokenWords) {
      const wav = await spoken(words, wavFolder);
      hash.update(words.textSha256).update(wav);
      prompts.push(makePrompt(words.language, wav, encodeOpus));
    }
  } catch (error) {
    return (error as { code?: string }).code ?? (error as Error).name;
  }
  const name = hash.digest('hex');
  return { prompt: joined(name, prompts), hash: name };
}

/** What cannot be said of one purpose keeps no other from being recorded. */
async function announcementsIn({ policy }: VerifiedPolicy, wavFolder: string): Promise<Announcements> {
  const all = new Map(policy.purposes.map((purpose) => [purpose, new Map<number, Announcement>()]));
  const missing = new Map<string, MissingAnnouncement>();
  const spokenFor = policy.purposes.flatMap((purpose) => [
    { purpose, rule: null },
    ...policy.rules.filter((rule) => rule.purpose === purpose.id).map((rule) => ({ purpose, rule })),
  ]);
  for (const { purpose, rule } of spokenFor) {
    const days = retentionDays(purpose, rule, 'content');
    const key = `${purpose.id} ${days}`;
    const known = all.get(purpose)!;
    // Who tells in copied calls is their source.
    if (known.has(days) || missing.has(key) || purpose.announcement.by === 'source') continue;
    const made = await announcementOf(announcementsOf(policy, purpose, rule), wavFolder);
    if (typeof made === 'string') missing.set(key, { purpose: purpose.id, why: made });
    else known.set(days, made);
  }
  return { all, missing: [...missing.values()] };
}

/** Loads the policy and follows changes of it. A policy that cannot be used leaves the one before in force. */
export async function followPolicy({
  folder,
  onChange,
  log,
}: {
  readonly folder: string;
  /** Told of each policy that comes into force, and of none. */
  readonly onChange: (policy: VerifiedPolicy | null) => void;
  readonly log: Log;
}): Promise<FollowedPolicy> {
  const files = policyFiles(folder);
  let inForce: VerifiedPolicy | null = null;
  let missing: Announcements['missing'] = [];
  // By the very purpose that a call was decided by: a call that rings while the policy changes goes on by the one that it began with, and what
  // that says is kept for as long as a call has it.
  const spokenOf = new WeakMap<Purpose, ByContentDays>();
  const load = async (): Promise<void> => {
    const next = loadPolicy(folder);
    const prompts = next ? await announcementsIn(next, files.wav) : none;
    // Together: a call is never announced by one policy and recorded by another.
    inForce = next;
    missing = prompts.missing;
    for (const [purpose, announcements] of prompts.all) spokenOf.set(purpose, announcements);
    onChange(next);
    for (const one of missing) log('announcement_missing', { ...one });
    log('policy_in_force', { version: next?.policy.version ?? null, hash: next?.hash ?? null });
  };
  const following = await followFile([files.current, files.wav], load, ({ code, name }) =>
    log('policy_not_followed', { why: code ?? name }),
  );
  return {
    inForce: () => inForce,
    announcementOf: ({ purpose, retention }) => spokenOf.get(purpose)?.get(retention.contentDays) ?? null,
    missing: () => missing,
    close: following.close,
  };
}
