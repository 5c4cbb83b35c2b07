/** What stops an erasure: a legal hold in force, or a restriction (GDPR 18). */

/** SQL: whether the recording whose id stands in `column` is kept. */
export const keptOf = (column: string): string =>
  `(EXISTS (SELECT 1 FROM held JOIN holds ON holds.id = held.hold WHERE held.recording = ${column} AND holds.lifted_at IS NULL)
    OR EXISTS (SELECT 1 FROM restrictions WHERE restrictions.recording = ${column}))`;
