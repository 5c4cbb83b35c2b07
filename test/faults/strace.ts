/** What a process asked of the file system, read from strace's own words. */

/** One system call, with its arguments: text and bytes decoded, descriptors as `{ fd, path }`. A negative value: it failed. */
export interface SystemCall {
  readonly name: string;
  readonly args: readonly Argument[];
  readonly result: { readonly value: number; readonly path: string | null };
}

export type Argument = string | Buffer | { readonly fd: number; readonly path: string };

/** What changes files or makes changes last. What a copy would use is watched too: the disk below does not know it, and says so. */
const WATCHED = [
  'openat,close,write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate,fsync,fdatasync,sync_file_range,msync',
  'rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,lseek',
  'fallocate,copy_file_range,sendfile,dup,dup2,dup3,io_uring_enter',
].join(',');

/** A whole segment, and a whole backup chunk. */
const LONGEST_WRITE = 8_000_000;

/** Runs what follows and writes its calls to `path`: hexadecimal, so that no byte needs guessing. `more`: `inject=…`, as strace has it. */
export const straced = (path: string, more: readonly string[] = []): string[] => [
  ...['strace', '-f', '-y', '-xx', '-s', `${LONGEST_WRITE}`, '-o', path, '-e', 'signal=none'],
  ...[`trace=${WATCHED}`, ...more].flatMap((expression) => ['-e', expression]),
];

const decode = (hex: string): Buffer => Buffer.from(hex.replaceAll('\\x', ''), 'hex');

/** `27<\x2f\x74>`, perhaps followed by `(deleted)`. */
const DESCRIPTOR = /^(-?\d+)<((?:\\x[0-9a-f]{2})*)>/;
const STRING = /^"((?:\\x[0-9a-f]{2})*)"$/;

function argument(text: string): Argument {
  const descriptor = text.match(DESCRIPTOR);
  if (descriptor) return { fd: Number(descriptor[1]), path: decode(descriptor[2]!).toString() };
  const string = text.match(STRING);
  if (string) return decode(string[1]!);
  if (/"\.\.\.$/.test(text)) throw new Error('strace cut a string short');
  // A vector of buffers counts as what it writes.
  const parts = [...text.matchAll(/iov_base="((?:\\x[0-9a-f]{2})*)"/g)].map((match) => decode(match[1]!));
  return parts.length > 0 ? Buffer.concat(parts) : text;
}

/** Commas between arguments: not those in brackets, of which vectors have some. */
function split(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '[' || character === '{') depth++;
    if (character === ']' || character === '}') depth--;
    if (character === ',' && depth === 0) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  const rest = text.slice(from).trim();
  return rest === '' ? parts : [...parts, rest];
}

/** The calls in the order in which they returned. */
export function* readTrace(trace: string): Generator<SystemCall> {
  const unfinished = new Map<string, string>();
  for (const line of trace.split('\n')) {
    const [, process, said] = line.match(/^(\d+)\s+(.*)$/) ?? [];
    if (process === undefined || said === undefined) continue;
    const begun = said.match(/^(.*) <unfinished \.\.\.>$/);
    if (begun) {
      unfinished.set(process, begun[1]!);
      continue;
    }
    const resumed = said.match(/^<\.\.\. \w+ resumed>(.*)$/);
    const whole = resumed ? `${unfinished.get(process) ?? ''}${resumed[1]}` : said;
    const call = whole.match(/^(\w+)\((.*)\)\s+= (-?\d+)(?:<((?:\\x[0-9a-f]{2})*)>)?/);
    if (!call) continue;
    yield {
      name: call[1]!,
      args: split(call[2]!).map(argument),
      result: { value: Number(call[3]), path: call[4] === undefined ? null : decode(call[4]).toString() },
    };
  }
}
