/**
 * A disk as POSIX lets it be, and no kinder: what was synced is there, of the rest anything may be. Bytes last with an fsync of their file,
 * names with an fsync of their folder. (The idea: Pillai and others, "All File Systems Are Not Created Equal", OSDI 2014.)
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Random } from './random.ts';
import type { Argument, SystemCall } from './strace.ts';

/** What a disk writes as a whole, bytes. */
const SECTOR = 512;

type Change = { readonly offset: number; readonly bytes: Buffer } | { readonly size: number };

/** A change in the cache. After a sync that failed the kernel may take it for written: then no later sync writes it. */
interface Waiting {
  readonly change: Change;
  readonly doubtful: boolean;
}

/** A file's bytes: as they surely are on the disk, and what was asked since. */
class Inode {
  safe = Buffer.alloc(0);
  size = 0;
  waiting: Waiting[] = [];

  add(change: Change): void {
    this.waiting.push({ change, doubtful: false });
  }

  sync(random: Random): void {
    for (const { change, doubtful } of this.waiting) {
      if (!doubtful || random.onceIn(2)) this.safe = changed(this.safe, change);
    }
    this.waiting = [];
  }

  failToSync(): void {
    this.waiting = this.waiting.map(({ change }) => ({ change, doubtful: true }));
  }
}

function changed(before: Buffer, change: Change): Buffer<ArrayBuffer> {
  if ('size' in change) {
    const cut = Buffer.alloc(change.size);
    before.copy(cut, 0, 0, change.size);
    return cut;
  }
  const after = Buffer.alloc(Math.max(before.length, change.offset + change.bytes.length));
  before.copy(after);
  change.bytes.copy(after, change.offset);
  return after;
}

type Entry = Inode | Folder;
type Naming = { readonly name: string; readonly entry: Entry | null };

class Folder {
  safe = new Map<string, Entry>();
  live = new Map<string, Entry>();
  waiting: Naming[][] = [];

  /** Changes of names that happen together or not at all, as those of a rename. */
  change(...namings: Naming[]): void {
    rename(this.live, namings);
    this.waiting.push(namings);
  }

  sync(): void {
    for (const namings of this.waiting) rename(this.safe, namings);
    this.waiting = [];
  }
}

function rename(names: Map<string, Entry>, namings: readonly Naming[]): void {
  for (const { name, entry } of namings) {
    if (entry === null) names.delete(name);
    else names.set(name, entry);
  }
}

/** Of a write that was not synced: all, nothing, or some of its sectors. */
function torn(change: Change, random: Random): Change[] {
  if ('size' in change) return random.onceIn(2) ? [change] : [];
  const fate = random.integer(3);
  if (fate === 0) return [];
  if (fate === 1) return [change];
  const kept: Change[] = [];
  for (let from = 0; from < change.bytes.length; ) {
    const upTo = Math.min(change.bytes.length, from + SECTOR - ((change.offset + from) % SECTOR));
    if (random.onceIn(2)) kept.push({ offset: change.offset + from, bytes: change.bytes.subarray(from, upTo) });
    from = upTo;
  }
  return kept;
}

/** Kinds of sync that a disk may pretend to do, so that a test can see itself fail. */
export type Lie = 'none' | 'folders' | 'files';

const bytesOf = (argument: Argument | undefined): Buffer => {
  if (!Buffer.isBuffer(argument)) throw new Error(`not bytes: ${JSON.stringify(argument)}`);
  return argument;
};

export class Disk {
  readonly #root: string;
  readonly #top = new Folder();
  readonly #random: Random;
  readonly #lie: Lie;
  /** Open files by their descriptor. */
  #open = new Map<number, { readonly inode: Inode; at: number; readonly append: boolean }>();

  /** `root`: the folder that was there and empty before the first call. */
  constructor(root: string, random: Random, lie: Lie = 'none') {
    this.#root = root;
    this.#random = random;
    this.#lie = lie;
  }

  /** Another process: its descriptors are its own, the disk and the cache are not. */
  nextProcess(): void {
    this.#open = new Map();
  }

