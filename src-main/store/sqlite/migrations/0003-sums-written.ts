import type { Migration } from './migrate.ts'

/**
 * Sums are written some time after their exchanges. All exchanges up to the number `sums_written.upto` are in the sums.
 * `numbered` is the highest number that an exchange ever got, so that none is used twice. An exchange between the two is
 * in the sums if its number is at most the `upto` of its row there (0 in rows that were written last).
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
