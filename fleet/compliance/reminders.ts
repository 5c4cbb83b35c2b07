/** Who is reminded of agreements that end. */
import { languages } from '@belkluis/shared/policy/fields';
import { eachByKey } from './by-key.ts';
import { BATCH, DAY_MS, GRACE_DAYS, REMINDER_DAYS } from './limits.ts';
import { type Message, type Parts, type Tell, view, zoneOf } from './parts.ts';
import { reminderDue } from './standing.ts';
import { dayIn, words } from './words/words.ts';

/** Days and not how many: how many there are left depends on when and where it is read. */
function reminderOf(
  msp: string,
  customer: string,
  { mark, until, zone }: { readonly mark: number; readonly until: number; readonly zone: string },
): Message {
  const text = Object.fromEntries(
    languages.map((language) => {
      const { notice } = words[language];
      const day = (at: number) => dayIn(at, language, zone);
      return [
        language,
        mark <= 0 ? notice.ended(day(until), day(until + GRACE_DAYS * DAY_MS)) : notice.ends(day(until)),
      ];
    }),
  ) as Message['text'];
  return {
    is: mark <= 0 ? 'agreement_ended' : 'agreement_ends',
    msp,
    customer,
    drill: false,
    edition: String(mark),
    text,
  };
}

export function openReminders({ database, clock, log, timeZone, batch = BATCH }: Parts) {
  const db = view(database);
  /** Tells of agreements that end; each mark once, whoever is reached, until nothing more follows from the end. Returns how many were told. */
  return async function remind(tell: Tell): Promise<number> {
    const now = clock.now();
    const zones = new Map<string, string>();
    return await eachByKey({
      ...{ batch, log },
      page(after: { readonly id: string } | undefined) {
        const query = db
          .selectFrom('processing_agreements')
          .innerJoin('customers', 'customers.id', 'processing_agreements.customer')
          .innerJoin('msps', 'msps.id', 'processing_agreements.msp')
          .select(['processing_agreements.id', 'processing_agreements.msp', 'customer', 'until_at', 'reminded'])
          .where('state', '=', 'signed')
          .where('until_at', '<=', now + REMINDER_DAYS[0] * DAY_MS)
          .where('until_at', '>', now - GRACE_DAYS * DAY_MS)
          .where((is) => is.or([is('reminded', 'is', null), is('reminded', '>', REMINDER_DAYS.at(-1)!)]))
          .where('customers.archived_at', 'is', null)
          .where('msps.archived_at', 'is', null)
          .orderBy('processing_agreements.id')
          .limit(batch);
        return (after ? query.where('processing_agreements.id', '>', after.id) : query).execute();
      },
      async act({ id, msp, customer, until_at, reminded }) {
        const mark = reminderDue(until_at, reminded, now);
        if (mark === null) return false;
        const zone = zones.get(msp) ?? (await zoneOf(db, msp, timeZone));
        zones.set(msp, zone);
        if ((await tell(reminderOf(msp, customer, { mark, until: until_at!, zone }))) === null) return false;
        await db.updateTable('processing_agreements').set({ reminded: mark }).where('id', '=', id).execute();
        return true;
      },
    });
  };
}
