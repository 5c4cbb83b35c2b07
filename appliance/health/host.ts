/**
 * What the machine says of itself. Load and memory by systeminformation, whose two calls for them read `/proc` alone; its call for the
 * temperature starts shells and waits for them, so sensors are read here. All of it works without rights, and in a container.
 */
import { readdir, readFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { currentLoad, mem } from 'systeminformation';
import type { HostFact } from './finding.ts';

/** Sensors that are read: a server has a few dozen. */
const MAX_SENSORS = 64;

/** Degrees that no machine has: a sensor that is not connected says so. */
const PLAUSIBLE = { from: -40, to: 150 };

/** Where the machine's files are; a test has others. */
export interface HostFiles {
  /** `/sys`. */
  readonly sys: string;
}

const text = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null);

const entries = async (path: string, matching: RegExp): Promise<string[]> =>
  (await readdir(path).catch(() => [])).filter((name) => matching.test(name)).slice(0, MAX_SENSORS);

/** Thousandths of a degree, as the kernel writes them; null when there is none, or none that can be. */
async function degrees(path: string): Promise<number | null> {
  const said = (await text(path))?.trim() ?? '';
  const celsius = /^-?\d{1,7}$/.test(said) ? Number(said) / 1000 : Number.NaN;
  return celsius > PLAUSIBLE.from && celsius < PLAUSIBLE.to ? celsius : null;
}

interface Sensor {
  readonly input: string;
  readonly critical: string | null;
}

async function zones(sys: string): Promise<Sensor[]> {
  const folder = join(sys, 'class/thermal');
  const found = (await entries(folder, /^thermal_zone\d+$/)).map(async (zone): Promise<Sensor> => {
    const at = join(folder, zone);
    const trips = await entries(at, /^trip_point_\d+_type$/);
    const types = await Promise.all(trips.map((trip) => text(join(at, trip))));
    const critical = trips[types.findIndex((type) => type?.trim() === 'critical')];
    return { input: join(at, 'temp'), critical: critical ? join(at, critical.replace(/_type$/, '_temp')) : null };
  });
  return Promise.all(found);
}

async function monitors(sys: string): Promise<Sensor[]> {
  const folder = join(sys, 'class/hwmon');
  const found = (await entries(folder, /^hwmon\d+$/)).map(async (monitor) => {
    const inputs = await entries(join(folder, monitor), /^temp\d+_input$/);
    return inputs.map((name): Sensor => {
      const input = join(folder, monitor, name);
      return { input, critical: input.replace(/_input$/, '_crit') };
    });
  });
  return (await Promise.all(found)).flat();
}

const most = (values: readonly (number | null)[]): number | null =>
  values.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);

/** The least of those limits that are any. */
const least = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null && value > 0) as number[];
  return known.length > 0 ? Math.min(...known) : null;
};

/** Whatever of a library is no number is not known. */
const part = (of: number, whole: number): number | null =>
  Number.isFinite(of) && whole > 0 ? Math.min(100, Math.max(0, (100 * of) / whole)) : null;

/** Of a container that may have no more than a part of the machine's memory (cgroup v2); null: it may have all. Cache that can go is not in use. */
async function ofContainer(sys: string): Promise<number | null> {
  const folder = join(sys, 'fs/cgroup');
  const [limit, current, stat] = await Promise.all(
    ['memory.max', 'memory.current', 'memory.stat'].map((name) => text(join(folder, name))),
  );
  if (!limit || !current) return null;
  const cache = Number(/^inactive_file (\d+)$/m.exec(stat ?? '')?.[1] ?? 0);
  // `max`, where there is no limit, is no number.
  return part(Number(current) - cache, Number(limit));
}

export function openHost({ sys }: HostFiles = { sys: '/sys' }): { read(): Promise<HostFact> } {
  /** Sensors do not come and go; null: not looked for yet. */
  let sensors: readonly Sensor[] | null = null;
  let criticalCelsius: number | null = null;

  const temperature = async () => {
    if (sensors === null) {
      sensors = [...(await zones(sys)), ...(await monitors(sys))];
      criticalCelsius = least(
        await Promise.all(sensors.map(({ critical }) => critical && degrees(critical))).then((all) =>
          all.map((one) => one || null),
        ),
      );
    }
    return most(await Promise.all(sensors.map(({ input }) => degrees(input))));
  };

  return {
    async read() {
      const [load, memory, contained, temperatureCelsius] = await Promise.all([
        currentLoad().catch(() => null),
        mem().catch(() => null),
        ofContainer(sys),
        temperature(),
      ]);
      return {
        cpuPercent: load && part(load.currentLoad, 100),
        memoryPercent: most([memory && part(memory.total - memory.available, memory.total), contained]),
        temperatureCelsius,
        criticalCelsius,
        uptimeS: uptime(),
      };
    },
  };
}
