/** What the fleet's own log holds: a closed list of facts. Ids and codes, never names, texts or what tells of a call. */
import { z } from 'zod';

const id = z.string().regex(/^[A-Za-z0-9._:-]{1,80}$/);
const code = z.string().regex(/^[a-z0-9_]{1,64}$/);
const count = z.number().int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What is done to an MSP, or to something of it. */
const ofMsp = z.strictObject({ msp: id, of: id });
/** What a person has: a role, within all of the MSP or one customer or site. */
const grants = z.array(z.strictObject({ role: code, customer: id.nullable(), site: id.nullable() })).max(50);
const ofRollout = z.strictObject({ msp: id, rollout: id });
const ofPerson = z.strictObject({ msp: id, person: id });
/** `of`: a box, a customer or an MSP. */
const ofAlert = z.strictObject({ msp: id, alert: id, code, of: id });
const ofChannel = z.strictObject({ msp: id, channel: id });
const ofProvider = z.strictObject({ msp: id, provider: id });
const linked = z.strictObject({ msp: id, person: id, provider: id });

const kinds = {
  /** Bodies whose time was over were erased: first and last index of each run. A missing body that no such event covers was removed. */
  events_forgotten: z.strictObject({ runs: z.array(z.tuple([count, count])).max(1000), before: count }),

  msp_created: ofMsp,
  msp_renamed: ofMsp,
  msp_archived: ofMsp,
  msp_restored: ofMsp,
  msp_deleted: ofMsp,
  customer_created: ofMsp,
  customer_renamed: ofMsp,
  customer_archived: ofMsp,
  customer_restored: ofMsp,
  customer_deleted: ofMsp,
  /** Somebody says that there is a processing agreement with the customer (GDPR 28(3)). */
  agreement_stated: ofMsp,
  site_created: ofMsp,
  site_changed: ofMsp,
  site_archived: ofMsp,
  site_restored: ofMsp,
  site_deleted: ofMsp,
  box_added: ofMsp,
  box_renamed: ofMsp,
  box_moved: ofMsp,
  /** Which tags it has now, the log does not say: they are words of people. */
  box_tagged: ofMsp,
  box_revoked: ofMsp,
  box_removed: ofMsp,
  view_saved: z.strictObject({ msp: id, view: id, shared: z.boolean() }),
  view_removed: z.strictObject({ msp: id, view: id, shared: z.boolean() }),
  command_sent: z.strictObject({ msp: id, box: id, command: id, op: code }),

  /** How a box came to be paired, and its certificates. */
  claim_typed: z.strictObject({ claim: id, msp: id, site: id }),
  claim_code_wrong: z.strictObject({ msp: id }),
  claim_proven: z.strictObject({ claim: id, box: id }),
  claim_proof_failed: z.strictObject({ claim: id, why: code }),
  claim_withdrawn: z.strictObject({ claim: id }),
  claim_refused: z.strictObject({ claim: id }),
  certificate_issued: z.strictObject({ box: id, serial: id, renewed: z.boolean() }),
  certificates_revoked: z.strictObject({ box: id, reason: code }),

  /** The log of a box is not the one that was seen before. `digest`: SHA-256 of the signed note, which is kept. */
  box_log_refused: z.strictObject({
    box: id,
    why: z.enum(['fork', 'rollback', 'inconsistent']),
    size: count,
    digest: sha256,
  }),
  box_log_silent: z.strictObject({ box: id, since: count }),
  /** A person has said that a box was restored: its next generation is taken although it does not continue the log. */
  box_loss_accepted: z.strictObject({ box: id, size: count }),

  policy_level_written: z.strictObject({
    msp: id,
    level: z.enum(['msp', 'customer', 'site', 'box']),
    of: id,
    version: count,
  }),
  /** A policy that a customer signed; only its hash. */
  policy_document_brought: z.strictObject({ msp: id, hash: sha256 }),
  /** `key`: SHA-256 of its public half. */
  policy_key_made: z.strictObject({ msp: id, key: sha256 }),
  policy_key_retired: z.strictObject({ msp: id, key: sha256 }),
  policies_signed: z.strictObject({ msp: id, rollout: id, boxes: count }),
  /** The same policies again, by the fleet itself, before they expire. */
  policies_renewed: z.strictObject({ msp: id, boxes: count }),
  rollout_halted: z.strictObject({ msp: id, rollout: id, why: z.enum(['failures', 'person']) }),
  rollout_resumed: ofRollout,
  rollout_cancelled: ofRollout,
  rollout_retried: z.strictObject({ msp: id, rollout: id, boxes: count }),
  rollout_done: ofRollout,
  /** What a box made of a policy, as it said. */
  box_policy: z.strictObject({ msp: id, box: id, version: count, state: code, why: code.nullable() }),

  login: z.strictObject({ msp: id, how: z.enum(['code', 'passkey', 'provider']) }),
  login_failed: z.strictObject({ msp: id.nullable(), why: code }),
  logout: z.strictObject({ msp: id }),
  person_invited: z.strictObject({ msp: id, invitation: id, grants }),
  invitation_withdrawn: z.strictObject({ msp: id, invitation: id }),
  person_added: z.strictObject({ msp: id, person: id, invitation: id, grants }),
  person_admitted: z.strictObject({ msp: id, person: id, provider: id, invitation: id.nullable(), grants }),
  person_removed: z.strictObject({ msp: id, person: id, why: code }),
  rights_changed: z.strictObject({ msp: id, person: id, grants }),
  totp_enrolled: ofPerson,
  passkey_enrolled: ofPerson,
  passkey_removed: ofPerson,
  totp_removed: ofPerson,
  password_changed: ofPerson,
  provider_added: ofProvider,
  provider_changed: ofProvider,
  provider_removed: ofProvider,
  provider_linked: linked,
  provider_unlinked: linked,
  token_made: z.strictObject({
    msp: id,
    person: id,
    token: id,
    acts: z.array(z.string().regex(/^[a-z ]{1,40}$/)).max(50),
    expiresAt: count,
  }),
  token_ended: z.strictObject({ msp: id, person: id, token: id }),

  alert_acknowledged: ofAlert,
  alert_unacknowledged: ofAlert,
  alert_assigned: ofAlert.extend({ person: id.nullable() }),
  alert_closed: ofAlert,
  /** `of`: a box, site, customer or MSP. `until` null: until it gets worse. */
  alert_muted: z.strictObject({ msp: id, mute: id, code, of: id, until: count.nullable() }),
  alert_unmuted: z.strictObject({ msp: id, mute: id }),
  maintenance_planned: z.strictObject({ msp: id, window: id, of: id }),
  maintenance_removed: z.strictObject({ msp: id, window: id }),
  /** To whom alerts are told. */
  channel_added: ofChannel,
  channel_changed: ofChannel,
  channel_removed: ofChannel,
  channel_tested: ofChannel,
  channel_secret_made: ofChannel,
  channel_retried: ofChannel,
  /** What is known of the software of boxes. `sbom`, `file`: SHA-256 of what was brought. */
  release_brought: z.strictObject({ version: z.string().regex(/^[0-9A-Za-z.+-]{1,50}$/), sbom: sha256 }),
  advisories_brought: z.strictObject({ file: sha256, fresh: count, changed: count }),
  /** What agreements say of the fleet is another than before. `digest`: SHA-256 of the terms. */
  terms_changed: z.strictObject({ version: count, digest: sha256 }),
  terms_reviewed: z.strictObject({ version: count }),
  /** Of a customer (`of`). `digest`: SHA-256 of the text that was sent, of what was signed. */
  agreement_sent: z.strictObject({ msp: id, of: id, agreement: id, digest: sha256 }),
  agreement_signed: z.strictObject({ msp: id, of: id, agreement: id, digest: sha256 }),
  agreement_ended: z.strictObject({ msp: id, of: id, agreement: id }),
  subprocessor_announced: z.strictObject({ subprocessor: id, since: count }),
  subprocessor_ended: z.strictObject({ subprocessor: id }),
  change_told: z.strictObject({ msp: id, of: id, subprocessor: id }),
  change_read: z.strictObject({ msp: id, of: id, subprocessor: id }),
  change_objected: z.strictObject({ msp: id, of: id, subprocessor: id }),
  incident_opened: z.strictObject({ incident: id, drill: z.boolean() }),
  incident_step: z.strictObject({ incident: id }),
  incident_closed: z.strictObject({ incident: id }),
  /** `step`: the last that they know of; 0: that it was opened. */
  incident_told: z.strictObject({ msp: id, of: id, incident: id, step: count }),
  incident_read: z.strictObject({ msp: id, of: id, incident: id }),
  order_recorded: z.strictObject({ order: id, msp: id.nullable() }),
  order_answered: z.strictObject({ order: id, digest: sha256.nullable() }),
  tenant_exported: z.strictObject({ msp: id, digest: sha256 }),
  audit_pack_made: z.strictObject({ msp: id.nullable(), digest: sha256 }),
} as const;

