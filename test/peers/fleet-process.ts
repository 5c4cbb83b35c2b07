/**
 * A fleet process as small as can be, for tests that kill it: a broker, ingest, and a store of one line a message, synced. What it does is
 * told on standard output, a line each: `ready <port>`, `arrived <seq>`, `kept <seq>`.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { silentLog } from '@belkluis/shared/base/log';
import { UP_FILTER } from '@belkluis/shared/contract/topics';
import type { Broker } from '../../fleet/broker/broker.ts';
import { openEmbedded } from '../../fleet/broker/embedded/embedded.ts';
import { type FleetIdentity, openExternal } from '../../fleet/broker/external/external.ts';
import { openIngest } from '../../fleet/ingest/ingest.ts';
import type { Kept, Store } from '../../fleet/ingest/store.ts';

/** Given as JSON on the command line. */
export interface FleetProcessTask {
  /** Where what was kept lies. */
  readonly file: string;
  readonly embedded?: {
    readonly key: string;
    readonly certificate: string;
    readonly boxAuthority: string;
    readonly port: number;
  };
  readonly external?: { readonly url: string; readonly identity: FleetIdentity };
  /** `seq` of a message at which it stops for good: before it is kept, or after, before that is acknowledged. */
  readonly stopBefore?: number;
  readonly stopAfter?: number;
}

/** One line of the file. */
export interface KeptLine {
  readonly box: string;
  readonly id: string;
  readonly seq: number;
  readonly digest: string;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const never = new Promise<never>(() => {});

function openFile({ file, stopBefore, stopAfter }: FleetProcessTask): Store {
  const lines: KeptLine[] = existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line.endsWith('}'))
        .map((line) => JSON.parse(line))
    : [];
  const known = new Map(lines.map((line) => [`${line.box} ${line.id}`, line.digest]));
  const out = openSync(file, 'a', 0o600);
  process.once('exit', () => closeSync(out));
  return {
    async keep({ box, message: { id, seq }, digest }): Promise<Kept> {
      say(`arrived ${seq}`);
      if (seq === stopBefore) await never;
      const before = known.get(`${box} ${id}`);
      if (before !== undefined) return before === digest ? 'seen' : 'changed';
      const line: KeptLine = { box, id, seq, digest };
      writeSync(out, `${JSON.stringify(line)}\n`);
      fsyncSync(out);
      known.set(`${box} ${id}`, digest);
      say(`kept ${seq}`);
      if (seq === stopAfter) await never;
      return 'kept';
    },
    skewOf: async () => null,
  };
}

async function run(task: FleetProcessTask): Promise<void> {
  const counters = new Counters();
  const { embedded, external } = task;
  let port = 0;
  let broker: Broker;
  if (embedded) {
    const own = await openEmbedded({
      clock: systemClock,
      counters,
      identity: embedded,
      listen: { host: '127.0.0.1', port: embedded.port },
      webSocket: null,
      mayConnect: () => true,
      notice: () => {},
    });
    broker = own;
  } else {
    broker = openExternal({ ...external!, counters, log: silentLog });
  }
  const ingest = openIngest({ clock: systemClock, counters, store: openFile(task), notice: () => {} });
  broker.onMessage(UP_FILTER, (arrival) => ingest.take(arrival));
  await broker.start();
  if ('ports' in broker) port = (broker as { ports: { tls: number } }).ports.tls;
  say(`ready ${port}`);
}

await run(JSON.parse(process.argv[2]!));
