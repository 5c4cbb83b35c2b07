/** The console's pages as a browser gets them, signed in, by requests within the process, with everything that an owner sees on them. */
import { systemClock } from '@belkluis/shared/base/clock';
import type { AnyTables } from '../../fleet/db/open.ts';
import { consoleOn, ORIGIN, of } from '../../fleet/web/testing/console.ts';

/** Times that a page is asked for before it counts: code is compiled once for a process, not for each who asks. */
const WARM = 3;

/** How long it took, ms; of `rounds` the one that five in a hundred are longer than. */
export function p95Of(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length * 0.95)]! * 10) / 10;
}

/** The path of a page in a round. */
export type Paths = Readonly<Record<string, (round: number) => string>>;

/** A console on a database that is to be filled; `scope` is the MSP's. */
export async function benchConsole(database: AnyTables) {
  const fleet = await consoleOn(database, systemClock, ORIGIN);
  return {
    scope: fleet.scope,
    /** p95 of each page, ms, and how large it is, bytes. Pages that are not there are named in `absent`. */
    async measure(paths: Paths, rounds: number) {
      const grants = [of('owner'), of('policy_author'), of('policy_signer')];
      const { session } = await fleet.join('bench@msp.example', grants);
      const headers = { Accept: 'text/html', Cookie: `__Host-session=${session}` };
      const [p95, bytes, absent]: [Record<string, number>, Record<string, number>, string[]] = [{}, {}, []];
      for (const [name, path] of Object.entries(paths)) {
        const times: number[] = [];
        for (let round = -WARM; round < rounds; round++) {
          const began = performance.now();
          const answer = await fleet.app.request(ORIGIN + path(Math.abs(round)), { headers });
          const text = await answer.text();
          if (round >= 0) times.push(performance.now() - began);
          if (answer.status === 404) break;
          if (answer.status !== 200) throw new Error(`${path(round)}: ${answer.status} ${text.slice(0, 500)}`);
          bytes[name] = text.length;
          // Below what one source may ask.
          await new Promise((done) => setTimeout(done, 20));
        }
        if (times.length < rounds) absent.push(name);
        else p95[name] = p95Of(times);
      }
      return { p95, bytes, absent };
    },
  };
}
