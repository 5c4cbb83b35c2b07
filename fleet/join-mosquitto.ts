/** What a Mosquitto beside the fleet is told: written whole before it begins, kept fresh while the fleet runs, read by it when it is reloaded. */
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@belkluis/shared/base/clock';
import { mosquittoAccess, mosquittoConfiguration } from './broker/mosquitto/files.ts';
import { type Config, places, processNames } from './config.ts';
import type { Rooms } from './open-rooms.ts';

/** Of MQTT over TLS, where a URL has none. */
const DEFAULT_PORT = 8883;

/** Mosquitto is another user, of the group that the folder has: it reads, and nobody else does. */
const GROUP_READS = 0o640;

export interface MosquittoFiles {
  readonly folder: string;
  /** Everything. True: something is not what it was, so that Mosquitto has to read it. */
  write(): Promise<boolean>;
  /** The list of revoked certificates alone. */
  writeList(): Promise<void>;
}

const textOf = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

export function joinMosquitto(
  config: Config,
  { ca, processCa, enrolment }: Pick<Rooms, 'ca' | 'processCa' | 'enrolment'>,
  clock: Pick<Clock, 'now'>,
): MosquittoFiles {
  const folder = config.mqtt?.folder ?? places(config.data).broker;

  /** Whoever reads it finds it whole, old or new. False: it says this already. */
  function put(name: string, text: string): boolean {
    const path = join(folder, name);
    if (textOf(path) === text) return false;
    // Another process of the fleet may write the same.
    const fresh = `${path}.${process.pid}.new`;
    writeFileSync(fresh, text, { mode: GROUP_READS });
    chmodSync(fresh, GROUP_READS);
    renameSync(fresh, path);
    return true;
  }

  async function writeList(): Promise<void> {
    put('crl.pem', await enrolment.crl());
  }

  return {
    folder,
    writeList,
    async write() {
      mkdirSync(folder, { recursive: true, mode: 0o750 });
      const authority = await processCa();
      const { key, chain } = await ca.server(clock.now(), 'broker');
      const { hostname, port } = new URL(config.mqttUrl ?? `mqtts://127.0.0.1:${DEFAULT_PORT + 1}`);
      const configuration = mosquittoConfiguration({
        folder,
        data: config.mqtt?.sessions ?? null,
        boxes: { address: config.address, port: config.ports.mqtt },
        fleet: { address: hostname.replace(/^\[|\]$/g, ''), port: Number(port || DEFAULT_PORT) },
      });
      const changed = [
        put('mosquitto.conf', configuration),
        put('acl', mosquittoAccess(processNames)),
        put('boxes.pem', ca.boxIssuers),
        put('fleet.pem', authority.authority),
        put('server.pem', `${key}${chain}`),
      ];
      await writeList();
      return changed.includes(true);
    },
  };
}