  /** Does what the call did. True when it changed what a power cut would leave. @throws for a call that this disk does not know. */
  do({ name, args, result }: SystemCall): boolean {
    const [first, second, third] = args;
    const descriptor = typeof first === 'object' && !Buffer.isBuffer(first) ? first : null;
    const path = (argument: Argument | undefined) => bytesOf(argument).toString();
    if (result.value < 0) {
      const synced = name === 'fsync' || name === 'fdatasync';
      if (synced) this.#open.get(descriptor?.fd ?? -1)?.inode.failToSync();
      return synced;
    }
    switch (name) {
      case 'openat':
        return this.#opened(result.value, result.path ?? '', String(third));
      case 'close':
        this.#open.delete(descriptor?.fd ?? -1);
        return false;
      case 'write':
      case 'writev':
        return this.#write(descriptor?.fd, bytesOf(second).subarray(0, result.value), null);
      case 'pwrite64':
      case 'pwritev':
        return this.#write(descriptor?.fd, bytesOf(second).subarray(0, result.value), Number(args.at(-1)));
      case 'ftruncate':
        return this.#resize(descriptor?.fd, Number(second));
      case 'fsync':
      case 'fdatasync':
        return this.#sync(descriptor!);
      case 'mkdir':
        return this.#name(path(first), new Folder());
      case 'unlink':
        return this.#name(path(first), null);
      case 'rmdir':
        return this.#name(path(first), null);
      case 'rename':
        return this.#rename(path(first), path(second));
      default:
        if (args.some((argument) => this.#concerns(argument))) throw new Error(`the simulated disk knows no ${name}`);
        return false;
    }
  }

  #concerns(argument: Argument): boolean {
    const path = Buffer.isBuffer(argument) ? argument.toString() : typeof argument === 'string' ? '' : argument.path;
    return path.startsWith(`${this.#root}/`);
  }

  #entry(path: string): Entry | null {
    if (path === this.#root) return this.#top;
    if (!path.startsWith(`${this.#root}/`)) return null;
    const folder = this.#entry(dirname(path));
    return folder instanceof Folder ? (folder.live.get(basename(path)) ?? null) : null;
  }

  #folder(path: string): Folder | null {
    const entry = this.#entry(path);
    return entry instanceof Folder ? entry : null;
  }

  #name(path: string, entry: Entry | null): boolean {
    const folder = this.#folder(dirname(path));
    folder?.change({ name: basename(path), entry });
    return folder !== null;
  }

  #rename(from: string, to: string): boolean {
    const folder = this.#folder(dirname(from));
    if (folder !== this.#folder(dirname(to))) throw new Error('the simulated disk renames only within a folder');
    const entry = folder?.live.get(basename(from));
    if (!folder || !entry) return false;
    folder.change({ name: basename(to), entry }, { name: basename(from), entry: null });
    return true;
  }

  #opened(fd: number, path: string, flags: string): boolean {
    const folder = this.#folder(dirname(path));
    if (folder === null) return false;
    const there = folder.live.get(basename(path));
    if (there instanceof Folder) return false;
    const inode = there ?? new Inode();
    this.#open.set(fd, { inode, at: 0, append: flags.includes('O_APPEND') });
    if (!there) folder.change({ name: basename(path), entry: inode });
    if (there && flags.includes('O_TRUNC')) this.#resize(fd, 0);
    return !there;
  }

  #write(fd: number | undefined, bytes: Buffer, at: number | null): boolean {
    const file = this.#open.get(fd ?? -1);
    if (!file) return false;
    const offset = at ?? (file.append ? file.inode.size : file.at);
    file.inode.add({ offset, bytes });
    file.inode.size = Math.max(file.inode.size, offset + bytes.length);
    if (at === null) file.at = offset + bytes.length;
    return true;
  }

  #resize(fd: number | undefined, size: number): boolean {
    const file = this.#open.get(fd ?? -1);
    if (!file) return false;
    file.inode.add({ size });
    file.inode.size = size;
    return true;
  }

  #sync({ fd, path }: { fd: number; path: string }): boolean {
    const file = this.#open.get(fd);
    const folder = file ? null : this.#folder(path);
    if (file && this.#lie !== 'files') file.inode.sync(this.#random);
    if (folder && this.#lie !== 'folders') folder.sync();
    return file !== undefined || folder !== null;
  }

  /** Writes to `folder` what a power cut now could leave. */
  cut(folder: string): void {
    this.#leave(this.#top, folder);
  }

  #leave(from: Folder, to: string): void {
    const random = this.#random;
    mkdirSync(to, { recursive: true, mode: 0o700 });
    const names = new Map(from.safe);
    // Names change in order, as a journal has them; how far it got is chance.
    for (const namings of from.waiting.slice(0, random.integer(from.waiting.length + 1))) rename(names, namings);
    for (const [name, entry] of names) {
      // SQLite's index of its log is shared memory in a file, and made anew after a crash.
      if (name.endsWith('-shm')) continue;
      if (entry instanceof Folder) {
        this.#leave(entry, join(to, name));
        continue;
      }
      const asked = entry.waiting.map(({ change }) => change);
      const fate = random.integer(3);
      const kept = fate === 0 ? [] : fate === 1 ? asked : asked.flatMap((change) => torn(change, random));
      writeFileSync(join(to, name), kept.reduce(changed, entry.safe), { mode: 0o600 });
    }
  }
}
