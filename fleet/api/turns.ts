/** Work on the same thing, one after the other: within this process. */

export function openTurns() {
  const last = new Map<string, Promise<unknown>>();
  return {
    /** Does `work` once all that was asked of `thing` before is over. */
    async take<Result>(thing: string, work: () => Promise<Result>): Promise<Result> {
      const mine = (last.get(thing) ?? Promise.resolve()).then(work);
      const over = mine.catch(() => {});
      last.set(thing, over);
      try {
        return await mine;
      } finally {
        if (last.get(thing) === over) last.delete(thing);
      }
    },
  };
}
