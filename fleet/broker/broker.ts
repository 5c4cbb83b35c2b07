/** What the fleet needs of an MQTT 3.1.1 broker, whichever it is. Topics and rights are the contract's. */

/** Something that a box said. */
export interface Arrival {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1;
  /** Kept by the broker and handed over late: it says what was, not that its box is there now. */
  readonly retained: boolean;
  /** Sent once more, because its sender saw no acknowledgement (MQTT 3.1.1, 3.3.1.1 DUP). */
  readonly again: boolean;
}

/**
 * Takes what a box said. Once it resolves, the message is acknowledged and its box forgets it: so it resolves when the message is kept, or
 * is to be forgotten. When it rejects nothing is acknowledged; the message comes again.
 */
export type Take = (arrival: Arrival) => Promise<void> | void;

export interface PublishOptions {
  readonly qos: 0 | 1;
  /** An empty payload takes back what was retained. */
  readonly retain: boolean;
}

export interface Broker {
  /** Resolves when the broker has it. @throws Problem `topic_foreign`, `message_large`, `broker_closed`, `broker_unreachable`. */
  publish(topic: string, payload: Uint8Array, options: PublishOptions): Promise<void>;
  /** Hands over what boxes say under `filter` (MQTT 3.1.1, 4.7). To be called before `start`: what nobody takes is acknowledged and gone. */
  onMessage(filter: string, take: Take): void;
  /** From now on boxes are heard. Resolves when they are. */
  start(): Promise<void>;
  /**
   * Ends the connection of a box, and forgets its session with what waited in it. It may come back: whether it is let in is asked then.
   * @throws Problem `kick_failed`.
   */
  kick(box: string): Promise<void>;
  /** Boxes that are connected now; null when this broker does not tell: then what they said last has to do. */
  connected(): ReadonlySet<string> | null;
  /** Ends in order: what is being kept is acknowledged, the rest comes again. Wills are not told: the boxes did not leave, we did. */
  close(): Promise<void>;
}

/** What happened at a broker that a person may have to look at. Of the box its id alone. */
export interface BrokerNotice {
  readonly code: NoticeCode;
  readonly box: string;
}

export const noticeCodes = {
  clone_suspected:
    'Several connections of one box pushed each other out. Its certificate may have been copied: revoke it.',
  identity_mismatch:
    'A box connected under an id that is not that of its certificate. Its software was changed, or its owner tries others.',
  topic_foreign: 'A box published where it may not. Its software was changed, or it is newer than this fleet.',
  filter_foreign: 'A box asked for messages that are not its own. Its software was changed.',
  will_foreign: 'A box left a last will that is not its own presence. Its software was changed.',
  packet_large: 'A box sent a packet larger than any message may be. It was disconnected.',
  packet_malformed: 'A box sent what is not MQTT. It was disconnected.',
  flood: 'A box sent more than it can have to say. It was disconnected; others were not affected.',
} as const;

export type NoticeCode = keyof typeof noticeCodes;
