import type { Chance } from '@belkluis/shared/base/chance';

/** RFC 5280 4.1.2.2: positive, at most 20 bytes; without a zero in front, so that it is one text everywhere. */
export function newSerial(chance: Chance): string {
  const bytes = chance.bytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes.toString('hex');
}
