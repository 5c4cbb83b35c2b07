/** Fetches call logs from where they lie. They are read and left: nothing is written there. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CallLogSource } from '../lines/call-log.ts';
import { MAX_LOG_BYTES, MAX_LOG_FILES } from './limits.ts';
import { problem } from './problems.ts';

/** A server with files over SFTP, as the composition root opens it. */
export interface Server {
  list(): AsyncIterable<{ readonly name: string; readonly bytes: number }>;
  read(name: string): Promise<AsyncIterable<Uint8Array>>;
  close(): Promise<void>;
}

type Place = CallLogSource['place'];
type SftpPlace = Extract<Place, { kind: 'sftp' }>;

export interface FetchParts {
  readonly openServer: (place: SftpPlace) => Promise<Server>;
  readonly fetch: typeof fetch;
}

/** How long a server may take to answer with a log, ms. */
const PATIENCE_MS = 60_000;

/** The files of a place, whole, in the order of their names. @throws Problem `call_log_unreadable`, `call_log_too_large`. */
export async function fetchLogs(place: Place, parts: FetchParts): Promise<readonly Buffer[]> {
  try {
    switch (place.kind) {
      case 'directory':
        return fromDirectory(place.path);
      case 'sftp':
        return await fromServer(await parts.openServer(place));
      case 'https':
        return [await fromWeb(place, parts.fetch)];
    }
  } catch (cause) {
    const { code, message } = cause as { code?: string; message: string };
    throw code?.startsWith('call_log_') ? cause : problem('call_log_unreadable', code ?? message, cause);
  }
}

/** The last files by name: PBXs put the day into it. */
const latest = (names: readonly string[]): string[] => [...names].sort().slice(-MAX_LOG_FILES);

const isVisible = (name: string): boolean => !name.startsWith('.');

function checkSize(bytes: number): void {
  if (bytes > MAX_LOG_BYTES) throw problem('call_log_too_large', `${bytes} bytes`);
}

function fromDirectory(path: string): Buffer[] {
  const files = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isFile() && isVisible(entry.name));
  return latest(files.map(({ name }) => name)).map((name) => {
    checkSize(statSync(join(path, name)).size);
    return readFileSync(join(path, name));
  });
}

async function gathered(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    checkSize(bytes);
    pieces.push(chunk);
  }
  return Buffer.concat(pieces);
}

async function fromServer(server: Server): Promise<Buffer[]> {
  try {
    const names: string[] = [];
    for await (const { name } of server.list()) if (isVisible(name)) names.push(name);
    const logs: Buffer[] = [];
    for (const name of latest(names)) logs.push(await gathered(await server.read(name)));
    return logs;
  } finally {
    await server.close();
  }
}

async function fromWeb({ url, tokenFile }: Extract<Place, { kind: 'https' }>, get: typeof fetch): Promise<Buffer> {
  const token = tokenFile === undefined ? null : readFileSync(tokenFile, 'utf8').split('\n')[0]!.trim();
  const response = await get(url, {
    headers: token === null ? {} : { Authorization: `Bearer ${token}` },
    // A redirection could take the token to another host.
    redirect: 'error',
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!response.ok || !response.body) throw problem('call_log_unreadable', `HTTP ${response.status}`);
  return gathered(response.body);
}
