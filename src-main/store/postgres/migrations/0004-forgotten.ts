import type { Migration } from './migrate.ts'

/** What was forgotten, as a fingerprint, and when (ms UTC): usage of it may still wait on the disk of a gateway. */
export const forgotten: Migration = {
  version: 4,
  readableFrom: 1,
  sql: `
CREATE TABLE forgotten (
  what text PRIMARY KEY,
  at bigint NOT NULL
);
`,
}
