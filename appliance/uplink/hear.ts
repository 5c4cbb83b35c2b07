/** What the fleet says to this box: read, and handed to whom it concerns. Whatever is no message of ours is counted, and does nothing. */
import { createHash } from 'node:crypto';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Log } from '@belkluis/shared/base/log';
import { type Broadcast, broadcast } from '@belkluis/shared/contract/broadcast';
import { type Certificate, certificate } from '@belkluis/shared/contract/certificate';
import { type Command, command } from '@belkluis/shared/contract/command';
import { type Cosignature, cosignature } from '@belkluis/shared/contract/cosignature';
import { type Desired, desired } from '@belkluis/shared/contract/desired';
import type { Read, Refusal } from '@belkluis/shared/contract/message';
import type { Response } from '@belkluis/shared/contract/response';
import { parseTopic } from '@belkluis/shared/contract/topics';
import type { Store } from './store.ts';

/**
 * Whom it concerns. Except commands all may come again, and do no harm then. What throws is not acknowledged and comes again after a pause: for a disk
 * that takes nothing, never for a document that is not liked.
 */
export interface Hears {
  /** The policy that the fleet wants. The same bytes come once, also over restarts, unless the box went down in it. */
  readonly desired: (policy: Desired) => Promise<void> | void;
  /** Does it, and says what became of it. Once for each command. `sync` is the uplink's own. */
  readonly command: (op: Exclude<Command['op'], 'sync'>) => Promise<Response> | Response;
  readonly certificate: (issued: Certificate) => Promise<void> | void;
  readonly cosignature: (answer: Cosignature) => Promise<void> | void;
  readonly broadcast: (news: Broadcast) => Promise<void> | void;
}

interface Options {
  readonly boxId: string;
  readonly store: Pick<Store, 'inbox' | 'desired' | 'setDesired' | 'setReads'>;
  readonly hears: Hears;
  /** Tells everything again. */
  readonly sync: () => void;
  /** There is something new in the outbox. */
  readonly queued: () => void;
  readonly log: Log;
  readonly counters: Counters;
}

/** Takes what came under a topic; done when it need not come again. */
export function hearing({ boxId, store, hears, sync, queued, log, counters }: Options) {
  const refuse = (kind: string, why: Refusal | 'foreign_topic' | 'other_command', at = '') => {
    counters.add('uplink_refused');
    log('uplink_refused', { kind, why, at });
  };

  async function handOn<Body>(kind: string, read: Read<Body>, to: (body: Body) => Promise<void> | void) {
    if (read.ok) await to(read.message.body);
    else refuse(kind, read.refused, read.at);
  }

  async function run(id: string, op: Command['op']): Promise<void> {
    let said: Response;
    try {
      if (op === 'sync') sync();
      said = op === 'sync' ? { state: 'done' } : await hears.command(op);
    } catch (error) {
      log('uplink_command_failed', { op, why: (error as { code?: string }).code ?? 'internal' });
      said = { state: 'failed', why: 'internal' };
    }
    store.inbox.answer(id, said);
    queued();
  }

  function hearCommand(bytes: Buffer, id: string): void {
    const read = command.parse(bytes);
    if (!read.ok || read.message.id !== id) {
      refuse('command', read.ok ? 'other_command' : read.refused, read.ok ? '' : read.at);
      return;
    }
    const { op } = read.message.body;
    if (store.inbox.hear(read.message)) {
      // Not waited for: a test call takes seconds. If the box goes down in it, its next start says so.
      run(id, op).catch((error: unknown) =>
        log('uplink_answer_lost', { why: (error as { code?: string }).code ?? null }),
      );
    }
    queued();
  }

  async function hearDesired(bytes: Buffer): Promise<void> {
    const hash = createHash('sha256').update(bytes).digest('hex');
    if (bytes.length === 0 || hash === store.desired()) return;
    await handOn('desired', desired.parse(bytes), hears.desired);
    store.setDesired(hash);
  }

  return async (topic: string, bytes: Buffer): Promise<void> => {
    const about = parseTopic(topic);
    if (!about || (about.box !== null && about.box !== boxId)) return refuse('unknown', 'foreign_topic');
    switch (about.kind) {
      case 'desired':
        return hearDesired(bytes);
      case 'command':
        return hearCommand(bytes, about.command);
      case 'certificate':
        return handOn(about.kind, certificate.parse(bytes), hears.certificate);
      case 'cosignature':
        return handOn(about.kind, cosignature.parse(bytes), hears.cosignature);
      case 'broadcast':
        return handOn(about.kind, broadcast.parse(bytes), async (news) => {
          store.setReads(news.reads);
          await hears.broadcast(news);
        });
      default:
        return refuse(about.kind, 'foreign_topic');
    }
  };
}
