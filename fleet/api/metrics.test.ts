import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { systemClock } from '@belkluis/shared/base/clock';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { PROBE_PATIENCE_MS } from './limits.ts';
import { formatMetrics, type MetricsSources, openMetrics } from './metrics.ts';
import { ready } from './probes.ts';
import { serveMetrics } from './serve-metrics.ts';

const sources: MetricsSources = {
  version: 'v0.5.0',
  counts: () => ({ 'broker.connected': 3, 'ingest.stored': 12, odd: 1 }),
  boxes: async () => ({ bad: 1, ok: 41 }),
  alerts: async () => ({ warn: 2, bad: 1 }),
  connected: () => 40,
  queues: () => ({ writer: 0 }),
};

const get = (port: number, path: string, headers = {}): Promise<{ status: number; type: string; body: string }> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers, agent: false }, async (answer) =>
      resolve({ status: answer.statusCode!, type: answer.headers['content-type'] ?? '', body: await text(answer) }),
    )
      .on('error', reject)
      .end();
  });

/** As a scraper reads a line: the name, labels, a number. */
const SAMPLE =
  /^[a-z_]+(\{[a-z]+="(\\[\\n"]|[^\\"\n])*"(,[a-z]+="(\\[\\n"]|[^\\"\n])*")*\})? -?\d+(\.\d+)?(e[+-]?\d+)?$/;

test('what a Prometheus reads: each family said once, each line well-formed', async (t) => {
  const metrics = openMetrics(sources);
  t.teardown(() => metrics.close());
  const said = await metrics.read();
  t.true(said.endsWith('\n'));
  const lines = said.trimEnd().split('\n');
  for (const line of lines)
    t.regex(line, line.startsWith('#') ? /^# (HELP [a-z_]+ .+|TYPE [a-z_]+ (counter|gauge))$/ : SAMPLE);
  const types = lines.filter((line) => line.startsWith('# TYPE'));
  t.is(new Set(types).size, types.length);
  t.is(new Set(lines).size, lines.length);
  for (const line of [
    'belkluis_fleet_info{version="v0.5.0"} 1',
    'belkluis_fleet_events_total{room="broker",what="connected"} 3',
    'belkluis_fleet_boxes{urgency="bad"} 1',
    'belkluis_fleet_alerts{level="warn"} 2',
    'belkluis_fleet_connected 40',
    'belkluis_fleet_waiting{room="writer"} 0',
  ])
    t.true(lines.includes(line), line);
  for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_seconds'])
    t.true(said.includes(`\n${name}`), name);
});

test('labels say what they were given, whatever is in it', (t) => {
  const odd = formatMetrics([{ name: 'a', help: 'b\nc', type: 'gauge', samples: [[{ l: 'x"\\\ny' }, 1]] }]);
  t.is(odd, '# HELP a b\\nc\n# TYPE a gauge\na{l="x\\"\\\\\\ny"} 1\n');
});

test('ready is who can work; what hangs or fails is named, and waited for no longer than a moment', async (t) => {
  const good = { database: async () => true, broker: () => true };
  t.deepEqual(await ready(good, systemClock), { status: 200, body: '{"ready":true,"waits":[]}' });
  const clock = new ManualClock();
  const fails = () => {
    throw new Error('no');
  };
  const asked = ready({ ...good, writer: fails, database: () => new Promise<boolean>(() => {}) }, clock);
  await new Promise(setImmediate);
  clock.advance(PROBE_PATIENCE_MS);
  t.deepEqual(await asked, { status: 503, body: '{"ready":false,"waits":["database","writer"]}' });
});

test('metrics and probes are for who is on the machine', async (t) => {
  const works = { database: true };
  let breaks = false;
  const metrics = openMetrics({
    ...sources,
    boxes: async () => {
      if (breaks) throw new Error('the database is gone');
      return { ok: 1 };
    },
  });
  const serving = await serveMetrics({
    metrics,
    checks: { database: () => works.database },
    clock: systemClock,
    port: 0,
  });
  t.teardown(() => serving.close());
  const at = (path: string, headers = {}) => get(serving.port, path, headers);
  t.like(await at('/metrics'), { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' });
  t.like(await at('/healthz'), { status: 200 });
  t.like(await at('/readyz'), { status: 200 });
  works.database = false;
  t.like(await at('/readyz'), { status: 503, body: '{"ready":false,"waits":["database"]}' });
  t.like(await at('/healthz'), { status: 200 }, 'it lives all the same');
  t.is((await at('/metrics', { Host: 'evil.example' })).status, 421);
  t.is((await at('/other')).status, 404);
  breaks = true;
  t.is((await at('/metrics')).status, 503);
});
