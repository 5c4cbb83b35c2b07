/** What may stand beside an event: never audio, a key, a password, a name or a number that was dialled. */
export type LogFacts = Readonly<Record<string, string | number | boolean | null>>;

/** Writes one line about one event, for the person who runs the machine. */
export type Log = (event: string, facts?: LogFacts) => void;

/** One JSON object a line, on standard error: what systemd's journal keeps. */
export const stderrLog =
  (process_: string): Log =>
  (event, facts = {}) => {
    process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), process: process_, event, ...facts })}\n`);
  };

/** Drops everything: for tests that assert by other means. */
export const silentLog: Log = () => {};
