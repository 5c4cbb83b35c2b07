/** The order among servers of one priority: by chance, in proportion to their weights (RFC 2782). */
import type { Chance } from '@belkluis/shared/base/chance';

interface Ranked {
  readonly priority: number;
  readonly weight: number;
}

/** A whole number from 0 to `most`, `most` included. Six bytes: what is lost to the division is beyond noticing. */
const upTo = (chance: Chance, most: number): number => chance.bytes(6).readUIntBE(0, 6) % (most + 1);

function shuffled<T extends Ranked>(equals: readonly T[], chance: Chance): T[] {
  // RFC 2782: those without weight first, so that they are taken almost never while others have some.
  const left = [...equals].sort((a, b) => a.weight - b.weight);
  const order: T[] = [];
  while (left.length > 0) {
    const drawn = upTo(
      chance,
      left.reduce((sum, { weight }) => sum + weight, 0),
    );
    let sum = 0;
    const index = left.findIndex(({ weight }) => {
      sum += weight;
      return sum >= drawn;
    });
    order.push(...left.splice(index, 1));
  }
  return order;
}

/** Lower priorities first, among equals by weight. */
export function inOrder<T extends Ranked>(items: readonly T[], chance: Chance): T[] {
  const priorities = [...new Set(items.map(({ priority }) => priority))].sort((a, b) => a - b);
  return priorities.flatMap((priority) =>
    shuffled(
      items.filter((item) => item.priority === priority),
      chance,
    ),
  );
}
