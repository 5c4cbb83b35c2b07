import type { Arrival, Take } from './broker.ts';
import { matches } from './filter.ts';

/** Who takes what. */
export class Takers {
  readonly #all: { readonly filter: string; readonly take: Take }[] = [];

  add(filter: string, take: Take): void {
    this.#all.push({ filter, take });
  }

  get filters(): readonly string[] {
    return [...new Set(this.#all.map(({ filter }) => filter))];
  }

  /** Resolves when everybody who takes it has; rejects when one could not. */
  async give(arrival: Arrival): Promise<void> {
    await Promise.all(
      this.#all.filter(({ filter }) => matches(filter, arrival.topic)).map(({ take }) => take(arrival)),
    );
  }
}
