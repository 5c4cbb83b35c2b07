/** A call as somebody else's log has it. */
export interface LoggedCall {
  /** Its name there; null: it has none. */
  readonly id: string | null;
  readonly caller: string;
  readonly callee: string;
  /** Wall clock of whoever logged it, ms. */
  readonly startedAt: number;
  /** How long they talked, ms; 0: nobody answered. */
  readonly talkMs: number;
}
