/** Sessions in memory, within bounds: what is lost with the process the database sends again. */

import type { Client, Subscription } from 'aedes';
import MemoryPersistence from 'aedes-persistence/asyncPersistence.js';
import { MAX_WAITING } from '../limits.ts';
import { maySubscribe } from '../rights.ts';

type Packet = Parameters<MemoryPersistence['outgoingEnqueueCombi']>[1];

export class Sessions extends MemoryPersistence {
  readonly #waiting = new Map<string, number>();
  readonly #full: () => void;

  /** `full`: called for a message that no longer fits into a session. */
  constructor(full: () => void) {
    super();
    this.#full = full;
  }

  // aedes stores all filters of a packet, those that were refused too, and would keep what comes under them while the box is away.
  override async addSubscriptions(client: Client, subscriptions: Subscription[]): Promise<void> {
    const own = subscriptions.filter(({ topic }) => maySubscribe(client.id, topic));
    if (own.length > 0) await super.addSubscriptions(client, own);
  }

  override async outgoingEnqueueCombi(subscriptions: { clientId: string }[], packet: Packet): Promise<void> {
    const fitting = subscriptions.filter(({ clientId }) => {
      const waiting = this.#waiting.get(clientId) ?? 0;
      if (waiting >= MAX_WAITING) this.#full();
      else this.#waiting.set(clientId, waiting + 1);
      return waiting < MAX_WAITING;
    });
    await super.outgoingEnqueueCombi(fitting, packet);
  }

  override async outgoingClearMessageId(client: Client, packet: Packet): Promise<Packet | undefined> {
    const cleared = await super.outgoingClearMessageId(client, packet);
    const waiting = this.#waiting.get(client.id) ?? 0;
    if (cleared && waiting > 0) this.#waiting.set(client.id, waiting - 1);
    return cleared;
  }

  /** Nothing of `box` is left: no filter, no message. */
  async forget(box: string): Promise<void> {
    const client = { id: box } as Client;
    await this.cleanSubscriptions(client);
    for await (const packet of this.outgoingStream(client)) await this.outgoingClearMessageId(client, packet as Packet);
    this.#waiting.delete(box);
  }
}
