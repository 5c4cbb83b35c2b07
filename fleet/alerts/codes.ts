/** What an alert can be about: what boxes say of themselves, and what the fleet finds. A closed list; the words are in `words/`. */
import { type HealthCode, healthCodes } from '@belkluis/shared/contract/health-codes';

/** As in the contract: `warn`, somebody must act soon; `bad`, something that is promised is not so at this moment. Stored as 1 and 2. */
export const alertLevels = ['warn', 'bad'] as const;
export type AlertLevel = (typeof alertLevels)[number];

export const rankOfLevel = (level: AlertLevel): number => alertLevels.indexOf(level) + 1;
export const levelOfRank = (rank: number): AlertLevel => alertLevels[rank - 1]!;

/**
 * When an alert goes. `known`: when what is stored of box or customer no longer says so. `told`: when whoever raised it says so. `quiet`: when it
 * was not raised again for a while. `person`: when a person closes it, for it happened and stays so.
 */
type Ends = 'known' | 'told' | 'quiet' | 'person';

interface Entry {
  readonly level: AlertLevel;
  readonly of: 'box' | 'customer' | 'msp';
  readonly ends: Ends;
}

const code = (level: AlertLevel, ends: Ends, of: Entry['of'] = 'box'): Entry => ({ level, of, ends });

/** What the fleet finds. A code is never used again for something else: receivers of webhooks know it. */
const found = {
  offline: code('bad', 'known'),
  clock_skew: code('warn', 'known'),
  policy_refused: code('warn', 'known'),
  policy_pending_long: code('warn', 'known'),
  policy_drift: code('warn', 'told'),
  policy_altered: code('bad', 'told'),
  rollout_halted: code('warn', 'told', 'msp'),
  audit_silent: code('warn', 'told'),
  audit_fork: code('bad', 'person'),
  audit_rollback: code('bad', 'person'),
  audit_inconsistent: code('bad', 'person'),
  software_stale: code('bad', 'told'),
  software_vulnerable: code('bad', 'told'),
  certificate_cloned: code('bad', 'person'),
  memory_lost: code('warn', 'quiet'),
  foreign_access: code('bad', 'quiet'),
  flooded: code('warn', 'quiet'),
  malformed: code('warn', 'quiet'),
  replayed: code('warn', 'quiet'),
  agreement_ending: code('warn', 'known', 'customer'),
  agreement_ended: code('bad', 'known', 'customer'),
  enrolment_locked: code('warn', 'quiet', 'msp'),
} as const satisfies Record<string, Entry>;

export type FleetCode = keyof typeof found;
export type AlertCode = HealthCode | FleetCode;

const fleetCodes = Object.keys(found) as readonly FleetCode[];
export const alertCodes = [...fleetCodes, ...(Object.keys(healthCodes) as HealthCode[])] as readonly AlertCode[];

const isFleetCode = (text: string): text is FleetCode => Object.hasOwn(found, text);

export const isAlertCode = (text: string): text is AlertCode => isFleetCode(text) || Object.hasOwn(healthCodes, text);

export const levelOf = (of: FleetCode): AlertLevel => found[of].level;

/** When alerts of a code go. What boxes find is known. */
export const endOf = (of: AlertCode): Ends => (isFleetCode(of) ? found[of].ends : 'known');

/** Codes that are read from what is stored. */
export const knownCodes = alertCodes.filter((one) => endOf(one) === 'known');
