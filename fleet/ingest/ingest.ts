/** From topic and bytes to what is kept. What is refused is counted by its reason and gone; what could not be kept comes again. */
import { createHash } from 'node:crypto';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import { Seldom } from '@belkluis/shared/base/seldom';
import { upMessages } from '@belkluis/shared/contract/messages';
import { parseTopic, type Topic, type UpKind } from '@belkluis/shared/contract/topics';
import { Boots } from './boots.ts';
import { NOTICE_EVERY_MS, SKEW_TOLERATED_MS } from './limits.ts';
import type { Reason } from './reasons.ts';
import { Skews } from './skews.ts';
import type { Kept, Said, Store } from './store.ts';
import { judgeTime } from './time.ts';

/** What a broker hands over. */
export interface Arrived {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** Kept by the broker and handed over late. */
  readonly retained: boolean;
  /** Sent once more by its box. */
  readonly again: boolean;
}

export interface IngestNotice {
  readonly code: Reason;
  /** Null: the topic has none. */
  readonly box: string | null;
  readonly kind: UpKind | null;
  /** `malformed`, `unknown_field`: names of known fields down to the fault. */
  readonly at?: string;
  /** `clock_wrong`: how far the box is ahead, ms. */
  readonly skewMs?: number;
}

export interface IngestOptions {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly store: Store;
  /** Called seldom: once in a while for each code and box. */
  readonly notice: (notice: IngestNotice) => void;
}

export interface Ingest {
  /** Resolves when the message was kept or refused for good, so may be acknowledged. Rejects when the store could not keep it. */
  take(arrived: Arrived): Promise<void>;
}

export function openIngest({ clock, counters, store, notice }: IngestOptions): Ingest {
  const seldom = new Seldom(clock, NOTICE_EVERY_MS);
  const boots = new Boots();
  const skews = new Skews();

  function tell(notes: IngestNotice): void {
    if (seldom.due(`${notes.code} ${notes.box}`)) notice(notes);
  }

  function refuse(code: Reason, box: string | null, kind: UpKind | null, at = ''): void {
    counters.add(`ingest.${code}`);
    tell({ code, box, kind, ...(at && { at }) });
  }

  function noteSkew({ box, kind }: Said, skewMs: number): void {
    if (Math.abs(skewMs) > SKEW_TOLERATED_MS) counters.add(skewMs > 0 ? 'ingest.clock_ahead' : 'ingest.clock_behind');
    const code = skews.note(box, skewMs);
    // Not by way of `tell`: it is told when it changes, and no oftener.
    if (code) notice({ code, box, kind, ...(code === 'clock_wrong' && { skewMs }) });
  }

  /** Whether its time can be; notes what it says about the box's clock. */
  async function isOfItsTime(said: Said, { retained }: Arrived): Promise<boolean> {
    const { box, kind, message, receivedAt } = said;
    // A will is dated when its connection began, and what is retained when it became so: both may be old and true.
    if (kind === 'presence' || retained) return true;
    let judged = judgeTime(message.ts, receivedAt, skews.of(box));
    if (judged.is !== 'fine' && skews.of(box) === null) {
      // After a start of the fleet alone: boxes that stayed connected elsewhere do not say again that they are there.
      const known = await store.skewOf(box);
      if (known !== null) skews.recall(box, known);
      judged = judgeTime(message.ts, receivedAt, known);
    }
    if (judged.is === 'from_past' || judged.is === 'from_future') {
      refuse(judged.is, box, kind);
      return false;
    }
    if (judged.is === 'ahead') noteSkew(said, judged.skewMs);
    return true;
  }

  async function keep(said: Said): Promise<Kept> {
    try {
      return await store.keep(said);
    } catch (cause) {
      counters.add('ingest.not_kept');
      throw cause;
    }
  }

  return {
    async take(arrived) {
      const topic = parseTopic(arrived.topic);
      if (!topic || !isUp(topic)) return refuse('topic_foreign', null, null);
      const { box, kind } = topic;
      const read = upMessages[kind].parse(arrived.payload);
      if (!read.ok) return refuse(read.refused, box, kind, read.at);
      const receivedAt = clock.now();
      const said = {
        kind,
        message: read.message,
        box,
        command: 'command' in topic ? topic.command : null,
        again: arrived.again,
        digest: digestOf(topic, read.message),
        receivedAt,
        skewMs: null,
      } as Said;
      // What was put back from somebody's memory says nothing about who is there now, and by which clock.
      const boot = !arrived.retained && !arrived.again ? bootOf(said) : null;
      if (boot !== null) noteSkew(said, said.message.ts - receivedAt);
      if (!(await isOfItsTime(said, arrived))) return;
      const kept = await keep({ ...said, skewMs: skews.of(box) });
      counters.add(`ingest.${kept}`);
      if (kept !== 'kept' && kept !== 'seen') tell({ code: kept, box, kind });
      if (boot !== null && kept !== 'box_unknown' && boots.cameBack(box, boot)) refuse('clone_suspected', box, kind);
    },
  };
}

/** Of what is said, not of its bytes: a box that learns to write a newer form sends again in that. */
const digestOf = (topic: UpTopic, { ts, seq, body }: Said['message']): string =>
  createHash('sha256')
    .update(JSON.stringify([topic.kind, 'command' in topic ? topic.command : null, ts, seq, body]))
    .digest('hex');

type UpTopic = Topic & { readonly kind: UpKind; readonly box: string };

const isUp = (topic: Topic): topic is UpTopic => topic.box !== null && Object.hasOwn(upMessages, topic.kind);

/** In which start a box says that it is there; null: it says something else. */
const bootOf = (said: Said): string | null =>
  said.kind === 'presence' && said.message.body.is === 'online' ? said.message.body.boot : null;
