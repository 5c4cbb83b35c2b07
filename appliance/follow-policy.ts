/** Keeps the call process on the policy in force: recipients for the sealer, and each purpose's announcement as sound. */
import { createHash } from 'node:crypto';
import type { Log } from '@belkluis/shared/base/log';
import type { PolicyInForce, RecordingTerms } from '@belkluis/shared/policy/decide';
import { retentionDays } from '@belkluis/shared/policy/retention';
import { announcementsOf } from '@belkluis/shared/policy/words';
import type { Announcement } from './calls/announcement.ts';
import { followFile } from './follow-file.ts';
import type { CodecName } from './media/codec.ts';
import type { Prompt } from './media/door.ts';
import { encodeOpus } from './media/prompts/opus.ts';
import { makePrompt } from './media/prompts/prompt.ts';
import { loadPolicy, policyFiles } from './policy/store.ts';
import type { VerifiedPolicy } from './policy/verify.ts';
import { spoken } from './policy/voice.ts';

export interface FollowedPolicy {
  inForce(): PolicyInForce | null;
  announcementOf(terms: RecordingTerms): Announcement | null;
  close(): void;
}

/** Several languages, one after the other, as one prompt. */
function joined(id: string, prompts: readonly Prompt[]): Prompt {
  const frames: Partial<Record<CodecName, readonly Uint8Array[]>> = {};
  for (const prompt of prompts) {
    for (const [codec, more] of Object.entries(prompt.frames) as [CodecName, readonly Uint8Array[]][]) {
      frames[codec] = [...(frames[codec] ?? []), ...more];
    }
  }
  return { id, frames };
}

/** One announcement a purpose and term: rules may keep the same purpose for different times, and say so. */
const announcementKey = (purpose: string, contentDays: number): string => `${purpose} ${contentDays}`;

async function announcementsIn({ policy }: VerifiedPolicy, wavFolder: string): Promise<Map<string, Announcement>> {
  const all = new Map<string, Announcement>();
  const spokenFor = policy.purposes.flatMap((purpose) => [
    { purpose, rule: null },
    ...policy.rules.filter((rule) => rule.purpose === purpose.id).map((rule) => ({ purpose, rule })),
  ]);
  for (const { purpose, rule } of spokenFor) {
    const key = announcementKey(purpose.id, retentionDays(purpose, rule, 'content'));
    if (all.has(key)) continue;
    const hash = createHash('sha256');
    const prompts: Prompt[] = [];
    for (const announcement of announcementsOf(policy, purpose, rule)) {
      const wav = await spoken(announcement, wavFolder);
      hash.update(wav);
      prompts.push(makePrompt(announcement.language, wav, encodeOpus));
    }
    const name = hash.digest('hex');
    all.set(key, { prompt: joined(name, prompts), hash: name });
  }
  return all;
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
  let announcements = new Map<string, Announcement>();
  const load = async (): Promise<void> => {
    const next = loadPolicy(folder);
    const prompts = next ? await announcementsIn(next, files.wav) : new Map<string, Announcement>();
    // Together: a call is never announced by one policy and recorded by another.
    inForce = next;
    announcements = prompts;
    onChange(next);
    log('policy_in_force', { version: next?.policy.version ?? null, hash: next?.hash ?? null });
  };
  const following = await followFile(files.current, load, ({ code, name }) =>
    log('policy_not_followed', { why: code ?? name }),
  );
  return {
    inForce: () => inForce,
    announcementOf: ({ purpose, policyHash, retention }) =>
      policyHash === inForce?.hash
        ? (announcements.get(announcementKey(purpose.id, retention.contentDays)) ?? null)
        : null,
    close: following.close,
  };
}
