/** Codes of one room's errors, each with the sentence that tells a person what to do. */
export type ProblemTable = Readonly<Record<string, string>>;

/** An error out of a closed vocabulary. `code` is for programs, `advice` for the person, `detail` for what exactly. */
export class Problem<Code extends string = string> extends Error {
  readonly code: Code;
  readonly advice: string;
  readonly detail: string | undefined;

  constructor(code: Code, advice: string, detail?: string, cause?: unknown) {
    super(detail ? `${advice} (${detail})` : advice, cause === undefined ? undefined : { cause });
    this.name = 'Problem';
    this.code = code;
    this.advice = advice;
    this.detail = detail;
  }
}

/** Makes errors of one room: `const problem = problemsOf({ key_expired: 'Renew the key ...' })`. */
export function problemsOf<Table extends ProblemTable>(table: Table) {
  return (code: keyof Table & string, detail?: string, cause?: unknown): Problem<keyof Table & string> =>
    new Problem(code, table[code] as string, detail, cause);
}
