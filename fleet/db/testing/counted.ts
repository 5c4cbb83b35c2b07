/** How many statements something takes: what grows with each box of a batch holds all others up, where the database is beside the fleet. */
import type { AnyTables } from '../open.ts';

export function counted(database: AnyTables) {
  let statements = 0;
  return {
    database: database.withPlugin({
      transformQuery({ node }) {
        statements++;
        return node;
      },
      transformResult: async ({ result }) => result,
    }),
    /** Statements of `work`; beginnings and ends of transactions are not counted. */
    async of(work: () => Promise<unknown>): Promise<number> {
      const before = statements;
      await work();
      return statements - before;
    },
  };
}
