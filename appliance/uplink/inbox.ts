/** Commands that were heard, so that each is done once at most, and what became of it is told whatever happens in between. */
import type { Clock } from '@belkluis/shared/base/clock';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import type { Command } from '@belkluis/shared/contract/command';
import type { Envelope } from '@belkluis/shared/contract/message';
import type { Response } from '@belkluis/shared/contract/response';
import type { Database } from 'better-sqlite3';
import { MAX_COMMANDS } from './limits.ts';
import type { Outbox } from './outbox.ts';

interface Options {
  readonly database: Database;
  readonly outbox: Pick<Outbox, 'answer'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly most?: number;
}

const isOver = ({ state }: Response): boolean => state !== 'accepted' && state !== 'running';

/** Opens it, and says of what was going on when the box went down that it broke off. */
export function openInbox({ database, outbox, clock, most = MAX_COMMANDS }: Options) {
  const known = database.prepare('SELECT answer FROM inbox WHERE command = ?').pluck();
  const insert = database.prepare(
    'INSERT INTO inbox (command, heard_at, expires_at, answer, over) VALUES (@command, @now, @expiresAt, @answer, @over)',
  );
  const update = database.prepare('UPDATE inbox SET answer = @answer, over = @over WHERE command = @command');
  const unfinished = database.prepare('SELECT command FROM inbox WHERE over = 0').pluck();
  const amount = database.prepare('SELECT count(*) FROM inbox').pluck();
  // One that could still be asked again is never forgotten.
  const prune = database.prepare(
    `DELETE FROM inbox WHERE place IN (
       SELECT place FROM inbox WHERE expires_at <= @now AND over = 1 ORDER BY place LIMIT max(0, (SELECT count(*) FROM inbox) - @keep))`,
  );

  const told = (answer: Response) => ({ answer: JSON.stringify(answer), over: isOver(answer) ? 1 : 0 });

  const answer = database.transaction((command: string, said: Response): void => {
    update.run({ command, ...told(said) });
    outbox.answer(command, said);
  });

  const hear = database.transaction((id: string, expiresAt: number): boolean => {
    const before = known.get(id) as string | undefined;
    if (before !== undefined) {
      outbox.answer(id, JSON.parse(before));
      return false;
    }
    const now = clock.now();
    prune.run({ now, keep: most - 1 });
    if ((amount.get() as number) >= most) {
      outbox.answer(id, { state: 'refused', why: 'too_often' } satisfies Response);
      return false;
    }
    const said: Response = expiresAt <= now ? { state: 'refused', why: 'expired' } : { state: 'accepted' };
    insert.run({ command: id, now, expiresAt, ...told(said) });
    outbox.answer(id, said);
    return said.state === 'accepted';
  });

  database
    .transaction(() => {
      for (const command of unfinished.all() as string[]) answer(command, { state: 'failed', why: 'interrupted' });
    })
    .immediate();

  return {
    /** Whether the command is to be done now. True once for each, whatever happens; the answer to any other is in the outbox. */
    hear({ id, body }: Envelope<Command>): boolean {
      const isNew = hear.immediate(id, body.expiresAt) as boolean;
      commitPoint('uplink.command_heard');
      return isNew;
    },
    /** What became of it: remembered, and in the outbox. */
    answer(command: string, said: Response): void {
      answer.immediate(command, said);
      commitPoint('uplink.command_answered');
    },
  };
}
