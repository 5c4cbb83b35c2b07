/** A TPM 2.0 in software (Debian's swtpm) on loopback, ended by who started it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tpmTools } from '../tpm-tools.ts';

export interface SoftwareTpm {
  readonly tcti: string;
  /** Ends it; its memory stays. */
  stop(): Promise<void>;
  /** Starts it again, as after a power cut. */
  start(): Promise<void>;
}

/** A server on `port`; null when somebody has it. */
async function listenOn(port: number): Promise<Server | null> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return null;
  }
}

/** Two ports in a row that nobody listens on: tpm2-tools takes the second for the control channel. */
async function freePorts(): Promise<number> {
  for (;;) {
    const first = (await listenOn(0))!;
    const { port } = first.address() as AddressInfo;
    const second = await listenOn(port + 1);
    first.close();
    second?.close();
    if (second) return port;
  }
}

/** How often it is asked whether it is up, and how long between two times, ms: it starts in some 50. */
const TRIES = 100;
const PAUSE_MS = 50;

export async function startSoftwareTpm(): Promise<SoftwareTpm> {
  const memory = mkdtempSync(join(tmpdir(), 'swtpm-'));
  const port = await freePorts();
  const tcti = `swtpm:host=127.0.0.1,port=${port}`;
  let running: ChildProcess | null = null;
  const tpm: SoftwareTpm = {
    tcti,
    async start() {
      const at = (number: number) => `type=tcp,port=${number},bindaddr=127.0.0.1`;
      const places = ['--tpmstate', `dir=${memory}`, '--ctrl', at(port + 1), '--server', at(port)];
      running = spawn('swtpm', ['socket', '--tpm2', ...places, '--flags', 'not-need-init,startup-clear'], {
        stdio: 'ignore',
      });
      for (let tries = 0; tries < TRIES; tries++) {
        await new Promise((resume) => setTimeout(resume, PAUSE_MS));
        try {
          tpmTools(tcti).indices();
          return;
        } catch {
          // Not up yet.
        }
      }
      throw new Error('swtpm does not start: is the Debian package swtpm installed?');
    },
    async stop() {
      const ending = running;
      running = null;
      if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
      const ended = once(ending, 'exit');
      ending.kill();
      await ended;
    },
  };
  await tpm.start();
  return tpm;
}
