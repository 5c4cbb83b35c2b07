/** GnuPG with a home of its own: what a custodian has who never heard of us. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

export interface Gnupg {
  /** Fingerprints of the secret keys that were imported. */
  import(armored: string): Promise<void>;
  /** Decrypts a file; the passphrase goes by a pipe. */
  decrypt(path: string, passphrase: string): Promise<Buffer>;
  /** The session key of a message, as gpg prints it: `9:…`. Neither the message's end nor its content is needed. */
  sessionKey(path: string, passphrase: string): Promise<string>;
  /** Ends its agent and removes its home. */
  close(): void;
}

export function gnupg(): Gnupg {
  // Short: the agent's socket lies in it, and a socket's path has 107 characters.
  const home = mkdtempSync(join(tmpdir(), 'gpg-'));
  const env = { ...process.env, GNUPGHOME: home };
  const run = async (args: readonly string[], input: string, passphrase?: string) => {
    const secret = passphrase === undefined ? [] : ['--pinentry-mode', 'loopback', '--passphrase-fd', '3'];
    const child = spawn('gpg', ['--batch', '--quiet', '--no-tty', ...secret, ...args], {
      env,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    for (const [pipe, text] of [
      [child.stdin, input],
      [child.stdio[3] as Writable, passphrase ?? ''],
    ] as const) {
      pipe.on('error', () => {});
      pipe.end(text);
    }
    const [output, complaints, [code]] = await Promise.all([
      buffer(child.stdout),
      buffer(child.stderr),
      once(child, 'close') as Promise<[number]>,
    ]);
    if (code !== 0) throw new Error(`gpg ${args[0]}: ${complaints}`);
    return { output, complaints: complaints.toString() };
  };
  return {
    import: async (armored) => {
      await run(['--import'], armored);
    },
    decrypt: async (path, passphrase) => (await run(['--decrypt', path], '', passphrase)).output,
    async sessionKey(path, passphrase) {
      const { complaints } = await run(['--show-session-key', '--decrypt', path], '', passphrase);
      return /session key: '(9:[0-9A-F]+)'/.exec(complaints)?.[1] ?? complaints;
    },
    close() {
      spawnSync('gpgconf', ['--kill', 'all'], { env });
      rmSync(home, { recursive: true, force: true });
    },
  };
}
