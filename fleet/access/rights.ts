/** Who may do what, in one table, and of what. What is not in it is refused. */
import { z } from 'zod';
import type { Scope } from '../tenants/scope.ts';
import { MAX_GRANTS } from './limits.ts';

export const roles = ['owner', 'operator', 'policy_author', 'policy_signer', 'auditor', 'read_only'] as const;

export type Role = (typeof roles)[number];

interface Rule {
  readonly roles: readonly Role[];
  /** What belongs to the MSP as a whole: a role of one customer or site does not do. */
  readonly whole?: true;
  /** Takes a person with a second factor: no API token can. */
  readonly personal?: true;
}

/**
 * Writing a policy and signing it are two roles, and neither comes with being owner: an owner who wants them gives them, and the log
 * says so. Nobody here can hear or read anything of a call; there is nothing of it.
 */
const mayDo = {
  'see boxes': { roles },
  /** Pairing, names, sites, revocation. */
  'manage boxes': { roles: ['owner', 'operator'] },
  /** Filters of the list of boxes that everybody of the MSP finds. One's own are for whoever sees boxes. */
  'share views': { roles: ['owner', 'operator'], whole: true, personal: true },
  'send commands': { roles: ['owner', 'operator'] },
  'see tenants': { roles },
  'manage tenants': { roles: ['owner', 'operator'] },
  'see alerts': { roles },
  'handle alerts': { roles: ['owner', 'operator'] },
  /** Who is told of alerts, and by which webhooks. */
  'manage channels': { roles: ['owner', 'operator'], whole: true },
  'see policies': { roles },
  'write policies': { roles: ['policy_author'] },
  'sign policies': { roles: ['policy_signer'], personal: true },
  /** That what a box lost in a restore is lost: it makes the witness forget. */
  'accept loss': { roles: ['owner'], personal: true },
  /** Agreements, sub-processors and their changes, incidents that concern one. */
  'see agreements': { roles },
  'manage agreements': { roles: ['owner', 'operator'], personal: true },
  'object to changes': { roles: ['owner'], personal: true },
  /** All that the fleet has of the MSP, and the signed pack for auditors. */
  'take audit packs': { roles: ['owner', 'auditor'], whole: true },
  'see audit log': { roles: ['owner', 'auditor'], whole: true },
  'see people': { roles: ['owner', 'auditor'], whole: true },
  'manage people': { roles: ['owner'], whole: true, personal: true },
  /** Identity providers, and whom they let in. */
  'manage sign-in': { roles: ['owner'], whole: true, personal: true },
  'make tokens': { roles: ['owner', 'operator'], personal: true },
} as const satisfies Record<string, Rule>;

export type Act = keyof typeof mayDo;

export const acts = Object.keys(mayDo) as Act[];

const ruleOf = (act: Act): Rule => mayDo[act];

/** Whether an API token may be made for an act. */
export const byToken = (act: Act): boolean => ruleOf(act).personal !== true;

const id = z.string().regex(/^[0-9A-Za-z-]{1,40}$/);

const grantSchema = z
  .strictObject({ role: z.enum(roles), customer: id.nullable(), site: id.nullable() })
  .refine(({ customer, site }) => customer === null || site === null, 'of a customer or of a site')
  .refine(({ role, customer, site }) => role !== 'owner' || (customer === null && site === null), 'an owner owns all');

/** A role within all of the MSP (both null), one customer or one site. */
export type Grant = z.infer<typeof grantSchema>;

export const grantsSchema = z.array(grantSchema).min(1).max(MAX_GRANTS);

export const isOwner = (grants: readonly Grant[]): boolean => grants.some(({ role }) => role === 'owner');

/** Of what somebody with `grants` may do `act`; null: of nothing. */
export function scopeFor(msp: string, grants: readonly Grant[], act: Act): Scope | null {
  const rule = ruleOf(act);
  const fitting = grants.filter(({ role }) => rule.roles.includes(role));
  if (fitting.some(({ customer, site }) => customer === null && site === null)) return { msp, within: 'all' };
  if (fitting.length === 0 || rule.whole) return null;
  return {
    msp,
    within: {
      customers: [...new Set(fitting.flatMap(({ customer }) => customer ?? []))],
      sites: [...new Set(fitting.flatMap(({ site }) => site ?? []))],
    },
  };
}
