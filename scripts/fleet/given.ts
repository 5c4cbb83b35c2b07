/** Commands at the terminal of a fleet that stand in files of their own. */
import type { Rooms } from '../../fleet/open-rooms.ts';

export interface Result {
  readonly json: unknown;
  readonly text: string;
}

/** Options of the command line that take a value; `flag` is set or not. */
export interface Given {
  /** What stands after the command; null: nothing. */
  readonly argument: string | null;
  /** @throws Problem `usage` when it is missing. */
  needed(option: string): string;
  option(name: string): string | null;
  all(name: string): readonly string[];
  flag(name: string): boolean;
}

export interface Command {
  /** How it is called, without its options. */
  readonly words: string;
  run(rooms: Rooms, given: Given, actor: string): Promise<Result>;
}
