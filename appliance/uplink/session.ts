/** What a box says over one connection: hello, what is so, and then what waits, until it breaks. */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { newUlid } from '@belkluis/shared/base/ulid';
import { type Audit, audit } from '@belkluis/shared/contract/audit';
import type { Health } from '@belkluis/shared/contract/health';
import { stamp } from '@belkluis/shared/contract/message';
import { type Presence, presence } from '@belkluis/shared/contract/presence';
import { type Reported, reported } from '@belkluis/shared/contract/reported';
import { BROADCAST_TOPIC, downFilter } from '@belkluis/shared/contract/topics';
import { AUDIT_EVERY_MS, WINDOW } from './limits.ts';
import type { Link } from './link.ts';
import type { Store } from './store.ts';

/** Where the uplink learns what it tells. */
export interface Tells {
  readonly reported: () => Promise<Reported> | Reported;
  readonly health: () => Promise<Pick<Health, 'gauges' | 'findings'>>;
  /** The newest checkpoint with its proof, and hours that were not told; null: there is nothing new. */
  readonly checkpoint: () => Promise<Audit | null> | Audit | null;
  /** The broker has it: its hours need not be told again. */
  readonly checkpointTold: (told: Audit) => void;
}

interface Options {
  readonly boxId: string;
  readonly link: Link;
  readonly store: Pick<Store, 'outbox' | 'seq' | 'reads'>;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly tells: Tells;
  readonly log: Log;
  /** This connection, as presence says it. */
  readonly presence: (is: Presence['is']) => Presence;
}

export interface Session {
  /** Something waits in the outbox. */
  readonly send: () => void;
  /** Says what is so where it has changed, or, when `all`, in any case. */
  readonly tell: (all: boolean) => Promise<void>;
  /** Shows the head of the audit log now. */
  readonly showLog: () => Promise<void>;
  /** Says that it stops. */
  readonly sleep: () => Promise<void>;
  /** Nothing is begun any more. */
  readonly end: () => void;
}

/** Presence as it is sent, also as a will. */
export const presenceBytes = (
  body: Presence,
  { clock, chance, store }: Pick<Options, 'clock' | 'chance'> & { store: Pick<Store, 'seq' | 'reads'> },
): Buffer => {
  const ts = stamp(clock.now());
  return presence.format({ id: newUlid(ts, chance), ts, seq: store.seq(), body }, store.reads());
};

/** Begins one on a connection that the broker has accepted. */
export function startSession(options: Options): Session {
  const { boxId, link, store, clock, chance, tells, log } = options;
  let isOver = false;
  let place = 0;
  let onTheirWay = 0;
  let toldReport = '';
  let toldPresence = '';
  let cancelAudit: Cancel = () => {};

  /** A disk that takes nothing, a room that fails: the connection ends, and the next begins with what is so then. */
  const guarded = (work: () => Promise<void>): Promise<void> => work().catch(() => link.cut());

  /** What cannot be told keeps nothing else from being told: a fault of ours, for whoever reads the journal. */
  const ifItCan = (kind: string, work: () => Promise<void>): Promise<void> =>
    work().catch((error: unknown) => log('uplink_untold', { kind, why: (error as Error).message }));

  const about = () => {
    const ts = stamp(clock.now());
    return { id: newUlid(ts, chance), ts, seq: store.seq() };
  };

  async function sayPresence(is: Presence['is']): Promise<void> {
    const body = options.presence(is);
    toldPresence = JSON.stringify(body);
    await link.publish(presence.topic(boxId), presenceBytes(body, options), presence.retain);
  }

  async function tellAudit(): Promise<void> {
    cancelAudit();
    cancelAudit = clock.after(AUDIT_EVERY_MS, () => void ifItCan('audit', tellAudit));
    const body = await tells.checkpoint();
    if (!body || isOver) return;
    await link.publish(audit.topic(boxId), audit.format({ ...about(), body }, store.reads()), audit.retain);
    tells.checkpointTold(body);
  }

  async function tellReport(all: boolean): Promise<void> {
    const body = await tells.reported();
    const report = JSON.stringify(body);
    if (isOver || (!all && report === toldReport)) return;
    const bytes = reported.format({ ...about(), body }, store.reads());
    toldReport = report;
    await link.publish(reported.topic(boxId), bytes, reported.retain);
  }

  async function tell(all: boolean): Promise<void> {
    if (all || JSON.stringify(options.presence('online')) !== toldPresence) await sayPresence('online');
    await ifItCan('reported', () => tellReport(all));
    if (all) await ifItCan('audit', tellAudit);
  }

  function send(): void {
    while (!isOver && onTheirWay < WINDOW) {
      const outgoing = store.outbox.next(place);
      if (!outgoing) return;
      place = outgoing.place;
      onTheirWay += 1;
      void guarded(async () => {
        await link.publish(outgoing.topic, outgoing.bytes, false);
        onTheirWay -= 1;
        store.outbox.forget(outgoing.place);
        send();
      });
    }
  }

  void guarded(async () => {
    await sayPresence('online');
    await link.subscribe([downFilter(boxId), BROADCAST_TOPIC]);
    store.outbox.tellGaps();
    send();
    await ifItCan('reported', () => tellReport(true));
    await ifItCan('audit', tellAudit);
  });

  return {
    send: () => void guarded(async () => send()),
    tell: (all) => guarded(() => tell(all)),
    showLog: () => ifItCan('audit', tellAudit),
    sleep: () => sayPresence('sleep'),
    end() {
      isOver = true;
      cancelAudit();
    },
  };
}
