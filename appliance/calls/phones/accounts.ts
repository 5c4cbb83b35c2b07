/** A phone's account, as the registrar and the calls need it. */
export interface Account {
  /** User part of the address of record; also the digest user name. */
  readonly user: string;
  /** MD5(user:realm:password) in lower-case hex (RFC 7616 3.4.2). Never the password. */
  readonly ha1: string;
  /** Until when (wall clock, ms) it may use UDP or TCP without TLS, and RTP without SRTP. 0: never. */
  readonly plainUntil: number;
}

/** Where accounts are looked up. Implemented outside this room, by a database. */
export interface Accounts {
  find(user: string): Account | null;
}

/** Whether what this phone does without encryption is allowed at `now` (wall clock, ms): an exception with an end. */
export const mayBePlain = (account: Account, now: number): boolean => account.plainUntil > now;
