/** A real broker for the tests: Debian's Mosquitto, as a user without rights, on loopback, told what the product writes for it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { mosquittoAccess, mosquittoConfiguration } from '../../fleet/broker/mosquitto/files.ts';
import type { Issued, TestAuthority } from '../../fleet/broker/testing/certificates.ts';
import { type Revoked, revocationList } from '../../fleet/enrolment/revocation-list.ts';
import { freePort } from '../../scripts/demo/box.ts';

/** How long it may take to begin, ms. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 20;

/** Debian's `nobody` and `nogroup`. */
const NOBODY = 65_534;

const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

export interface MosquittoOptions {
  /** Who signs the certificates of boxes. */
  readonly boxes: TestAuthority;
  /** Who signs those of the fleet. */
  readonly fleet: TestAuthority;
  readonly server: Issued;
  /** Names of fleet processes. */
  readonly fleets: readonly string[];
}

export class Mosquitto {
  readonly #folder: string;
  /** Null: its folder is somebody else's. */
  readonly #options: MosquittoOptions | null;
  #process: ChildProcess | null = null;
  /** Ports for boxes and for the fleet. */
  boxPort = 0;
  fleetPort = 0;

  private constructor(folder: string, options: MosquittoOptions | null) {
    this.#folder = folder;
    this.#options = options;
  }

  /** Folders that Mosquitto may read, and where it keeps sessions, for a fleet that writes into the first. */
  static folders(): { readonly files: string; readonly sessions: string } {
    const root = mkdtempSync(join(tmpdir(), 'mosquitto-'));
    chmodSync(root, 0o755);
    const [files, sessions] = [join(root, 'files'), join(root, 'sessions')];
    for (const folder of [files, sessions]) {
      mkdirSync(folder);
      if (isRoot()) chownSync(folder, folder === files ? 0 : NOBODY, NOBODY);
    }
    // What is written into it has its group.
    chmodSync(files, 0o2750);
    return { files, sessions };
  }

  /** By what a fleet wrote into `folder`; resolves when it answers. */
  static async over(folder: string, boxPort: number, fleetPort: number): Promise<Mosquitto> {
    const broker = new Mosquitto(folder, null);
    [broker.boxPort, broker.fleetPort] = [boxPort, fleetPort];
    await broker.start();
    return broker;
  }

  /** Starts it; resolves when it answers. */
  static async start(options: MosquittoOptions): Promise<Mosquitto> {
    const broker = new Mosquitto(mkdtempSync(join(tmpdir(), 'mosquitto-')), options);
    chmodSync(broker.#folder, 0o755);
    mkdirSync(join(broker.#folder, 'data'));
    if (isRoot()) chownSync(join(broker.#folder, 'data'), NOBODY, NOBODY);
    [broker.boxPort, broker.fleetPort] = await Promise.all([freePort(), freePort()]);
    broker.#write('server.pem', `${options.server.key}\n${options.server.certificate}`);
    broker.#write('boxes.pem', options.boxes.certificate);
    broker.#write('fleet.pem', options.fleet.certificate);
    broker.#write('acl', mosquittoAccess(options.fleets));
    broker.#write('crl.pem', await broker.#list([]));
    broker.#write(
      'mosquitto.conf',
      mosquittoConfiguration({
        folder: broker.#folder,
        data: join(broker.#folder, 'data'),
        boxes: { address: '127.0.0.1', port: broker.boxPort },
        fleet: { address: '127.0.0.1', port: broker.fleetPort },
      }),
    );
    await broker.start();
    return broker;
  }

  /** Begins again after `stop` or `kill`. */
  async start(): Promise<void> {
    // Without -v: it writes a line for each packet, and waits for whoever reads them.
    const own = ['mosquitto', '-c', join(this.#folder, 'mosquitto.conf')];
    const command = isRoot() ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', ...own] : own;
    const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said = (said + text.toString()).slice(-8000);
    });
    this.#process = child;
    alive.add(child);
    child.once('exit', () => alive.delete(child));
    const deadline = performance.now() + PATIENCE_MS;
    while (!(await answers(this.boxPort)) || !(await answers(this.fleetPort))) {
      if (child.exitCode !== null || performance.now() > deadline) {
        await this.#end('SIGKILL');
        throw new Error(`mosquitto does not answer: ${said}`);
      }
      await delay(LOOK_EVERY_MS);
    }
  }

  /** What it is told about certificates that count no more; resolves when it has read that. */
  async revoke(revoked: readonly Revoked[]): Promise<void> {
    this.#write('crl.pem', await this.#list(revoked));
    await this.reload();
  }

  /** As `systemctl reload` does; resolves when it has read its files. */
  async reload(): Promise<void> {
    const read = new Promise<void>((resolve, reject) => {
      const listen = (text: Buffer) => {
        if (text.includes('Unable to load')) reject(new Error(text.toString()));
        if (text.includes('Reloading config')) setTimeout(resolve, 100);
      };
      this.#process!.stderr!.on('data', listen);
    });
    this.#process!.kill('SIGHUP');
    await read;
  }

  /** Ends it in order: what waits is on the disk. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** As a crash does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Ends it and removes its files. */
  async remove(): Promise<void> {
    await this.#end('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }

  #list(revoked: readonly Revoked[]): Promise<string> {
    const { certificate, keys } = this.#options!.boxes;
    return revocationList({ certificate, signingKey: keys.privateKey }, revoked, Date.now());
  }

  #write(name: string, content: string): void {
    writeFileSync(join(this.#folder, name), content);
  }
}

const isRoot = (): boolean => userInfo().uid === 0;

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
