/** Phones as people handle them, at the desk and in the command line: written down first, then done. */
import type { AuditEntry } from '@belkluis/shared/audit/event';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { checkPhoneName, type Phones, phoneProblem } from './access/phones.ts';
import type { Acknowledgements } from './privacy/acknowledgements.ts';
import type { Links } from './provisioning/links.ts';
import type { ProvisioningParts } from './provisioning/provisioning.ts';

interface Parts {
  readonly phones: Phones;
  readonly links: Links;
  readonly acknowledgements: Pick<Acknowledgements, 'remove'>;
  /** Appends to the audit log. @throws Problem when it cannot be written. */
  readonly append: (entry: AuditEntry) => void;
  /** SIP domain: the digest realm. */
  readonly realm: string;
  readonly clock: Clock;
  readonly chance: Chance;
}

export interface PhoneActs {
  /** The secret of a new phone, told once. @throws Problem `phone_name`, `phone_exists`, of the audit log. */
  add(user: string, plainUntil: number, actor: string): string;
  /** Takes a phone out, and a link that waits for it. @throws Problem `phone_unknown`, of the audit log. */
  remove(user: string, actor: string): void;
  readonly accounts: ProvisioningParts['accounts'];
}

export function joinPhones({ phones, links, acknowledgements, append, realm, clock, chance }: Parts): PhoneActs {
  const add: PhoneActs['add'] = (user, plainUntil, actor) => {
    checkPhoneName(user);
    if (phones.find(user)) throw phoneProblem('phone_exists');
    append({ kind: 'phone_added', actor, facts: { phone: user, plainUntil } });
    return phones.add({ user, realm, plainUntil, now: clock.now(), chance });
  };
  return {
    add,
    remove(user, actor) {
      if (!phones.find(user)) throw phoneProblem('phone_unknown', user);
      append({ kind: 'phone_removed', actor, facts: { phone: user } });
      links.withdraw(user);
      // Before the account: nobody who gets a phone of this name is taken for who had it.
      acknowledgements.remove(user, null);
      phones.remove(user);
      phones.scour();
    },
    accounts: {
      ensure(user, actor) {
        if (!phones.find(user)) add(user, 0, actor);
      },
      renew: (user) => phones.renew(user, realm, chance),
    },
  };
}
