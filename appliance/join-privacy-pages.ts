/** What the desk's pages ask of documents, acknowledgements and objections, joined to the rooms that keep them. */
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Phones } from './access/phones.ts';
import { normalise } from './calls/numbers.ts';
import { countedOf } from './join-documents.ts';
import type { Lines } from './lines/schema.ts';
import type { VerifiedPolicy } from './policy/verify.ts';
import { rolesFor } from './privacy/catalogue-model.ts';
import { allTold } from './privacy/catalogue-text.ts';
import { stores } from './privacy/data-catalogue.ts';
import type { KeptRegister } from './privacy/keep-register.ts';
import { createNotices } from './privacy/notices.ts';
import type { Privacy } from './privacy/privacy.ts';
import { problem } from './privacy/problems.ts';
import type { Catalogue } from './vault/catalogue.ts';
import type { PrivacyServices, StoredThing } from './web/privacy-services.ts';

const DAY_MS = 86_400_000;

export interface PrivacyPagesParts {
  readonly privacy: Privacy;
  readonly register: KeptRegister;
  readonly phones: Pick<Phones, 'list'>;
  readonly catalogue: Pick<Catalogue, 'objections' | 'countBegun'>;
  policy(): VerifiedPolicy | null;
  lines(): Lines;
  /** Append to the audit log. @throws Problem `audit_failed`: then nothing is done. */
  readonly append: (entry: AuditEntry) => unknown;
  readonly appendAll: (entries: readonly AuditEntry[]) => unknown;
  /** Days that what people asked for is kept. */
  requestDays(): number;
  readonly clock: Clock;
  readonly chance: Chance;
}

const leavingWords = (leaving: (typeof stores)[number]['leaving']): string =>
  typeof leaving === 'string' ? `after the days of ${leaving}` : leaving.until;

/** Everything that the box stores: columns of databases, and what is in none. */
function storedThings(): readonly StoredThing[] {
  const columns = allTold().map(
    ({ database, table, column, personal, category, why, leaving, roles }): StoredThing => ({
      place: database,
      what: `${table}.${column}`,
      ...{ personal, category, why, roles },
      leaving: leavingWords(leaving),
    }),
  );
  const others = stores.map(
    ({ what, files, personal, category, why, leaving, acts }): StoredThing => ({
      place: files === null ? 'memory' : 'files',
      ...{ what, personal, category, why },
      leaving: leavingWords(leaving),
      roles: rolesFor(acts),
    }),
  );
  return [...columns, ...others];
}

export function joinPrivacyPages(parts: PrivacyPagesParts): PrivacyServices {
  const { privacy, register, phones, catalogue, policy, lines, append, appendAll, requestDays, clock, chance } = parts;
  const notices = createNotices({
    acknowledgements: privacy.acknowledgements,
    policy: () => policy()?.policy ?? null,
    appendAll,
    clock,
  });
  const purposeKnown = (id: string | null) =>
    id === null || (policy()?.policy.purposes.some((purpose) => purpose.id === id) ?? false);
  return {
    register: {
      state: register.check,
      versions: () => [...privacy.registers.list()].sort((a, b) => b.version - a.version),
      get: (version) => privacy.registers.get(version)?.register ?? null,
    },
    notices: {
      list: () => notices.list(phones.list().map(({ user }) => user)),
      acknowledge(person, extensions, purpose) {
        const at = clock.now();
        notices.acknowledge(
          extensions.map((extension) => ({ extension, purpose, version: null, at })),
          'paper',
          person.id,
        );
      },
      withdraw: (person, extension, purpose) => notices.withdraw(extension, purpose, person.id),
    },
    objections: {
      list(person) {
        const all = catalogue.objections.list();
        const facts = { party: null, purpose: null, from: null, until: null, found: all.length };
        if (all.length > 0) append({ kind: 'search', actor: person.id, facts });
        return all;
      },
      add(person, typed, purpose, caseRef) {
        if (!purposeKnown(purpose)) throw problem('purpose_unknown', purpose ?? undefined);
        const [id, since] = [randomHex(chance, 16), clock.now()];
        // As calls write it, so that the next one meets it.
        const number = normalise(typed, lines().numbering);
        const expiresAt = since + requestDays() * DAY_MS;
        catalogue.objections.keep({ id, number, purpose, since, how: 'desk', caseRef, expiresAt }, () =>
          append({ kind: 'objection_kept', actor: person.id, facts: { objection: id, purpose, how: 'desk' } }),
        );
      },
      remove(person, id) {
        catalogue.objections.remove(id, ({ purpose }) =>
          append({ kind: 'objection_removed', actor: person.id, facts: { objection: id, purpose } }),
        );
      },
    },
    counted() {
      const inForce = policy()?.policy;
      return inForce ? countedOf(catalogue, inForce, clock.now()) : { recordings: 0 };
    },
    stored: storedThings,
  };
}
