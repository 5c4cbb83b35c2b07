/** Acknowledging notices, as people do it at the desk and in the command line: written down first, then done. */
import type { AuditEntry } from '@belkluis/shared/audit/event';
import type { Clock } from '@belkluis/shared/base/clock';
import { concerns, noticeVersion } from '@belkluis/shared/policy/documents/staff-notice';
import type { Policy } from '@belkluis/shared/policy/schema';
import { type Acknowledgement, type Acknowledgements, checkExtension, type Way } from './acknowledgements.ts';
import { problem } from './problems.ts';

interface Parts {
  readonly acknowledgements: Acknowledgements;
  policy(): Pick<Policy, 'purposes' | 'rules' | 'groups' | 'numbering'> | null;
  /** Appends to the audit log, all or none. @throws Problem when it cannot: then nothing is done. */
  appendAll(entries: readonly AuditEntry[]): unknown;
  readonly clock: Pick<Clock, 'now'>;
}

/** What somebody has said that they have read. */
export interface Acknowledged {
  readonly extension: string;
  /** Null: every purpose of the policy in force. */
  readonly purpose: string | null;
  /** Version of the notice that was read, whole or its beginning; null: the present one. */
  readonly version: string | null;
  /** When, wall clock in ms. */
  readonly at: number;
}

/** `outdated`: of an earlier version of the notice. */
export type NoticeState = 'acknowledged' | 'outdated' | 'missing';

export interface ExtensionNotices {
  readonly extension: string;
  readonly notices: readonly {
    readonly purpose: string;
    readonly state: NoticeState;
    readonly acknowledgement: Acknowledgement | null;
  }[];
}

/** Characters of a version that are enough to name it, as notices print them. */
export const VERSION_SHOWN = 12;

export function createNotices({ acknowledgements, policy, appendAll, clock }: Parts) {
  const purposes = (id: string | null) => {
    const inForce = policy();
    if (!inForce) throw problem('no_policy');
    const wanted = inForce.purposes.filter((purpose) => id === null || purpose.id === id);
    if (id !== null && wanted.length === 0) throw problem('purpose_unknown', id);
    return wanted;
  };
  const rowsOf = ({ extension, purpose: id, version, at }: Acknowledged, how: Way, notedBy: string) => {
    checkExtension(extension);
    if (at > clock.now()) throw problem('acknowledged_ahead', new Date(at).toISOString());
    return purposes(id).map((purpose): Acknowledgement => {
      const present = noticeVersion(purpose);
      if (version !== null && (version.length < VERSION_SHOWN || !present.startsWith(version)))
        throw problem(
          'notice_outdated',
          `${extension}, ${purpose.id}: ${version} is not ${present.slice(0, VERSION_SHOWN)}`,
        );
      return { extension, purpose: purpose.id, version: present, at, how, notedBy };
    });
  };
  return {
    /**
     * Keeps all of them, or none. Returns what was kept.
     * @throws Problem `no_policy`, `purpose_unknown`, `extension_name`, `notice_outdated`, `acknowledged_ahead`, of the audit log.
     */
    acknowledge(all: readonly Acknowledged[], how: Way, actor: string): readonly Acknowledgement[] {
      const rows = all.flatMap((one) => rowsOf(one, how, actor));
      appendAll(
        rows.map(({ extension, purpose, version }) => ({
          kind: 'notice_acknowledged',
          actor,
          facts: { extension, purpose, version, how },
        })),
      );
      acknowledgements.add(rows, clock.now());
      return rows;
    },
    /** Takes it back: calls with the extension are not recorded any more. @throws Problem `acknowledgement_unknown`, of the audit log. */
    withdraw(extension: string, purpose: string | null, actor: string): void {
      const there = acknowledgements
        .list(clock.now())
        .some((one) => one.extension === extension && (purpose === null || one.purpose === purpose));
      if (!there) throw problem('acknowledgement_unknown', extension);
      appendAll([{ kind: 'acknowledgement_withdrawn', actor, facts: { extension, purpose } }]);
      acknowledgements.remove(extension, purpose);
    },
    /**
     * For each extension that is known, by an account or by an acknowledgement, what it has of each purpose in force that concerns it. Own
     * calls concern the other side as well, so a rule for some extensions concerns whom they call; that is not foreseen here.
     */
    list(accounts: readonly string[]): readonly ExtensionNotices[] {
      const inForce = policy();
      const kept = acknowledgements.list(clock.now());
      const extensions = [...new Set([...accounts, ...kept.map((one) => one.extension)])].sort();
      const found = new Map(kept.map((one) => [`${one.extension} ${one.purpose}`, one]));
      const stateOf = (acknowledgement: Acknowledgement | null, present: string): NoticeState => {
        if (!acknowledgement) return 'missing';
        return acknowledgement.version === present ? 'acknowledged' : 'outdated';
      };
      return extensions.map((extension) => ({
        extension,
        notices: (inForce?.purposes ?? [])
          .filter((purpose) => concerns(inForce!, purpose, extension))
          .map((purpose) => {
            const acknowledgement = found.get(`${extension} ${purpose.id}`) ?? null;
            return { purpose: purpose.id, state: stateOf(acknowledgement, noticeVersion(purpose)), acknowledgement };
          }),
      }));
    },
  };
}
