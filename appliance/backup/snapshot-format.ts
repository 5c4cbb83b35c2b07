/**
 * A snapshot before it is compressed and sealed: named parts, one after the other, each in frames.
 *
 * `BELKSNAP`, version (u32), then frames: kind (u8), length (u32), so many bytes. Kind 1 begins a part and holds its name, 2 is a piece of
 * it, 3 ends the snapshot and holds the manifest: an envelope, signed by the device, with the SHA-256 of each part. All big-endian.
 * Part `wraps` has one wrap a piece; every other part is a file, by its place below the data directory.
 */
import { createHash } from 'node:crypto';
import { checkName } from './destination.ts';
import { problem } from './problems.ts';

const MAGIC = 'BELKSNAP';
const VERSION = 1;
const HEADER_LENGTH = 12;
const FRAME_HEADER_LENGTH = 5;
const BEGIN = 1;
const PIECE = 2;
const END = 3;

/** Largest frame, bytes: pieces are a megabyte; a manifest names some hundred files. */
const MAX_FRAME = 4 * 1024 ** 2;

/** The part that holds no file. */
export const WRAPS_PART = 'wraps';

export interface Part {
  readonly name: string;
  /** Pieces of 4 MB at most. */
  readonly pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** SHA-256 of each part's bytes, hex. */
export type PartHashes = Readonly<Record<string, string>>;

function frame(kind: number, content: Uint8Array): Buffer {
  const head = Buffer.alloc(FRAME_HEADER_LENGTH);
  head[0] = kind;
  head.writeUInt32BE(content.length, 1);
  return Buffer.concat([head, content]);
}

/** The bytes of a snapshot; `manifestOf` is asked at the end for the text that vouches for the parts. */
export async function* writeSnapshot(
  parts: AsyncIterable<Part>,
  manifestOf: (hashes: PartHashes) => string,
): AsyncGenerator<Buffer> {
  const header = Buffer.alloc(HEADER_LENGTH);
  header.write(MAGIC);
  header.writeUInt32BE(VERSION, MAGIC.length);
  yield header;
  const hashes: Record<string, string> = {};
  for await (const { name, pieces } of parts) {
    yield frame(BEGIN, Buffer.from(checkName(name)));
    const hash = createHash('sha256');
    for await (const piece of pieces) {
      hash.update(piece);
      yield frame(PIECE, piece);
    }
    hashes[name] = hash.digest('hex');
  }
  yield frame(END, Buffer.from(manifestOf(hashes)));
}

/** What takes the pieces of one part. */
export interface Sink {
  write(piece: Buffer): void;
  end(): void;
}

/** Frames out of chunks that were cut anywhere. @throws Problem `snapshot_damaged`. */
async function* framesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<{ kind: number; content: Buffer }> {
  let kept = Buffer.alloc(0);
  let begun = false;
  for await (const chunk of chunks) {
    kept = Buffer.concat([kept, chunk]);
    if (!begun && kept.length >= HEADER_LENGTH) {
      const known = kept.toString('latin1', 0, MAGIC.length) === MAGIC && kept.readUInt32BE(MAGIC.length) === VERSION;
      if (!known) throw problem('snapshot_damaged', 'it is none of ours');
      kept = kept.subarray(HEADER_LENGTH);
      begun = true;
    }
    while (begun && kept.length >= FRAME_HEADER_LENGTH) {
      const length = kept.readUInt32BE(1);
      if (length > MAX_FRAME) throw problem('snapshot_damaged', 'a frame is too long');
      if (kept.length < FRAME_HEADER_LENGTH + length) break;
      yield { kind: kept[0]!, content: kept.subarray(FRAME_HEADER_LENGTH, FRAME_HEADER_LENGTH + length) };
      kept = kept.subarray(FRAME_HEADER_LENGTH + length);
    }
  }
  if (kept.length > 0) throw problem('snapshot_damaged', 'it is cut off');
}

/**
 * Reads a snapshot, giving each part to the sink that `sinkOf` names, or to none. Returns the manifest and the hashes of what was read.
 * @throws Problem `snapshot_damaged` when it does not end as it should.
 */
export async function readSnapshot(
  chunks: AsyncIterable<Uint8Array>,
  sinkOf: (name: string) => Sink | null,
): Promise<{ readonly manifest: string; readonly hashes: PartHashes }> {
  const hashes: Record<string, string> = {};
  let open: { name: string; hash: ReturnType<typeof createHash>; sink: Sink | null } | null = null;
  let manifest: string | null = null;
  const close = () => {
    if (!open) return;
    hashes[open.name] = open.hash.digest('hex');
    open.sink?.end();
    open = null;
  };
  try {
    for await (const { kind, content } of framesOf(chunks)) {
      if (manifest !== null) throw problem('snapshot_damaged', 'something follows its end');
      if (kind === BEGIN) {
        close();
        const name = checkName(content.toString());
        if (name in hashes) throw problem('snapshot_damaged', `it has ${name} twice`);
        open = { name, hash: createHash('sha256'), sink: sinkOf(name) };
      } else if (kind === PIECE && open) {
        open.hash.update(content);
        open.sink?.write(content);
      } else if (kind === END) {
        close();
        manifest = content.toString();
      } else throw problem('snapshot_damaged', `a frame of kind ${kind}`);
    }
  } finally {
    (open as { sink: Sink | null } | null)?.sink?.end();
  }
  if (manifest === null) throw problem('snapshot_damaged', 'it has no end');
  return { manifest, hashes };
}
