/** What the audit log holds: a closed list of facts. A new kind is a new line here. */
import { z } from 'zod';

const id = z.string().min(1).max(200);
const code = z.string().regex(/^[a-z0-9_]{1,64}$/);
const count = z.number().int().nonnegative();
const text = z.string().min(1).max(500);
/** One of shared/policy/uses. */
const use = z.string().regex(/^[a-z_-]{1,64}$/);

const kinds = {
  /** The log begins, or begins anew after a restore: then `previousSize` and `previousRoot` are the head that it continues. */
  log_opened: z.strictObject({
    deviceId: id,
    generation: count,
    previousSize: count.nullable(),
    previousRoot: id.nullable(),
  }),
  /** Bodies whose time was over were erased: first and last index of each run. A missing body that no such event covers was removed. */
  events_forgotten: z.strictObject({ runs: z.array(z.tuple([count, count])).max(1000), before: count }),
  /** Facts that could not be written down while the log refused; the queue in memory was full. */
  audit_gap: z.strictObject({ dropped: count, since: count, until: count }),
  /** A policy comes into force. Events of older versions say neither classes nor who approved it. */
  policy_applied: z.strictObject({
    policyHash: id,
    version: count,
    signer: id,
    classes: z.array(code).max(10).optional(),
    approvedBy: id.nullable().optional(),
  }),
  /** A policy was not taken: its form, signature, order or bounds. */
  policy_refused: z.strictObject({ code, policyHash: id.nullable() }),
  /** A policy was verified. `signerIs`: whose key it is, the customer's or the fleet's. */
  policy_received: z.strictObject({ policyHash: id, version: count, signer: id, signerIs: code }),
  /** A policy waits: for an approval of what it weakens, for a day because of what it destroys. Names of fields, never what is in them. */
  policy_pending: z.strictObject({
    policyHash: id,
    version: count,
    classes: z.array(code).max(10),
    changes: count,
    weakens: z.array(text).max(50),
    destroys: z.array(text).max(50),
    waitsUntil: count.nullable(),
    expiresAt: count,
  }),
  /** The organisation lets the desk sign policies, or does no more. */
  desk_key_trusted: z.strictObject({ key: id, trusted: z.boolean() }),
  /** A data protection officer had the desk sign a policy. */
  policy_signed: z.strictObject({ policyHash: id, version: count, signer: id, reason: text }),
  policy_approved: z.strictObject({ policyHash: id, version: count, reason: text }),
  /** A policy that waited will not come into force: refused by a person, replaced, expired, or out of order now. */
  policy_cancelled: z.strictObject({ policyHash: id, version: count, why: code, reason: text.nullable() }),
  /** A policy with shorter terms was applied to what exists. */
  retention_shortened: z.strictObject({ policyVersion: count, purpose: id, recordings: count, calls: count }),
  recording_refused: z.strictObject({ call: id, reason: code }),
  /**
   * A call was refused before it rang, or a transfer before its two talked: a law demands the recording of the purpose, and none could be
   * made. `status`: what the phone was told; `reason`: why it could not be recorded.
   */
  call_refused: z.strictObject({ call: id, purpose: id, reason: code, status: count }),
  recording_gap: z.strictObject({ recording: id, frames: count, why: code }),
  /** People had a recording paused, resumed or begun, or wanted it paused where that may not be. `by`: a side's key, a program, or time. */
  recording_steered: z.strictObject({ call: id, recording: id.nullable(), did: code, by: code }),
  /** A person, or a program with the token of that name, wanted that of a call that goes on. What became of it is told by `recording_steered` or `objection`. */
  steering_asked: z.strictObject({ call: id, wish: code, token: text.optional() }),
  recording_ended: z.strictObject({ recording: id, reason: code, segments: count, contentRoot: id }),
  /** Others talk from then on: what `side` of a call brought about. Whom it led to is in the records of the calls. */
  call_transferred: z.strictObject({ call: id, how: code, side: code, recording: id.nullable() }),
  /** A transfer that was asked for and did not come about: refused, or nobody answered. `status`: why, as SIP says it. */
  transfer_failed: z.strictObject({ call: id, how: code, side: code, recording: id.nullable(), status: count }),
  recording_recovered: z.strictObject({ recording: id, segments: count, tornBytes: count }),
  /** Somebody looked for recordings: what was asked, and how many were found. */
  search: z.strictObject({
    party: z.string().max(200).nullable(),
    purpose: id.nullable(),
    from: count.nullable(),
    until: count.nullable(),
    /** Shortest and longest asked for, ms. */
    durationFromMs: count.optional(),
    durationToMs: count.optional(),
    found: count,
  }),
  /** Somebody saw the traffic data of one recording. */
  view: z.strictObject({ recording: id }),
  /** A wrap was handed to a custodian's browser. */
  release: z.strictObject({ recording: id, reason: text, use: use.optional() }),
  /**
   * Wraps and sealed content were written to files on the box's side, by its command line, or what a browser had opened was saved there.
   * `use`: one that the recording carries; events of older versions do not say.
   */
  export: z.strictObject({ recording: id, reason: text, use: use.optional() }),
  purge: z.strictObject({ recording: id, reason: code, expiredAt: count, purpose: id, policyVersion: count }),
  purge_traffic: z.strictObject({ calls: count, before: count }),
  /** The erasure is complete here: no key opens it on this box any more. The body of a deletion certificate. */
  erased: z.strictObject({
    recording: id,
    /** SHA-256 of the recording's id and content root: names what was erased to whoever held it. */
    commitment: id,
    reason: code,
    policyVersion: count,
    epochBefore: count,
    epochAfter: count,
    /** What held the epoch key: only a TPM's is beyond copying. */
    epochKey: z.enum(['tpm', 'file']),
    unreadableHereAt: count,
    unreadableInBackupsBy: count,
    /** When somebody in the call objected; left out where nobody did. */
    objectedAt: count.optional(),
  }),
  /** Somebody in the call objected to its recording, which stops and is erased. `how`: by what the box was told. */
  objection: z.strictObject({ recording: id, side: code, how: code.nullable() }),
  /** From now on calls with a number are not recorded, for one purpose or (null) for any; and again they are. The number is in the catalogue. */
  objection_kept: z.strictObject({ objection: id, purpose: id.nullable(), how: code }),
  objection_removed: z.strictObject({ objection: id, purpose: id.nullable() }),
  erasure_refused: z.strictObject({ recording: id, reason: code, caseRef: id.nullable() }),
  epoch_advanced: z.strictObject({ before: count, after: count, epochKey: z.enum(['tpm', 'file']), wraps: count }),
  hold_placed: z.strictObject({ hold: id, caseRef: id, reason: text, owner: id, reviewAt: count, recordings: count }),
  hold_renewed: z.strictObject({ hold: id, reviewAt: count }),
  hold_lift_asked: z.strictObject({ hold: id, reason: text }),
  hold_lifted: z.strictObject({ hold: id, askedBy: id, recordings: count }),
  restriction_placed: z.strictObject({ recording: id, ground: code, reason: text }),
  restriction_lifted: z.strictObject({ recording: id, reason: text }),
  backup_made: z.strictObject({ destination: id, snapshot: id, recordings: count, bytes: count }),
  /** Snapshots that had aged out, and content that had been erased, left a destination. */
  backup_pruned: z.strictObject({ destination: id, snapshots: count, recordings: count }),
  restored: z.strictObject({ destination: id, snapshot: id, recordings: count, missing: count, erased: count }),
  drill: z.strictObject({ destination: id, snapshot: id.nullable(), outcome: code }),
  /** Somebody else's log of calls was laid beside the box's own: how many calls, and how many that should have been recorded and were not. */
  call_log_read: z.strictObject({ source: id, calls: count, exceptions: count }),
  exception_explained: z.strictObject({ exception: id, explanation: text }),
  content_rot: z.strictObject({ recording: id }),
  content_repaired: z.strictObject({ recording: id, destination: id }),
  /** The wall clock went ahead of what could have passed; nothing newly due is erased until it is confirmed. */
  time_unconfirmed: z.strictObject({ wall: count, expected: count }),
  time_confirmed: z.strictObject({ wall: count, by: code }),
  disk_reserve_reached: z.strictObject({ freeBytes: count, reserveBytes: count }),
  disk_reserve_left: z.strictObject({ freeBytes: count }),
  /** Somebody saw who called whom in the signalling that is in memory. */
  calls_viewed: z.strictObject({ calls: count }),
  /** Somebody looked at the signalling of one call; `numbers`: and at who called whom. */
  trace_viewed: z.strictObject({ call: id, numbers: z.boolean() }),
  /** The connection to another machine was tried. */
  connection_tested: z.strictObject({ target: id }),
  /** A link was made by which one phone fetches its settings, and with them a new secret; and the phone fetched them. */
  provision_offered: z.strictObject({ phone: id, vendor: code }),
  provision_fetched: z.strictObject({ phone: id, vendor: code }),
  login: z.strictObject({}),
  login_failed: z.strictObject({ why: code }),
  logout: z.strictObject({}),
  /** A token was made for a program: its name, what it may do, for which extensions (`null`: all). Never what proves it. */
  token_added: z.strictObject({
    token: id,
    name: text,
    extensions: z.array(id).max(200).nullable(),
    wishes: z.array(code).max(10),
    expiresAt: count,
  }),
  token_revoked: z.strictObject({ token: id, name: text }),
  /** A program wanted, with a token that counts, what that is not for: another extension, or something else. */
  token_refused: z.strictObject({ token: id, name: text, why: code }),
  person_added: z.strictObject({ person: id, roles: z.array(code) }),
  person_removed: z.strictObject({ person: id, why: code }),
  /** The lines of the box were told anew: ids of its trunks, what else it has. Never a number, a host or a password. */
  lines_changed: z.strictObject({
    trunks: z.array(id).max(100),
    pbx: z.boolean(),
    siprec: count,
    /** Guards that this lowers, and why. Events of older versions do not say. */
    weakens: z.array(code).max(10).optional(),
    reason: text.nullable().optional(),
  }),
  /**
   * Calls of a phone, or by a trunk, came to a limit of what may go out, and were refused from then on. Once a day for each. `calls` and
   * `talkMs`: what it had used of the day; events of older versions do not say.
   */
  toll_cap_reached: z.strictObject({
    cap: code,
    phone: id.nullable(),
    trunk: id.nullable(),
    calls: count.optional(),
    talkMs: count.optional(),
  }),
  /** The box had forgotten what a phone or trunk used of the day, though this log says that it came to a limit. What the log says counts. */
  toll_counts_lost: z.strictObject({ phone: id.nullable(), trunk: id.nullable() }),
  phone_removed: z.strictObject({ phone: id }),
  /** Somebody who has an extension acknowledged the notice of a purpose, in this version (SHA-256); and it was taken back, `null`: of all. */
  notice_acknowledged: z.strictObject({ extension: id, purpose: id, version: id, how: code }),
  acknowledgement_withdrawn: z.strictObject({ extension: id, purpose: id.nullable() }),
  /** A version of the register of processing was written: its hash, that of the policy that it is of, and why. */
  register_recorded: z.strictObject({ register: id, policyHash: id.nullable(), cause: code }),
  /** Somebody had SIP listen again to a network that it had banned for what came from it. */
  sip_ban_lifted: z.strictObject({ source: id }),
  /** A code was made by which a fleet may claim this box. The code is not in the log. */
  fleet_code_made: z.strictObject({ expiresAt: count }),
  /** Whoever answered for the fleet did not know the code. */
  fleet_unproven: z.strictObject({}),
  /**
   * A fleet that knows the code wants the box; a person here confirmed it, and pinned its root and its policy key (SHA-256); the box got its
   * certificate, and another one; the box left. `claim`: the fleet's id of it.
   */
  fleet_offered: z.strictObject({ claim: id, root: id, policyKey: id }),
  fleet_confirmed: z.strictObject({ claim: id, root: id, policyKey: id }),
  fleet_enrolled: z.strictObject({ claim: id, root: id, policyKey: id, notAfter: count }),
  fleet_certificate_renewed: z.strictObject({ notAfter: count }),
  fleet_left: z.strictObject({ claim: id, root: id, policyKey: id }),
  /** The fleet, as witness, did not sign the head of this log: it remembers `remembered` events of another. `outcome`: fork, rollback, inconsistent. */
  witness_refused: z.strictObject({ outcome: code, size: count, remembered: count }),
  /** A person here refused a fleet, or gave up a code (`null`). */
  fleet_refused: z.strictObject({ claim: id.nullable() }),
  phone_added: z.strictObject({ phone: id, plainUntil: count }),
} as const;

