/** What documents say of this box, joined from the rooms that know it. The desk has one, and so have the commands that apply policies or change roles. */
import type { AuditEntry } from '@belkluis/shared/audit/event';
import type { Clock } from '@belkluis/shared/base/clock';
import { type Counted, checkDpia } from '@belkluis/shared/policy/documents/dpia';
import type { Place } from '@belkluis/shared/policy/documents/register';
import { contentTerms } from '@belkluis/shared/policy/documents/words';
import type { Policy } from '@belkluis/shared/policy/schema';
import type { Access } from './access/access.ts';
import type { Phones } from './access/phones.ts';
import type { Config } from './config.ts';
import type { HealthFacts } from './health/finding.ts';
import type { VerifiedPolicy } from './policy/verify.ts';
import { type KeptRegister, keepRegister } from './privacy/keep-register.ts';
import { createNotices } from './privacy/notices.ts';
import type { Privacy } from './privacy/privacy.ts';
import { KEEP_MS } from './trace/limits.ts';
import type { Catalogue } from './vault/catalogue.ts';

const DAY_MS = 86_400_000;

/** Days that the law's question of scale is asked of. */
const COUNTED_DAYS = 30;

/** Recordings that are counted at most: ten times what is large scale, within some ten milliseconds. */
const MAX_COUNTED = 100_000;

/**
 * Recordings of thirty days, as things go. Counted are those that are there, so no further back than the shortest term, and as many as they would be in
 * thirty days.
 */
export function countedOf(catalogue: Pick<Catalogue, 'countBegun'>, policy: Policy, now: number): Counted {
  const terms = policy.purposes.flatMap((purpose) => contentTerms(policy, purpose));
  const days = Math.min(COUNTED_DAYS, ...terms);
  const begun = catalogue.countBegun(now - days * DAY_MS, MAX_COUNTED);
  return { recordings: Math.ceil((begun * COUNTED_DAYS) / days) };
}

/** Where backups go, as the register names it. */
export const placesOf = ({ backup }: Pick<Config, 'backup'>): Place[] =>
  (backup?.destinations ?? []).map(({ name, country }) => ({ name, country }));

export const joinRegister = (parts: {
  readonly privacy: Privacy;
  policy(): VerifiedPolicy | null;
  readonly access: Pick<Access, 'people'>;
  /** Null: whoever asks has not read the configuration. */
  readonly destinations: readonly Place[] | null;
  readonly deviceId: string;
  append(entry: AuditEntry): unknown;
  readonly clock: Clock;
}): KeptRegister =>
  keepRegister({
    ...parts,
    registers: parts.privacy.registers,
    people: parts.access.people,
    signallingHours: KEEP_MS / 3_600_000,
  });

/** What health looks at of them; without a policy nobody must have acknowledged anything. */
export function documentFacts(parts: {
  readonly register: KeptRegister;
  readonly privacy: Privacy;
  readonly phones: Pick<Phones, 'list'>;
  readonly catalogue: Pick<Catalogue, 'countBegun'>;
  policy(): VerifiedPolicy | null;
  readonly clock: Clock;
}): HealthFacts['documents'] {
  const { register, privacy, phones, catalogue, clock } = parts;
  const policy = parts.policy()?.policy ?? null;
  const { acknowledgements } = privacy;
  const notices = createNotices({ acknowledgements, policy: () => policy, appendAll: () => {}, clock });
  const extensions = notices.list(phones.list().map(({ user }) => user));
  return {
    drift: register.check().drift.length,
    unacknowledged: extensions.filter((one) => one.notices.some(({ state }) => state !== 'acknowledged')).length,
    dpia: policy && checkDpia(policy, countedOf(catalogue, policy, clock.now())),
  };
}
