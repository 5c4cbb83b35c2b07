/** A folder as a destination: another disk, or a share that the system has mounted. */
import { createReadStream, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import { Problem } from '@belkluis/shared/base/problem';
import { createAppendOnly, makeFolder, renameDurably, unlinkDurably } from '../../vault/durable.ts';
import { type Body, checkName, type Destination, type Listed } from '../destination.ts';
import { WRITE_BYTES } from '../limits.ts';
import { problem } from '../problems.ts';

/** What is being written lies here, until it gets its name. */
export const INCOMING = '.incoming';

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

function translated(error: unknown, name: string): unknown {
  if (error instanceof Problem) return error;
  switch (codeOf(error)) {
    case 'ENOENT':
      return problem('object_missing', name, error);
    case 'ENOSPC':
    case 'EDQUOT':
      return problem('destination_full', undefined, error);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return problem('destination_refused', (error as Error).message, error);
    default:
      return problem('destination_failed', (error as Error).message, error);
  }
}

/** Gathers small chunks, so that making each durable does not cost a wait of the disk per chunk. */
export async function writeInPieces(append: (bytes: Uint8Array) => void, chunks: AsyncIterable<Uint8Array>) {
  let pieces: Uint8Array[] = [];
  let waiting = 0;
  const flush = () => {
    if (waiting > 0) append(Buffer.concat(pieces));
    pieces = [];
    waiting = 0;
  };
  for await (const chunk of chunks) {
    pieces.push(chunk);
    waiting += chunk.length;
    if (waiting >= WRITE_BYTES) flush();
  }
  flush();
}

export interface DirectoryOptions {
  readonly name: string;
  readonly path: string;
  readonly chance: Chance;
}

/**
 * Opens a folder, which must be there: an unmounted share must not become a folder on the box's own disk.
 * @throws Problem `destination_unreachable`.
 */
export function openDirectory({ name, path, chance }: DirectoryOptions): Destination {
  const incoming = join(path, INCOMING);
  try {
    if (!statSync(path).isDirectory()) throw problem('destination_unreachable', `${path} is no folder`);
    mkdirSync(incoming, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw codeOf(error) === 'ENOENT' ? problem('destination_unreachable', path, error) : translated(error, path);
  }
  const pathOf = (object: string) => join(path, checkName(object));

  function* walk(folder: string): Generator<Listed> {
    let entries: ReturnType<typeof readFolder>;
    try {
      entries = readFolder(join(path, folder));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return;
      throw error;
    }
    for (const entry of entries) {
      const object = posix.join(folder, entry.name);
      if (entry.isDirectory()) {
        if (object !== INCOMING) yield* walk(object);
      } else yield { name: object, bytes: statSync(join(path, object)).size };
    }
  }
  const readFolder = (folder: string) => readdirSync(folder, { withFileTypes: true });

  return {
    name,
    async *list(prefix) {
      try {
        yield* walk(prefix === '' ? '' : checkName(prefix.replace(/\/$/, '')));
      } catch (error) {
        throw translated(error, prefix);
      }
    },
    async read(object) {
      try {
        statSync(pathOf(object));
      } catch (error) {
        throw translated(error, object);
      }
      return createReadStream(pathOf(object));
    },
    async write(object: string, body: Body) {
      const target = pathOf(object);
      const temporary = join(incoming, randomHex(chance, 16));
      try {
        makeFolder(dirname(target));
        const file = createAppendOnly(temporary);
        try {
          await writeInPieces((bytes) => file.append(bytes), body.open());
        } finally {
          file.close();
        }
        renameDurably(temporary, target);
      } catch (error) {
        try {
          unlinkDurably(temporary);
        } catch {
          // What stays behind is removed by `tidy`.
        }
        throw translated(error, object);
      }
    },
    async remove(object) {
      try {
        unlinkDurably(pathOf(object));
      } catch (error) {
        throw translated(error, object);
      }
    },
    async tidy() {
      try {
        for (const left of readdirSync(incoming)) unlinkDurably(join(incoming, left));
      } catch (error) {
        throw translated(error, INCOMING);
      }
    },
    // Its clock is ours.
    now: async () => null,
    close: async () => {},
  };
}
