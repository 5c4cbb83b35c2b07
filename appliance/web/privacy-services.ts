/** What the desk's pages ask of documents, acknowledgements, objections and the catalogue of data. Instants are wall clock, ms. */
import type { Counted } from '@belkluis/shared/policy/documents/dpia';
import type { Register } from '@belkluis/shared/policy/documents/register';
import type { Person } from '../access/people.ts';

export interface RegisterVersion {
  readonly version: number;
  readonly at: number;
  /** `policy`, `roles`, `start` or `asked`. */
  readonly cause: string;
}

export interface RegisterServices {
  /** What is so now, the version that says it, and by name what differs from it. */
  state(): { readonly live: Register; readonly recorded: RegisterVersion | null; readonly drift: readonly string[] };
  /** Newest first. */
  versions(): readonly RegisterVersion[];
  /** Null: there is no such version. */
  get(version: number): Register | null;
}

/** What an extension has of each purpose that concerns it. */
export interface ExtensionNotices {
  readonly extension: string;
  readonly notices: readonly {
    readonly purpose: string;
    readonly state: 'acknowledged' | 'outdated' | 'missing';
    readonly acknowledgement: { readonly at: number; readonly how: string; readonly notedBy: string } | null;
  }[];
}

export interface NoticeServices {
  list(): readonly ExtensionNotices[];
  /**
   * Notes that somebody has signed the present notice. `purpose` null: of every purpose. Appends first.
   * @throws Problem `extension_name`, `purpose_unknown`, `audit_failed`.
   */
  acknowledge(person: Person, extensions: readonly string[], purpose: string | null): void;
  /** Takes it back: calls with the extension are not recorded any more. @throws Problem `acknowledgement_unknown`, `audit_failed`. */
  withdraw(person: Person, extension: string, purpose: string | null): void;
}

/** A number whose owner does not want to be recorded. */
export interface ObjectionRow {
  readonly id: string;
  readonly number: string;
  /** Null: whatever the purpose. */
  readonly purpose: string | null;
  readonly since: number;
  readonly how: string;
  readonly caseRef: string | null;
  /** When it leaves unless a call meets it before. */
  readonly expiresAt: number;
}

export interface ObjectionServices {
  /** Newest first. Who looked is in the log before anything is shown. @throws Problem `audit_failed`. */
  list(person: Person): readonly ObjectionRow[];
  /** @throws Problem `number_wrong`, `number_withheld`, `case_wrong`, `objections_full`, `audit_failed`. */
  add(person: Person, number: string, purpose: string | null, caseRef: string | null): void;
  /** @throws Problem `objection_unknown`, `audit_failed`. */
  remove(person: Person, id: string): void;
}

/** Something that the box stores. */
export interface StoredThing {
  readonly place: string;
  readonly what: string;
  readonly personal: boolean;
  readonly category: string;
  readonly why: string;
  /** The class whose term of the policy it has, or in words how it leaves. */
  readonly leaving: string;
  readonly roles: readonly string[];
}

export interface PrivacyServices {
  readonly register: RegisterServices;
  readonly notices: NoticeServices;
  readonly objections: ObjectionServices;
  /** Recordings of the last 30 days, as far as the law asks for their number. */
  counted(): Counted;
  /** Everything that the box stores, by the place where it is. */
  stored(): readonly StoredThing[];
}
