/** What is said of an incident to whom it concerns, and that it was. */
import { type Language, languages } from '@belkluis/shared/policy/fields';
import { transact } from '../db/transact.ts';
import { eachByKey } from './by-key.ts';
import type { Incident } from './incidents.ts';
import { BATCH } from './limits.ts';
import { type Message, type Parts, type Tell, view } from './parts.ts';
import { words } from './words/words.ts';

/** The notice to a controller. What is said is in the operator's words; what it is, in the reader's language. */
export function incidentText(language: Language, { drill, what, about, foundAt, steps }: Incident): string {
  const w = words[language];
  const at = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    ...{ dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' },
  } as const).format(foundAt);
  return [
    ...(drill ? [w.drill] : []),
    w.notice.incident,
    `${w.notice.found}: ${at} UTC`,
    `${w.notice.what}: ${what}`,
    `${w.notice.about}: ${about}`,
    ...(steps.length === 0 ? [] : [`${w.notice.steps}: ${steps.map(({ text }) => text).join(' ')}`]),
    ...(drill ? [w.drill] : []),
  ].join('\n');
}

/** Tells those whom it, or a later step of it, has reached by no channel yet. */
export function openIncidentTelling({ database, append, log, batch = BATCH }: Parts) {
  /** Returns how many were reached. */
  return function tellOf(is: Incident, tell: Tell): Promise<number> {
    const [incident, step] = [is.id, is.steps.length];
    const text = Object.fromEntries(languages.map((one) => [one, incidentText(one, is)])) as Message['text'];
    const said = { is: 'incident', drill: is.drill, edition: `${incident} ${step}`, text } as const;
    return eachByKey({
      ...{ batch, log },
      page: (after: { readonly customer: string } | undefined) =>
        view(database)
          .selectFrom('incident_notices')
          .select(['msp', 'customer'])
          .where('incident', '=', incident)
          .where('told_step', '<', step)
          .where('customer', '>', after?.customer ?? '')
          .orderBy('customer')
          .limit(batch)
          .execute(),
      async act({ msp, customer }) {
        const reachedAt = await tell({ ...said, msp, customer });
        if (reachedAt === null) return false;
        return await transact(database, async (inner) => {
          const { numUpdatedRows } = await view(inner)
            .updateTable('incident_notices')
            .set(({ fn, val }) => ({ told_at: fn.coalesce('told_at', val(reachedAt)), told_step: step }))
            .where('incident', '=', incident)
            .where('customer', '=', customer)
            .where('told_step', '<', step)
            .executeTakeFirst();
          // Another process was first, and has said so.
          if (numUpdatedRows === 0n) return false;
          await append({ kind: 'incident_told', actor: 'fleet', facts: { msp, of: customer, incident, step } }, inner);
          return true;
        });
      },
    });
  };
}
