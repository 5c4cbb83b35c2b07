/** Documents, acknowledgements and objections for a desk under test: kept in memory, written down as the box does. */
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { randomHex, systemChance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { problemsOf } from '@belkluis/shared/base/problem';
import type { PolicyInForce } from '@belkluis/shared/policy/decide';
import { type Register, registerOf } from '@belkluis/shared/policy/documents/register';
import type { ExtensionNotices, ObjectionRow, PrivacyServices, StoredThing } from '../privacy-services.ts';

const problem = problemsOf({
  extension_name: 'No extension.',
  acknowledgement_unknown: 'None.',
  number_wrong: 'No number.',
  objection_unknown: 'None.',
});

interface Parts {
  readonly clock: Clock;
  readonly append: (entry: AuditEntry) => void;
  readonly policy: () => PolicyInForce | null;
}

export function testPrivacy({ clock, append, policy }: Parts) {
  const world = {
    phones: ['201', '202'],
    drift: [] as string[],
    recordings: 0,
    kept: [] as Register[],
    acknowledged: new Map<string, { at: number; how: string; notedBy: string }>(),
    objections: [] as ObjectionRow[],
    stored: [
      {
        place: 'phones.db',
        what: 'phones.user',
        personal: true,
        category: 'directory',
        why: 'Says which phone it is.',
        leaving: 'directory',
        roles: ['dpo', 'admin'],
      },
    ] as StoredThing[],
  };
  const live = () =>
    registerOf(policy(), { deviceId: '0'.repeat(32), people: [], destinations: [], signallingHours: 2 });
  const purposes = () => policy()?.policy.purposes ?? [];
  const services: PrivacyServices = {
    register: {
      state: () => ({ live: live(), recorded: { version: 1, at: clock.now(), cause: 'policy' }, drift: world.drift }),
      versions: () => world.kept.map((_, at) => ({ version: at + 1, at: clock.now(), cause: 'policy' })),
      get: (version) => world.kept[version - 1] ?? null,
    },
    notices: {
      list: () =>
        world.phones.map(
          (extension): ExtensionNotices => ({
            extension,
            notices: purposes().map(({ id: purpose }) => {
              const acknowledgement = world.acknowledged.get(`${extension} ${purpose}`) ?? null;
              return { purpose, state: acknowledgement ? 'acknowledged' : 'missing', acknowledgement };
            }),
          }),
        ),
      acknowledge(person, extensions, purpose) {
        for (const one of extensions) if (!/^[\w.+-]{1,64}$/.test(one)) throw problem('extension_name', one);
        for (const { id } of purposes().filter((one) => purpose === null || one.id === purpose))
          for (const extension of extensions) {
            append({
              kind: 'notice_acknowledged',
              actor: person.id,
              facts: { extension, purpose: id, version: 'a'.repeat(64), how: 'paper' },
            });
            world.acknowledged.set(`${extension} ${id}`, { at: clock.now(), how: 'paper', notedBy: person.id });
          }
      },
      withdraw(person, extension, purpose) {
        const keys = [...world.acknowledged.keys()].filter((key) => key.startsWith(`${extension} `));
        if (keys.length === 0) throw problem('acknowledgement_unknown');
        append({ kind: 'acknowledgement_withdrawn', actor: person.id, facts: { extension, purpose } });
        for (const key of keys) world.acknowledged.delete(key);
      },
    },
    objections: {
      list: () => world.objections,
      add(person, number, purpose, caseRef) {
        if (!/\d/.test(number)) throw problem('number_wrong');
        const id = randomHex(systemChance, 16);
        append({ kind: 'objection_kept', actor: person.id, facts: { objection: id, purpose, how: 'desk' } });
        const since = clock.now();
        world.objections.unshift({ id, number, purpose, since, how: 'desk', caseRef, expiresAt: since + 1e10 });
      },
      remove(person, id) {
        const found = world.objections.find((one) => one.id === id);
        if (!found) throw problem('objection_unknown');
        append({ kind: 'objection_removed', actor: person.id, facts: { objection: id, purpose: found.purpose } });
        world.objections = world.objections.filter((one) => one !== found);
      },
    },
    counted: () => ({ recordings: world.recordings }),
    stored: () => world.stored,
  };
  return { world, services };
}
