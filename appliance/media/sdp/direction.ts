/** Who may send in a media stream (RFC 3264 5.1, 6.1), seen from the party whose description says it. */
import type { MediaSection, SdpLine, SessionDescription } from './description.ts';

const directions = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const;
export type Direction = (typeof directions)[number];

export const sends = (direction: Direction): boolean => direction === 'sendrecv' || direction === 'sendonly';
export const receives = (direction: Direction): boolean => direction === 'sendrecv' || direction === 'recvonly';

export const directionFrom = (send: boolean, receive: boolean): Direction =>
  send ? (receive ? 'sendrecv' : 'sendonly') : receive ? 'recvonly' : 'inactive';

/** What may be answered to an offer by one who wishes `wish`: no more than the offer leaves (RFC 3264 6.1). */
export const answerDirection = (offered: Direction, wish: Direction = 'sendrecv'): Direction =>
  directionFrom(sends(wish) && receives(offered), receives(wish) && sends(offered));

/** As written: in the section, else for the whole session, else both ways. */
export const directionOf = ({ lines }: SessionDescription, section: MediaSection): Direction =>
  written(section.lines) ?? written(lines) ?? 'sendrecv';

const written = (lines: readonly SdpLine[]): Direction | undefined =>
  lines.flatMap(({ type, value }) => directions.filter((direction) => type === 'a' && value.trim() === direction))[0];
