/** What we use of a class that the package types, but not under the path at which it lies. */
declare module 'aedes-persistence/asyncPersistence.js' {
  import type { Readable } from 'node:stream';
  import type { AedesPublishPacket, Client, Subscription } from 'aedes';

  export default class MemoryPersistence {
    addSubscriptions(client: Client, subscriptions: Subscription[]): Promise<void>;
    cleanSubscriptions(client: Client): Promise<void>;
    outgoingEnqueueCombi(subscriptions: { clientId: string }[], packet: AedesPublishPacket): Promise<void>;
    outgoingClearMessageId(client: Client, packet: AedesPublishPacket): Promise<AedesPublishPacket | undefined>;
    outgoingStream(client: Client): Readable;
  }
}
