import type { Migration } from './migrate.ts'

/**
 * Fingerprints of forgotten keys and sites, with the time (ms UTC). A gateway that was cut off may still have usage of them on its
 * disk, which must not come back.
 */
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
