import type { Migration } from './migrate.ts'

/**
 * Sums are written a while after the exchanges they are of. `sums_written.upto` is the number of the last exchange of
 * which this and all before are in the sums, `numbered` the highest number that an exchange was given: none is given
 * twice. Of those in between, an exchange is in the sums if its number is not above `upto` of its row there (0 in rows
 * that were written last).
 */
export const sumsWritten: Migration = {
  version: 3,
  sql: `
ALTER TABLE quarter_sums ADD COLUMN upto INTEGER NOT NULL DEFAULT 0;

CREATE TABLE sums_written (
  row INTEGER PRIMARY KEY CHECK (row = 1),
  upto INTEGER NOT NULL,
  numbered INTEGER NOT NULL
) STRICT;
`,
}
