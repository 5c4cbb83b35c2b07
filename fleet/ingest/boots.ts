/** Two copies of one box show themselves: each has its own start, and a start that was over comes back. */
import { BOOTS_REMEMBERED } from './limits.ts';

export class Boots {
  readonly #known = new Map<string, string[]>();

  /** `box` said that it is there, in its start `boot`. True: in one that another start had followed. */
  cameBack(box: string, boot: string): boolean {
    const known = this.#known.get(box) ?? [];
    if (known.at(-1) === boot) return false;
    this.#known.set(box, [...known.filter((one) => one !== boot), boot].slice(-BOOTS_REMEMBERED));
    return known.includes(boot);
  }
}
