/** OpenSSH's server on loopback, with a host key and a user key of its own: SFTP as a customer's server speaks it. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface Sshd {
  readonly port: number;
  readonly user: string;
  readonly privateKeyFile: string;
  /** `SHA256:…` */
  readonly hostKey: string;
  close(): void;
}

const keygen = (...args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync('ssh-keygen', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ssh-keygen: ${stderr}`);
  return stdout;
};

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
  });

export async function startSshd(): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'sshd-'));
  const [hostKey, userKey, authorized, config] = ['host', 'user', 'authorized', 'config'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  for (const path of [hostKey, userKey]) keygen('-q', '-t', 'ed25519', '-N', '', '-f', path);
  writeFileSync(authorized, readFileSync(`${userKey}.pub`), { mode: 0o600 });
  const port = await freePort();
  const { username, uid } = userInfo();
  const lines = [
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${authorized}`,
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'StrictModes no',
    'PidFile none',
    'PermitRootLogin prohibit-password',
    'Subsystem sftp internal-sftp',
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  // Debian's sshd wants its privilege separation folder; only root can make it, and only root's sshd needs it.
  if (uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  // It must not outlive a test that ends badly.
  process.once('exit', () => child.kill());
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries > 100 || child.exitCode !== null) throw new Error(`sshd: ${said}`);
    await pause(50);
  }
  const [, fingerprint] = keygen('-l', '-f', `${hostKey}.pub`).split(' ');
  return {
    port,
    user: username,
    privateKeyFile: userKey,
    hostKey: fingerprint!,
    close: () => {
      child.kill();
    },
  };
}
