/** Who may publish and read what at a broker: own messages of the contract, to the letter. */
import { upMessages } from '@belkluis/shared/contract/messages';
import {
  BROADCAST_TOPIC,
  downFilter,
  downTopic,
  type MessageName,
  parseTopic,
  upTopic,
} from '@belkluis/shared/contract/topics';

const isUp = (kind: MessageName): kind is keyof typeof upMessages => Object.hasOwn(upMessages, kind);

/** Whether `box` may publish to `topic`. */
export function mayPublish(box: string, topic: string): boolean {
  const parsed = parseTopic(topic);
  return parsed !== null && parsed.box === box && isUp(parsed.kind);
}

/** Whether `box` may subscribe to `filter`. The list is closed, so a box cannot fill memory with filters either. */
export function maySubscribe(box: string, filter: string): boolean {
  const own = downFilter(box);
  return [
    own,
    `${own.slice(0, -1)}cmd/+`,
    downTopic('desired', box),
    downTopic('certificate', box),
    downTopic('cosignature', box),
    BROADCAST_TOPIC,
  ].includes(filter);
}

/** Whether a message under `topic` may reach `box`. */
export function mayRead(box: string, topic: string): boolean {
  const parsed = parseTopic(topic);
  return parsed !== null && (parsed.box === box || parsed.box === null) && !isUp(parsed.kind);
}

/** Whether the fleet may publish to `topic`. */
export function mayFleetPublish(topic: string): boolean {
  const parsed = parseTopic(topic);
  return parsed !== null && !isUp(parsed.kind);
}

/** Whether `box` may leave this last will: that it is gone, said where its presence is said. */
export const mayLeaveWill = (
  box: string,
  will: { readonly topic: string; readonly payload: { readonly length: number } },
) => will.topic === upTopic('presence', box) && will.payload.length <= upMessages.presence.maxBytes;
