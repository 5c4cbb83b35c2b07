/** What is so of a command after a box has answered. Pure. */
import type { Response } from '@belkluis/shared/contract/response';
import type { CommandState } from './tables.ts';

export interface Standing {
  readonly state: CommandState;
  readonly why: string | null;
  readonly percent: number | null;
}

const steps: Readonly<Record<CommandState, number>> = {
  waiting: 0,
  sent: 0,
  accepted: 1,
  running: 2,
  // Its time went by here; what the box says in the end is the later word, what it says on the way is not.
  expired: 3,
  done: 4,
  failed: 4,
  refused: 4,
};

/** Null: nothing changes, for it is told again, overtaken or over. */
export function standingAfter(known: Standing, said: Response): Standing | null {
  const late = said.state === 'refused' && said.why === 'expired';
  const next: Standing = {
    state: late ? 'expired' : said.state,
    why: 'why' in said && !late ? said.why : null,
    percent: said.state === 'running' ? said.percent : null,
  };
  if (next.state === 'running' && known.state === 'running')
    return (next.percent ?? 0) > (known.percent ?? 0) ? next : null;
  return steps[next.state] > steps[known.state] ? next : null;
}
