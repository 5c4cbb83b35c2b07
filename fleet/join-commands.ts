/** Commands reach their boxes, and what becomes of them is kept: what joins the room to broker and intake. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { command } from '@belkluis/shared/contract/command';
import { stamp } from '@belkluis/shared/contract/message';
import type { Broker } from './broker/broker.ts';
import type { DueCommand } from './commands/commands.ts';
import { DUE_AT_ONCE } from './commands/limits.ts';
import { every, untilDone } from './every.ts';
import { DAY_MS } from './inventory/limits.ts';
import type { IngestPorts } from './join-ingest.ts';
import type { Rooms } from './open-rooms.ts';
import type { Touched } from './web/live.ts';

/** What somebody asked for is on its way within this, ms. */
const STEP_EVERY_MS = 500;
const EXPIRE_EVERY_MS = 30_000;

interface Parts {
  readonly broker: Pick<Broker, 'publish'>;
  readonly clock: Clock;
  readonly log: Log;
  /** A box has answered: pages that show it follow. */
  readonly changed: (changes: readonly Touched[]) => void;
}

export function joinCommands(
  { commands, identities }: Pick<Rooms, 'commands' | 'identities'>,
  { broker, clock, log, changed }: Parts,
) {
  let count = 0;
  let running = true;

  /** Returns its id. */
  async function send({ id, box, op, expiresAt }: DueCommand): Promise<string> {
    const payload = command.format({ id, ts: stamp(clock.now()), seq: ++count, body: { op, expiresAt } });
    await broker.publish(command.topic(box, id), payload, command);
    return id;
  }

  /** Twice, where the process dies between the two: the box does it once. */
  async function step(): Promise<boolean> {
    const due = await commands.due();
    // Not one after another: a broker beside the fleet answers each behind all that boxes say meanwhile. What it did not take holds up no other.
    const told = await Promise.allSettled(due.map(send));
    await commands.sent(told.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])));
    for (const one of told) if (one.status === 'rejected') throw one.reason;
    return due.length === DUE_AT_ONCE;
  }

  const responded: IngestPorts['responded'] = async (box, id, said) => {
    if (!(await commands.responded(box, id, said))) return;
    const place = await identities.place(box);
    if (place) changed([{ ...place, box }]);
  };
  return {
    ports: { responded },
    /** Returns what ends it, after what runs. */
    start() {
      const goesOn = () => running;
      const ends = [
        every(clock, STEP_EVERY_MS, 'command_step', log, () => untilDone(step, goesOn)),
        every(clock, EXPIRE_EVERY_MS, 'command_expire', log, () => commands.expire()),
        every(clock, DAY_MS, 'command_forget', log, () => untilDone(() => commands.forget(), goesOn)),
      ];
      return async () => {
        running = false;
        await Promise.all(ends.map((end) => end()));
      };
    },
  };
}
