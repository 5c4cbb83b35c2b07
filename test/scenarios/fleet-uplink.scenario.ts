/** The box's own uplink, a broker and ingest together: what a box says is kept once, and nothing of it looks odd to the fleet. */
import { type Clock, systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { UP_FILTER } from '@belkluis/shared/contract/topics';
import test, { type ExecutionContext } from 'ava';
import { START, startBox, until } from '../../appliance/uplink/testing/box.ts';
import type { TestFleet } from '../../appliance/uplink/testing/fleet.ts';
import { newAuthority } from '../../appliance/uplink/testing/pki.ts';
import { BOX } from '../../appliance/uplink/testing/sample.ts';
import type { Broker } from '../../fleet/broker/broker.ts';
import { openEmbedded } from '../../fleet/broker/embedded/embedded.ts';
import { openIngest } from '../../fleet/ingest/ingest.ts';
import { memoryStore } from '../../fleet/ingest/testing/memory-store.ts';

const authority = await newAuthority('Fleet');

/** A fleet whose process can go and come back on the same port; its clock is the box's. */
async function startFleet(t: ExecutionContext) {
  const notices: string[] = [];
  const store = memoryStore();
  store.boxes.add(BOX);
  const fleet = { port: 0, url: '', clock: null as Clock | null, broker: null as Broker | null };
  const clock: Clock = {
    now: () => fleet.clock?.now() ?? START,
    monotonic: () => systemClock.monotonic(),
    after: systemClock.after,
  };
  const counters = new Counters();
  const start = async () => {
    const notice = ({ code }: { code: string }) => void notices.push(code);
    const broker = await openEmbedded({
      clock: systemClock,
      counters,
      identity: { ...authority.server, boxAuthority: authority.certificate },
      listen: { host: '127.0.0.1', port: fleet.port },
      webSocket: null,
      mayConnect: () => true,
      notice,
    });
    const ingest = openIngest({ clock, counters, store, notice });
    broker.onMessage(UP_FILTER, (arrival) => ingest.take(arrival));
    await broker.start();
    fleet.port = broker.ports.tls;
    fleet.url = `mqtts://localhost:${fleet.port}`;
    fleet.broker = broker;
  };
  await start();
  t.teardown(() => fleet.broker?.close());
  return { fleet, store, notices, start };
}

test('a box that was cut off for days tells all of it, once, and nothing looks like a flood, a clone or a wrong clock', async (t) => {
  const { fleet, store, notices, start } = await startFleet(t);
  const box = await startBox(t, { authority, fleet: { url: fleet.url } as TestFleet, more: {} });
  fleet.clock = box.clock;
  await box.online();
  await box.settled();
  const of = (kind: string) => store.kept.filter((said) => said.kind === kind);
  await until(t, () => of('reported').length > 0 && of('health').length > 0, 'the first report');
  await fleet.broker!.close();
  const before = of('health').length;
  for (let n = 0; n < 800; n++) {
    await box.uplink.sample();
    box.clock.advance(6 * 60_000);
  }
  const queued = box.uplink.status().queued;
  t.true(queued >= 700, `${queued}`);
  await start();
  await box.again();
  await box.settled();
  t.true(of('health').length - before >= 700);
  const numbers = of('health').map(({ message }) => message.seq);
  t.is(new Set(numbers).size, numbers.length);
  await fleet.broker!.kick(BOX);
  await box.again();
  await box.uplink.sample();
  await box.settled();
  t.deepEqual(notices, []);
});
