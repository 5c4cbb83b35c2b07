/** Who may do what, in one table. What is not in it is refused. */

export const roles = ['custodian', 'dpo', 'admin'] as const;

export type Role = (typeof roles)[number];

/**
 * Seeing that a call took place and hearing what was said are two permissions (traffic data, content). Whoever runs the machine
 * has neither.
 */
const mayDo = {
  'see overview': ['custodian', 'dpo', 'admin'],
  'see health': ['custodian', 'dpo', 'admin'],
  'see recordings': ['custodian', 'dpo'],
  /** The purpose of the recording must name the role besides. */
  'open recordings': ['custodian', 'dpo'],
  'see audit log': ['dpo', 'admin'],
  'see people': ['dpo', 'admin'],
  'see holds': ['custodian', 'dpo'],
  /** Keeping evidence must not wait for a decision, so whoever handles the case may. */
  'place holds': ['custodian', 'dpo'],
  /** Asking lifts nothing: an organisation with one DPO needs a second person who may ask. */
  'ask to lift holds': ['custodian', 'dpo'],
  'lift holds': ['dpo'],
  restrict: ['dpo'],
  erase: ['dpo'],
  /** Numbers whose owner is not recorded: it tells who they are. */
  'manage objections': ['dpo'],
  'see certificates': ['custodian', 'dpo'],
  'see retention': ['custodian', 'dpo'],
  /** Who called whom and was not recorded: traffic data, for those who answer for it. */
  'see exceptions': ['custodian', 'dpo'],
  'explain exceptions': ['dpo'],
  /** How calls went, without who called whom. */
  'see calls': ['custodian', 'dpo', 'admin'],
  /** Who called whom. */
  'see numbers': ['custodian', 'dpo'],
  /** Pausing, beginning and erasing recordings of calls that go on. */
  'control recordings': ['custodian', 'dpo'],
  /** Tokens by which programs do that for some extensions: whoever keeps the machine, and whoever answers for what is recorded. */
  'manage tokens': ['dpo', 'admin'],
  'see phones': ['dpo', 'admin'],
  'manage phones': ['admin'],
  /** Notes that employees have read what is recorded of them: whoever keeps the phones, or answers for what is told. */
  'note acknowledgements': ['dpo', 'admin'],
  'test connections': ['admin'],
  'see trunks': ['dpo', 'admin'],
  /** Trunks, the PBX, what may go out: whoever answers for the machine. */
  'manage lines': ['admin'],
  /** What is recorded, why and for how long: everybody of the desk works by it. */
  'see policy': ['custodian', 'dpo', 'admin'],
  /** Writing it, and having the desk sign: whoever answers for the people whose calls these are. */
  'edit policy': ['dpo'],
  'propose policy': ['dpo', 'admin'],
  /** What weakens waits for whoever answers for the people whose calls these are, and for nobody else. */
  'approve policy': ['dpo'],
  /** Register of processing, notices, impact assessment, what is stored: what the organisation would tell whoever asks. */
  'see documents': ['custodian', 'dpo', 'admin'],
  /** Who manages the box from outside, and what they are told: nobody who works by this box is kept from knowing. */
  'see fleet': ['custodian', 'dpo', 'admin'],
  /** Who manages the box from outside: whoever runs the machine, or answers for it. What a fleet may change is the policy's business. */
  'join fleet': ['dpo', 'admin'],
  'see backups': ['dpo', 'admin'],
  'run backups': ['admin'],
  /** After it the purge erases what has come due: whoever keeps the machine knows its clock, the DPO knows what is lost. */
  /** Whoever keeps the phones knows which address is one of them. */
  'lift bans': ['admin'],
  'confirm time': ['dpo', 'admin'],
} as const satisfies Record<string, readonly Role[]>;

export type Act = keyof typeof mayDo;

export const may = (person: { readonly roles: readonly Role[] }, act: Act): boolean =>
  person.roles.some((role) => (mayDo[act] as readonly Role[]).includes(role));

/** Whether `person` may open a recording whose purpose lets the roles in `mayOpen` do so. */
export const mayOpen = (person: { readonly roles: readonly Role[] }, mayOpen: readonly string[]): boolean =>
  may(person, 'open recordings') && person.roles.some((role) => mayOpen.includes(role));
