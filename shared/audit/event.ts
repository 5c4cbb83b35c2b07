/** What the audit log holds: a closed list of facts. A new kind is a new line here. */
import { z } from 'zod';

const id = z.string().min(1).max(200);
const code = z.string().regex(/^[a-z0-9_]{1,64}$/);
const count = z.number().int().nonnegative();

const kinds = {
  /** The log begins, or begins anew after a restore. */
  log_opened: z.strictObject({ deviceId: id }),
  policy_applied: z.strictObject({ policyHash: id, version: count, signer: id }),
  policy_refused: z.strictObject({ code, policyHash: id.nullable() }),
  recording_refused: z.strictObject({ call: id, reason: code }),
  recording_gap: z.strictObject({ recording: id, frames: count, why: code }),
  recording_ended: z.strictObject({ recording: id, reason: code, segments: count, contentRoot: id }),
  recording_recovered: z.strictObject({ recording: id, segments: count, tornBytes: count }),
  /** A wrap was handed to a custodian's browser. */
  release: z.strictObject({ recording: id, reason: z.string().min(1).max(500) }),
  /** Wraps and sealed content were written to files on the box's side, by its command line. */
  export: z.strictObject({ recording: id, reason: z.string().min(1).max(500) }),
  purge: z.strictObject({ recording: id, reason: code, expiredAt: count, purpose: id, policyVersion: count }),
  purge_traffic: z.strictObject({ calls: count, before: count }),
  login: z.strictObject({}),
  login_failed: z.strictObject({ why: code }),
  logout: z.strictObject({}),
  person_added: z.strictObject({ person: id, roles: z.array(code) }),
  phone_removed: z.strictObject({ phone: id }),
  phone_added: z.strictObject({ phone: id, plainUntil: count }),
} as const;

export type EventKind = keyof typeof kinds;
export type EventFacts<Kind extends EventKind = EventKind> = z.infer<(typeof kinds)[Kind]>;

/** An event as it is hashed: who did what to what, when. */
export type AuditEvent = {
  [Kind in EventKind]: {
    readonly kind: Kind;
    /** Wall clock, milliseconds. */
    readonly at: number;
    /** A person's id, or the box's own part that acted: `box`, `purge`, `cli`. */
    readonly actor: string;
    readonly facts: EventFacts<Kind>;
  };
}[EventKind];

/** What somebody who acts hands to the log: it adds the time. */
export type AuditEntry = { [Kind in EventKind]: Omit<Extract<AuditEvent, { kind: Kind }>, 'at'> }[EventKind];

const eventSchema = z.union(
  Object.entries(kinds).map(([kind, facts]) =>
    z.strictObject({ kind: z.literal(kind), at: count, actor: id, facts }),
  ) as unknown as [z.ZodType<AuditEvent>, z.ZodType<AuditEvent>],
);

/** Checks an event. @throws ZodError when it is of no known kind or shape. */
export const checkEvent = (value: unknown): AuditEvent => eventSchema.parse(value);
