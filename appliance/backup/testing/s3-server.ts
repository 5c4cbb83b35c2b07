/** An S3 server on loopback that checks signatures, over a folder. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface S3Server {
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretKeyFile: string;
  close(): Promise<void>;
}

export async function startS3(): Promise<S3Server> {
  const folder = mkdtempSync(join(tmpdir(), 's3-'));
  const bucket = 'backups';
  // The tokens by which it gives long lists in pages are made with DES, which OpenSSL 3 counts as legacy.
  const execArgv = ['--openssl-legacy-provider'];
  const child = fork(join(import.meta.dirname, 's3-process.ts'), [folder, bucket], { execArgv, stdio: 'inherit' });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const secretKeyFile = join(mkdtempSync(join(tmpdir(), 's3-key-')), 'secret');
  // Its only account.
  writeFileSync(secretKeyFile, 'S3RVER\n', { mode: 0o600 });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bucket,
    accessKeyId: 'S3RVER',
    secretKeyFile,
    async close() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
