/** A fleet as it is run, one process or several, on loopback; with a Mosquitto and a PostgreSQL beside it where that is asked for. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '@belkluis/shared/base/clock';
import { silentLog } from '@belkluis/shared/base/log';
import { type Config, checkConfig, type processNames } from '../../fleet/config.ts';
import { joinMosquitto } from '../../fleet/join-mosquitto.ts';
import { openRooms, type Rooms } from '../../fleet/open-rooms.ts';
import { freePort } from '../../scripts/demo/box.ts';
import { FLEET_FLAGS } from '../../scripts/demo/processes.ts';
import { Mosquitto } from './mosquitto.ts';
import { Postgres } from './postgres.ts';

const program = resolve(import.meta.dirname, '../../fleet/main.ts');

const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** Who runs it: without one there is no processing agreement. */
const provider = {
  name: 'Fleet',
  address: 'Street 1',
  country: 'NL',
  parentCountry: 'NL',
  contact: 'office@fleet.example',
};

type Name = (typeof processNames)[number];

export interface FleetProcess {
  readonly pid: number;
  /** What it wrote to its log. */
  said(): string;
  /** Its exit code; null: it was killed. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface WholeFleet {
  readonly folder: string;
  /** Its rooms, as the command line has them. */
  readonly rooms: Rooms;
  readonly mosquitto: Mosquitto | null;
  readonly databaseUrl: string;
  /** Where boxes connect. */
  readonly brokerUrl: string;
  enrolmentUrl(name?: Name): string;
  /** Resolves when it has started. */
  start(name?: Name): Promise<FleetProcess>;
  /** Ends what runs, and removes all. */
  remove(): Promise<void>;
}

export interface WholeFleetOptions {
  readonly mosquitto?: boolean;
  /** `tcp`: reached by an address, not by its socket. */
  readonly postgres?: boolean | 'tcp';
  /** Where it listens, and what its certificate is for. */
  readonly host?: string;
  /** Before the words of the process: a profiler's options, a network of its own. */
  readonly command?: readonly string[];
}

export async function wholeFleet(options: WholeFleetOptions = {}): Promise<WholeFleet> {
  const { host = '127.0.0.1', command = [process.execPath] } = options;
  const folder = mkdtempSync(join(tmpdir(), 'whole-fleet-'));
  const [mqtt, fleetPort, ...enrolments] = await Promise.all([0, 1, 2, 3].map(freePort));
  const database = options.postgres ? await Postgres.start() : null;
  const folders = options.mosquitto ? Mosquitto.folders() : null;
  const environment = {
    ...(database && { DATABASE_URL: options.postgres === 'tcp' ? database.tcpUrl() : database.url }),
    ...(folders && { MQTT_URL: `mqtts://127.0.0.1:${fleetPort}` }),
  };
  const data = join(folder, 'data');
  mkdirSync(data);
  const portOf = (name: Name) => (name === 'fleet' ? enrolments[0]! : enrolments[1]!);
  const fileOf = (name: Name) => ({
    ...{ data, hosts: [host], address: host, region: 'NL' },
    ports: { mqtt, webSocket: null, enrolment: portOf(name) },
    compliance: { provider },
    mqtt: folders && { process: name, folder: folders.files, sessions: folders.sessions },
  });
  const config: Config = checkConfig(fileOf('fleet'), environment);
  const rooms = await openRooms(config, silentLog);
  if (folders) await joinMosquitto(config, rooms, systemClock).write();
  const mosquitto = folders && (await Mosquitto.over(folders.files, mqtt!, fleetPort!));
  const { DATABASE_URL: _d, MQTT_URL: _m, ...around } = process.env;

  async function start(name: Name = 'fleet'): Promise<FleetProcess> {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(fileOf(name)));
    const [first, ...more] = [...command, ...FLEET_FLAGS, program, '--config', file];
    const child = spawn(first!, more, { env: { ...around, ...environment }, stdio: ['ignore', 'ignore', 'pipe'] });
    alive.add(child);
    let said = '';
    child.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString();
    });
    const ends = new Promise<number | null>((done) => child.once('exit', done)).finally(() => alive.delete(child));
    while (!said.includes('"fleet_started"')) {
      if (child.exitCode !== null) throw new Error(`the fleet ended: ${said}`);
      await delay(20);
    }
    return {
      pid: child.pid!,
      said: () => said,
      end(signal) {
        child.kill(signal);
        return ends;
      },
    };
  }

  return {
    folder,
    rooms,
    mosquitto,
    databaseUrl: config.databaseUrl,
    brokerUrl: `mqtts://${host}:${mqtt}`,
    enrolmentUrl: (name = 'fleet') => `https://${host}:${portOf(name)}`,
    start,
    async remove() {
      for (const child of alive) child.kill('SIGKILL');
      await rooms.database.close();
      await mosquitto?.remove();
      await database?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
