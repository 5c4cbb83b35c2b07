/** A server over SFTP (draft-ietf-secsh-filexfer-02, as OpenSSH speaks it). Its host key is pinned: no other server is spoken to. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import { Problem } from '@belkluis/shared/base/problem';
import { Client, type FileEntryWithStats, type SFTPWrapper, type Stats } from 'ssh2';
import { type Body, checkName, type Destination, type Listed } from '../destination.ts';
import { SERVER_PATIENCE_MS } from '../limits.ts';
import { problem } from '../problems.ts';
import { INCOMING } from './directory.ts';

/** SSH_FX_NO_SUCH_FILE, SSH_FX_PERMISSION_DENIED, SSH_FX_FAILURE, SSH_FX_NO_CONNECTION, SSH_FX_CONNECTION_LOST. */
const NO_SUCH_FILE = 2;
const PERMISSION_DENIED = 3;
const FAILURE = 4;

/** Between two signs of life, ms: a server that died is noticed within three of them. */
const KEEPALIVE_MS = 15_000;

export interface SftpOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly privateKeyFile: string;
  /** `SHA256:…` */
  readonly hostKey: string;
  readonly path: string;
  readonly chance: Chance;
}

/** A stream whose connection ends complains once more, after everybody has stopped listening. */
function heard<Stream extends { on(event: 'error', listener: () => void): unknown }>(stream: Stream): Stream {
  stream.on('error', () => {});
  return stream;
}

const fingerprintOf = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

const statusOf = (error: unknown): unknown => (error as { code?: unknown }).code;

function readKey(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw problem('key_unreadable', path, cause);
  }
}

function connect(options: SftpOptions, client: Client): Promise<SFTPWrapper> {
  const { host, port, user, privateKeyFile, hostKey } = options;
  const privateKey = readKey(privateKeyFile);
  let shown: string | null = null;
  return new Promise((resolve, reject) => {
    client.on('error', (error) => {
      const { level } = error as { level?: string };
      if (shown !== null && shown !== hostKey) reject(problem('host_key_changed', `it shows ${shown}`, error));
      else if (level === 'client-authentication') reject(problem('destination_refused', `user ${user}`, error));
      else reject(problem('destination_unreachable', `${host}:${port}: ${error.message}`, error));
    });
    client.on('close', () => reject(problem('destination_unreachable', `${host}:${port} hung up`)));
    client.on('ready', () =>
      client.sftp((error, sftp) => (error ? reject(problem('destination_refused', 'no SFTP', error)) : resolve(sftp))),
    );
    try {
      client.connect({
        host,
        port,
        username: user,
        privateKey,
        readyTimeout: SERVER_PATIENCE_MS,
        keepaliveInterval: KEEPALIVE_MS,
        hostVerifier: (key: Buffer) => {
          shown = fingerprintOf(key);
          return shown === hostKey;
        },
      });
    } catch (cause) {
      // Thrown for a private key that it cannot read.
      reject(problem('key_unreadable', privateKeyFile, cause));
    }
  });
}

/** A call with a callback as a promise. */
const ask = <Answer = void>(call: (done: (error?: Error | null, answer?: Answer) => void) => unknown) =>
  new Promise<Answer>((resolve, reject) => {
    call((error, answer) => (error ? reject(error) : resolve(answer as Answer)));
  });

