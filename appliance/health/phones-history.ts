/** How many phones were registered at most within a day: what the present number is laid beside. */

const HOUR_MS = 3_600_000;

/** Hours that are looked back, the present one included: people who come at eight are not news at nine. */
const HOURS = 25;

export interface PhonesHistory {
  /** `nowMs`: wall clock. Returns the most within a day, this one included. */
  note(registered: number, nowMs: number): number;
}

export function phonesHistory(): PhonesHistory {
  const most = new Map<number, number>();
  return {
    note(registered, nowMs) {
      const hour = Math.floor(nowMs / HOUR_MS);
      most.set(hour, Math.max(most.get(hour) ?? 0, registered));
      for (const old of most.keys()) if (Math.abs(hour - old) >= HOURS) most.delete(old);
      return Math.max(...most.values());
    },
  };
}
