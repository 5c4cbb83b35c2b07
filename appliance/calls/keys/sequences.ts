/** Sequences such as `*8`, out of keys that are pressed one after the other. Pure; times are arguments. */

/** How long after one key the next may come, ms: people look for it on the phone. */
const NEXT_KEY_MS = 3000;

/** `within`: it may become one yet. */
export type Heard<Name extends string> =
  | { readonly is: 'whole'; readonly name: Name }
  | { readonly is: 'within' | 'none' };

/** Keys of one phone. `wanted`: what each sequence is called. */
export function sequences<Name extends string>(wanted: () => Readonly<Record<Name, string>> | null) {
  let pressed = '';
  let lastAt = Number.NEGATIVE_INFINITY;
  return {
    /** `at`: monotonic, ms. */
    press(key: string, at: number): Heard<Name> {
      if (at - lastAt > NEXT_KEY_MS) pressed = '';
      lastAt = at;
      const all = Object.entries(wanted() ?? {}) as [Name, string][];
      const begins = (keys: string) => all.some(([, sequence]) => sequence.startsWith(keys));
      // A wrong key may be the first of the next.
      pressed = begins(pressed + key) ? pressed + key : begins(key) ? key : '';
      const whole = all.find(([, sequence]) => sequence === pressed);
      if (!whole) return { is: pressed === '' ? 'none' : 'within' };
      pressed = '';
      return { is: 'whole', name: whole[0] };
    },
  };
}