/** Opens a connection. @throws Problem `destination_unreachable`, `destination_refused`, `host_key_changed`, `key_unreadable`. */
export async function openSftp(options: SftpOptions): Promise<Destination> {
  const { name, path, chance } = options;
  const client = new Client();
  let sftp: SFTPWrapper;
  try {
    sftp = await connect(options, client);
  } catch (error) {
    client.destroy();
    throw error;
  }
  // Each piece waits for an answer: with Nagle's delay a megabyte takes a second.
  client.setNoDelay(true);
  const pathOf = (object: string) => posix.join(path, checkName(object));
  const incoming = posix.join(path, INCOMING);
  const made = new Set<string>();

  /** OpenSSH says no more than "failure" when a disk is full: ask it how much is free. */
  async function isFull(): Promise<boolean> {
    try {
      const { f_bavail } = await ask<{ f_bavail: number }>((done) => sftp.ext_openssh_statvfs(path, done as never));
      return Number(f_bavail) === 0;
    } catch {
      return false;
    }
  }
  async function translated(error: unknown, object: string): Promise<unknown> {
    if (error instanceof Problem) return error;
    const { message } = error as Error;
    switch (statusOf(error)) {
      case NO_SUCH_FILE:
        return problem('object_missing', object, error);
      case PERMISSION_DENIED:
        return problem('destination_refused', `${object}: ${message}`, error);
      case FAILURE:
        return problem((await isFull()) ? 'destination_full' : 'destination_failed', `${object}: ${message}`, error);
      default:
        return problem('destination_failed', `${object}: ${message}`, error);
    }
  }
  async function makeFolder(folder: string): Promise<void> {
    if (made.has(folder)) return;
    try {
      await ask<Stats>((done) => sftp.stat(folder, done));
    } catch (error) {
      if (statusOf(error) !== NO_SUCH_FILE || folder === path) throw error;
      await makeFolder(posix.dirname(folder));
      await ask((done) => sftp.mkdir(folder, { mode: 0o700 }, done));
    }
    made.add(folder);
  }
  const readFolder = (folder: string) => ask<FileEntryWithStats[]>((done) => sftp.readdir(folder, done));

  async function* walk(folder: string): AsyncGenerator<Listed> {
    let entries: FileEntryWithStats[];
    try {
      entries = await readFolder(posix.join(path, folder));
    } catch (error) {
      if (statusOf(error) === NO_SUCH_FILE) return;
      throw error;
    }
    for (const { filename, attrs } of entries) {
      const object = posix.join(folder, filename);
      if (attrs.isDirectory()) {
        if (object !== INCOMING) yield* walk(object);
      } else yield { name: object, bytes: attrs.size };
    }
  }

  try {
    await ask<Stats>((done) => sftp.stat(path, done));
    await makeFolder(incoming);
  } catch (error) {
    client.destroy();
    throw statusOf(error) === NO_SUCH_FILE
      ? problem('destination_unreachable', `${path} is not there`, error)
      : await translated(error, path);
  }

  return {
    name,
    async *list(prefix) {
      try {
        yield* walk(prefix === '' ? '' : checkName(prefix.replace(/\/$/, '')));
      } catch (error) {
        throw await translated(error, prefix);
      }
    },
    async read(object) {
      try {
        await ask<Stats>((done) => sftp.stat(pathOf(object), done));
      } catch (error) {
        throw await translated(error, object);
      }
      return heard(sftp.createReadStream(pathOf(object)));
    },
    async write(object: string, body: Body) {
      const target = pathOf(object);
      const temporary = posix.join(incoming, randomHex(chance, 16));
      try {
        await makeFolder(posix.dirname(target));
        await pipeline(body.open(), heard(sftp.createWriteStream(temporary, { flags: 'wx', mode: 0o600 })));
        const { size } = await ask<Stats>((done) => sftp.stat(temporary, done));
        if (size !== body.bytes) throw problem('destination_failed', `${object}: ${size} of ${body.bytes} bytes`);
        await ask((done) => sftp.ext_openssh_rename(temporary, target, done));
      } catch (error) {
        const known = await translated(error, object);
        await ask((done) => sftp.unlink(temporary, done)).catch(() => {});
        throw known;
      }
    },
    async remove(object) {
      try {
        await ask((done) => sftp.unlink(pathOf(object), done));
      } catch (error) {
        if (statusOf(error) !== NO_SUCH_FILE) throw await translated(error, object);
      }
    },
    async tidy() {
      try {
        for (const { filename } of await readFolder(incoming)) {
          await ask((done) => sftp.unlink(posix.join(incoming, filename), done));
        }
      } catch (error) {
        throw await translated(error, INCOMING);
      }
    },
    /** The time that a file gets which is made now. */
    async now() {
      const probe = posix.join(incoming, randomHex(chance, 16));
      try {
        const handle = await ask<Buffer>((done) => sftp.open(probe, 'wx', { mode: 0o600 }, done));
        await ask((done) => sftp.close(handle, done));
        const { mtime } = await ask<Stats>((done) => sftp.stat(probe, done));
        await ask((done) => sftp.unlink(probe, done));
        return mtime * 1000;
      } catch (error) {
        throw await translated(error, 'the time');
      }
    },
    async close() {
      client.end();
    },
  };
}
