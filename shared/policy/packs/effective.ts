/** Whether something that has effective dates binds at an instant. */

/** `at`: wall clock, ms. Days are those of UTC; `until` is the first on which it does not bind any more. */
export function binds({ from, until }: { readonly from: string; readonly until?: string }, at: number): boolean {
  const today = new Date(at).toISOString().slice(0, 10);
  return from <= today && (until === undefined || today < until);
}
