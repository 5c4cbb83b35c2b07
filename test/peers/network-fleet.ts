/** The fleet's parts on a real database, as one process that a test may kill; what is to be said to boxes a test tells it, by IPC. */
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { silentLog } from '@belkluis/shared/base/log';
import type { Desired } from '@belkluis/shared/contract/desired';
import type { Response } from '@belkluis/shared/contract/response';
import { UP_FILTER } from '@belkluis/shared/contract/topics';
import { checkConfig } from '../../fleet/config.ts';
import { openIngest } from '../../fleet/ingest/ingest.ts';
import { openWriter } from '../../fleet/inventory/writer.ts';
import { joinBoxes } from '../../fleet/join-boxes.ts';
import { joinBroker } from '../../fleet/join-broker.ts';
import { joinIngest, noPorts } from '../../fleet/join-ingest.ts';
import { openRooms } from '../../fleet/open-rooms.ts';

/** To it. `say`: a message, its bytes as base64. `want`: the policy of all boxes, of the greatest version. */
export type FleetTold =
  | { readonly say: { readonly topic: string; readonly bytes: string } }
  | { readonly want: { readonly version: number; readonly policy: Desired } };

/** From it. */
export type FleetSays =
  | { readonly ready: true }
  | { readonly answered: { readonly command: string; readonly state: Response['state'] } };

const tell = (said: FleetSays): void => void process.send!(said);
const [clock, chance, log, counters] = [systemClock, systemChance, silentLog, new Counters()];
const config = checkConfig(JSON.parse(process.argv[2]!), {});
const rooms = await openRooms(config, log);
const { database, identities, enrolment, ca } = rooms;
const boxes = joinBoxes(rooms, clock);
const certificate = await ca.server(clock.now());
const { broker } = await joinBroker({ ...{ config, rooms, boxes, certificate, clock, counters, log }, notice() {} });
let wanted: Extract<FleetTold, { want: unknown }>['want'] | null = null;
const store = joinIngest({
  writer: openWriter({ database: database.kysely, clock, log, changed: () => {} }),
  ...{ identities, enrolment, welcome: boxes.welcome, beside: false, broker, clock, chance, log },
  ports: {
    ...noPorts,
    desired: async () => wanted,
    responded: async (_box, command, { state }) => tell({ answered: { command, state } }),
  },
});
const ingest = openIngest({ clock, counters, store, notice: () => {} });
broker.onMessage(UP_FILTER, (arrival) => ingest.take(arrival));
process.on('message', (told: FleetTold) => {
  if ('want' in told) wanted = told.want;
  else void broker.publish(told.say.topic, Buffer.from(told.say.bytes, 'base64'), { qos: 1, retain: false });
});
process.on('disconnect', () => process.exit(0));
await broker.start();
tell({ ready: true });
