/** What the desk needs for the person on site: calls and their signalling, phones, the connection test. Instants are wall clock, ms. */
import type { Person } from '../access/people.ts';
import type { PhoneListed } from '../access/phones.ts';
import type { Token } from '../access/tokens.ts';
import type { Account } from '../connection/ask.ts';
import type { Tested } from '../connection/steps.ts';
import type { Answer, AttemptsTold, PhoneCall, Question, Registration, Status } from '../control/protocol.ts';
import type { Link } from '../provisioning/links.ts';
import type { Fetched, Offer } from '../provisioning/provisioning.ts';
import type { TracedCall, TracedMessage } from '../trace/traced.ts';

/** What may be asked of the recording of a live call, and what became of it. */
export type Wish = Question<'steer recording'>['wish'];
export type Steered = Answer<'steer recording'>['became'];

/** Why what was asked for is not so, by the code of its sentence. */
const refusals = {
  legal_retention: 'recording_required',
  no_such_call: 'no_such_call',
  not_recording: 'not_recording',
  already_so: 'already_so',
  pause_not_allowed: 'pause_not_allowed',
} as const;

/** Null: what was asked for is so. */
export const steeringRefusal = (became: Steered): (typeof refusals)[keyof typeof refusals] | null =>
  (refusals as Partial<Record<Steered, (typeof refusals)[keyof typeof refusals]>>)[became] ?? null;

/** Who wants it: a person, or a program by its token. */
export interface Steerer {
  /** Of the person, or of the token. */
  readonly id: string;
  /** The name of the token; absent: a person. */
  readonly token?: string;
}

export interface CallsNow {
  readonly live: Status['calls'];
  readonly counters: Status['counters'];
  /** Newest first. */
  readonly recent: readonly TracedCall[];
}

export interface CallServices {
  /** With numbers: pages mask them for whom they are not. Null: the call process does not answer. */
  now(): Promise<CallsNow | null>;
  /** Null: there is no such call, or it has left, or the call process does not answer. */
  trace(id: string): Promise<{ readonly call: TracedCall; readonly messages: readonly TracedMessage[] } | null>;
  /** Appends who saw who called whom, before it is shown. @throws Problem `audit_failed`. */
  noteNumbers(person: Person, calls: number): void;
  /** Appends who looked at one call, and whether at numbers too, before it is shown. @throws Problem `audit_failed`. */
  noteTrace(person: Person, call: string, numbers: boolean): void;
  /** Appends who wants what of the recording of a live call, then asks for it. Null: the call process does not answer. @throws Problem `audit_failed`. */
  steer(by: Steerer, call: string, wish: Wish): Promise<Steered | null>;
  /** Calls in which an own phone talks now, without who else does. Null: the call process does not answer. */
  ofPhone(user: string): Promise<readonly PhoneCall[] | null>;
  /** Appends that a program wanted what its token is not for. @throws Problem `audit_failed`. */
  noteRefused(token: Token, why: 'extension' | 'wish'): void;
}

export interface PhonesNow {
  readonly phones: readonly PhoneListed[];
  /** Null: the call process does not answer. */
  readonly registrations: readonly Registration[] | null;
  /** Links that wait for their phones. */
  readonly waiting: readonly Link[];
}

export interface PhoneServices {
  now(): Promise<PhonesNow>;
  /** How phones tried to register: `user`, and what may have been any. Null: the call process does not answer. */
  attempts(user: string | null): Promise<AttemptsTold | null>;
  /** What a phone is told besides its user and secret. */
  readonly server: { readonly domain: string; readonly host: string; readonly port: number };
  /** Appends, then adds; the secret is told once. @throws Problem `phone_name`, `phone_exists`, `audit_failed`. */
  add(person: Person, user: string, plainUntil: number): string;
  /** @throws Problem `phone_unknown`, `audit_failed`. */
  remove(person: Person, user: string): void;
  /** The link is told once. @throws Problem `vendor_unknown`, `mac_wrong`, `links_full`, `audit_failed`. */
  offer(person: Person, asked: { readonly user: string; readonly vendor: string; readonly mac: string }): Offer;
  /** For phones, which do not sign in. */
  fetch(token: string, file: string, address: string): Fetched;
  /** PEM of the box's certificate: public. */
  readonly certificate: string;
}

export interface ConnectionServices {
  box(): Promise<readonly Tested[]>;
  /** @throws Problem `target_wrong`, `audit_failed`, `test_running`. */
  to(person: Person, target: string, account: Account | null): Promise<readonly Tested[]>;
  /** @throws Problem `trunk_unknown`, `audit_failed`, `test_running`. */
  trunk(person: Person, id: string): Promise<readonly Tested[]>;
  /** @throws Problem `pbx_unknown`, `audit_failed`, `test_running`. */
  pbx(person: Person): Promise<readonly Tested[]>;
  /** @throws Problem `phone_unknown`, `audit_failed`, `test_running`. */
  phone(person: Person, user: string): Promise<readonly Tested[]>;
}
