/** A place for backups: a flat store of named objects. Whoever runs it is not trusted with anything that could be read. */

/** What is written: its length is known before it is sent. */
export interface Body {
  readonly bytes: number;
  /** The bytes from the beginning; may be asked again. */
  open(): AsyncIterable<Uint8Array>;
}

export interface Listed {
  readonly name: string;
  readonly bytes: number;
}

/**
 * Names are lower-case words with `/` between them (`content/0a/0a….sealed`). What is written is there whole or not at all, whenever the
 * connection breaks. All throw Problems of this room.
 */
export interface Destination {
  readonly name: string;
  /** Everything whose name begins with `prefix`, a whole folder such as `content/` or `''`; in no order. */
  list(prefix: string): AsyncIterable<Listed>;
  /** @throws Problem `object_missing`. */
  read(name: string): Promise<AsyncIterable<Uint8Array>>;
  /** Writes or overwrites. Durable on return, as far as the server's word goes. */
  write(name: string, body: Body): Promise<void>;
  /** Removing what is not there is no error. */
  remove(name: string): Promise<void>;
  /** Removes what uploads left that were cut off. For who is sure that nobody else writes here now. */
  tidy(): Promise<void>;
  /** What time the server thinks it is, wall clock ms; null when it cannot tell. */
  now(): Promise<number | null>;
  close(): Promise<void>;
}

/** What may become a path: no `..`, no empty word, nothing hidden. */
const OBJECT_NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]*(\/[a-zA-Z0-9][a-zA-Z0-9._-]*)*$/;

/** @throws RangeError for what must never become a path. */
export function checkName(name: string): string {
  if (!OBJECT_NAME.test(name) || name.length > 200) throw new RangeError(`${JSON.stringify(name)} is no object name`);
  return name;
}

/** A body out of memory. */
export const bodyOf = (content: string | Uint8Array): Body => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return {
    bytes: bytes.length,
    async *open() {
      yield bytes;
    },
  };
};