export type FleetEventKind = keyof typeof kinds;

/** An event as it is hashed: who did what to what, when. */
export type FleetEvent = {
  [Kind in FleetEventKind]: {
    readonly kind: Kind;
    /** Wall clock of the process that wrote it, ms. */
    readonly at: number;
    /** A person's id; `operator`: whoever runs the server; `fleet`, `purge`: the server by itself; `nobody`: somebody unknown. */
    readonly actor: string;
    readonly facts: z.infer<(typeof kinds)[Kind]>;
  };
}[FleetEventKind];

/** What somebody who acts hands to the log: it adds the time. */
export type FleetEntry = { [Kind in FleetEventKind]: Omit<Extract<FleetEvent, { kind: Kind }>, 'at'> }[FleetEventKind];

/** Kinds that tell of nobody: their bodies stay as long as the log. */
export const impersonalKinds: ReadonlySet<FleetEventKind> = new Set<FleetEventKind>([
  'events_forgotten',
  'claim_proven',
  'claim_proof_failed',
  'certificate_issued',
  'box_log_refused',
  'box_log_silent',
  'terms_changed',
  'policies_renewed',
  'rollout_done',
  'box_policy',
]);

const eventSchema = z.discriminatedUnion(
  'kind',
  Object.entries(kinds).map(([kind, facts]) =>
    z.strictObject({ kind: z.literal(kind), at: count, actor: id, facts }),
  ) as unknown as [z.ZodObject<{ kind: z.ZodLiteral<string> }>],
);

/** Checks an event. @throws ZodError when it is of no known kind or shape. */
export const checkEvent = (value: unknown): FleetEvent => eventSchema.parse(value) as unknown as FleetEvent;

/** What rooms of tenants and boxes tell (`tenants/events.ts`), as the log has it. */
export const tenantEntry = <Kind extends FleetEventKind>({
  kind,
  actor,
  msp,
  of,
}: {
  readonly kind: Kind;
  readonly actor: string;
  readonly msp: string;
  readonly of: string;
}) => ({ kind, actor, facts: { msp, of } });

/** What `enrolment/events.ts` tells, as the log has it. */
export const enrolmentEntry = <Event extends { readonly kind: FleetEventKind; readonly actor: string }>({
  kind,
  actor,
  ...facts
}: Event) => ({ kind, actor, facts }) as unknown as FleetEntry;