export type EventKind = keyof typeof kinds;
export type EventFacts<Kind extends EventKind = EventKind> = z.infer<(typeof kinds)[Kind]>;

/**
 * Kinds that tell of nobody: what the box did, and recordings by their random id. Their bodies stay as long as the log. Every other kind
 * is an access event, with the term that the policy gives to those.
 */
export const impersonalKinds: ReadonlySet<EventKind> = new Set<EventKind>([
  'log_opened',
  'events_forgotten',
  'audit_gap',
  'policy_applied',
  'policy_refused',
  'register_recorded',
  'policy_received',
  'policy_pending',
  'retention_shortened',
  'recording_gap',
  'recording_steered',
  'recording_ended',
  'recording_recovered',
  'objection',
  'purge',
  'purge_traffic',
  'erased',
  'epoch_advanced',
  'backup_made',
  'backup_pruned',
  'restored',
  'drill',
  'content_rot',
  'content_repaired',
  'time_unconfirmed',
  'disk_reserve_reached',
  'disk_reserve_left',
  'fleet_unproven',
  'fleet_offered',
  'fleet_enrolled',
  'fleet_certificate_renewed',
  'witness_refused',
]);

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

// By its kind, so that checking an event costs the same however many kinds there are.
const eventSchema = z.discriminatedUnion(
  'kind',
  Object.entries(kinds).map(([kind, facts]) =>
    z.strictObject({ kind: z.literal(kind), at: count, actor: id, facts }),
  ) as unknown as [z.ZodObject<{ kind: z.ZodLiteral<string> }>],
);

/** Checks an event. @throws ZodError when it is of no known kind or shape. */
export const checkEvent = (value: unknown): AuditEvent => eventSchema.parse(value) as unknown as AuditEvent;
