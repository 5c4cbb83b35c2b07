import { numbered, type Said, type Store } from '../store.ts';

/** A store as the real one behaves, in memory: what a test looks into. */
export interface MemoryStore extends Store {
  /** The inventory. */
  readonly boxes: Set<string>;
  readonly kept: Said[];
  /** Whether the next messages cannot be kept. */
  fails: boolean;
}

export function memoryStore(): MemoryStore {
  const store: MemoryStore = {
    boxes: new Set(),
    kept: [],
    fails: false,
    async keep(said) {
      if (store.fails) throw new Error('no room');
      if (!store.boxes.has(said.box)) return 'box_unknown';
      const own = store.kept.filter(({ box }) => box === said.box);
      const same = own.find(({ message }) => message.id === said.message.id);
      if (same) return same.digest === said.digest ? 'seen' : 'changed';
      store.kept.push(said);
      const before = own.some(({ kind, message }) => numbered.has(kind) && message.seq === said.message.seq);
      return numbered.has(said.kind) && before ? 'number_taken' : 'kept';
    },
    skewOf: async (box) => store.kept.findLast((said) => said.box === box)?.skewMs ?? null,
  };
  return store;
}
