/**
 * What a Prometheus reads (text format 0.0.4). Of the server as a whole, so for whoever runs it: counts of closed lists, never a box, a customer or
 * an MSP. Labels are bounded by the program, not by what comes in.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface Family {
  /** By the conventions of Prometheus: unit at the end, `_total` for what only grows. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly samples: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];
}

export interface MetricsSources {
  readonly version: string;
  /** `broker.connected`: room and what happened. */
  readonly counts: () => Readonly<Record<string, number>>;
  /** From the database; by urgency of boxes, by level of alerts. */
  readonly boxes: () => Promise<Readonly<Record<string, number>>>;
  readonly alerts: () => Promise<Readonly<Record<string, number>>>;
  /** Null: this broker does not tell. */
  readonly connected: () => number | null;
  /** What waits, by the room it waits in. */
  readonly queues: () => Readonly<Record<string, number>>;
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

export function formatMetrics(families: readonly Family[]): string {
  const lines = families.flatMap(({ name, help, type, samples }) => [
    `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(([labels, value]) => {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
      return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
    }),
  ]);
  return `${lines.join('\n')}\n`;
}

const by = (label: string, values: Readonly<Record<string, number>>): Family['samples'] =>
  Object.entries(values).map(([name, value]) => [{ [label]: name }, value]);

const gauge = (name: string, help: string, samples: Family['samples']): Family => ({
  name,
  help,
  type: 'gauge',
  samples,
});
const counter = (name: string, help: string, samples: Family['samples']): Family => ({
  ...{ name, help, type: 'counter', samples },
});

function processFamilies(lag: ReturnType<typeof monitorEventLoopDelay>): readonly Family[] {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const seconds = (nanoseconds: number) => (Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds) / 1e9 : 0);
  return [
    counter('process_cpu_seconds_total', 'Processor time of this process.', [[{}, (user + system) / 1e6]]),
    gauge('process_resident_memory_bytes', 'Memory of this process.', [[{}, rss]]),
    gauge('process_start_time_seconds', 'When this process began, since 1970.', [[{}, performance.timeOrigin / 1000]]),
    gauge('nodejs_heap_size_used_bytes', 'Heap in use.', [[{}, heapUsed]]),
    gauge('nodejs_eventloop_lag_seconds', 'How late timers are, since it was read last.', [
      [{ quantile: '0.5' }, seconds(lag.percentile(50))],
      [{ quantile: '0.99' }, seconds(lag.percentile(99))],
      [{ quantile: '1' }, seconds(lag.max)],
    ]),
  ];
}

export interface Metrics {
  read(): Promise<string>;
  close(): void;
}

export function openMetrics(sources: MetricsSources): Metrics {
  const lag = monitorEventLoopDelay({ resolution: 20 });
  lag.enable();
  return {
    async read() {
      const counts = Object.entries(sources.counts()).map(([name, value]) => {
        const cut = name.indexOf('.');
        const labels = { room: cut < 0 ? '' : name.slice(0, cut), what: name.slice(cut + 1) };
        return [labels, value] as const;
      });
      const connected = sources.connected();
      const families = [
        gauge('belkluis_fleet_info', 'Which software this is.', [[{ version: sources.version }, 1]]),
        counter('belkluis_fleet_events_total', 'What happened in broker, ingest and others.', counts),
        gauge(
          'belkluis_fleet_boxes',
          'Boxes by how soon somebody has to look at them.',
          by('urgency', await sources.boxes()),
        ),
        gauge('belkluis_fleet_alerts', 'Alerts that stand, by level.', by('level', await sources.alerts())),
        ...(connected === null
          ? []
          : [gauge('belkluis_fleet_connected', 'Boxes that are connected to this process.', [[{}, connected]])]),
        gauge('belkluis_fleet_waiting', 'What waits to be done, by room.', by('room', sources.queues())),
        ...processFamilies(lag),
      ];
      lag.reset();
      return formatMetrics(families);
    },
    close: () => lag.disable(),
  };
}
