/** What is dialled and pressed, and that no key begins another: what begins it is acted on, or waited for, before the rest is pressed. */
import { z } from 'zod';
import { keySequence } from './fields.ts';
import type { Purpose } from './purpose.ts';

/** What phones of the organisation press. */
export const keysSchema = z.strictObject({
  private: keySequence.describe('Pressed during a call, or dialled before a number: this call is not recorded.'),
  pause: keySequence.describe('Pressed during a call: recording pauses, and once more: it goes on.'),
  start: keySequence.describe('Pressed during a call: recording begins, where a rule leaves that to people.'),
});

type Path = readonly (string | number)[];

interface Pressed {
  readonly at: Path;
  readonly keys: string;
}

/** What answers a purpose; that the two of one purpose differ is the purpose's own business. */
function answersOf({ consent }: Pick<Purpose, 'consent'>, index: number): readonly Pressed[] {
  const at = (name: string): Path => ['purposes', index, 'consent', name];
  switch (consent.mode) {
    case 'inform':
      return [];
    case 'opt-out':
      return [{ at: at('key'), keys: consent.key }];
    case 'opt-in':
      return [
        { at: at('key'), keys: consent.key },
        { at: at('refuseKey'), keys: consent.refuseKey },
      ];
  }
}

/**
 * Refuses keys of which one begins another one, or is the same. Keys that answer belong to one purpose each, and only one is asked for in a
 * call; what phones here press is listened to in all of them.
 */
export function checkKeys(
  {
    keys,
    purposes,
  }: { readonly keys: z.infer<typeof keysSchema>; readonly purposes: readonly Pick<Purpose, 'consent'>[] },
  refuse: (path: Path, message: string) => void,
): void {
  const own = Object.entries(keys).map(([name, sequence]): Pressed => ({ at: ['keys', name], keys: sequence }));
  for (const [index, one] of [...own, ...purposes.flatMap(answersOf)].entries()) {
    const other = own.slice(0, index).find((of) => of.keys.startsWith(one.keys) || one.keys.startsWith(of.keys));
    if (!other) continue;
    const named = `${other.keys}, which is ${other.at.join('.')}`;
    const why = one.keys.length > other.keys.length ? `begins with ${named}` : `is the beginning of ${named}`;
    refuse(
      one.at,
      `${one.keys === other.keys ? `is the same as ${named}` : why}: choose keys of which none begins another`,
    );
  }
}
