import type { Migration } from './migrate.ts'

/**
 * Requests of apps for a key, which any gateway can continue. `content` is JSON with hashes and no secret; `kept_until` is ms UTC
 * of the database's clock. Gateways of before do not read the table, and see only a number in `change_counter` that no change has.
 */
export const pairings: Migration = {
  version: 8,
  readableFrom: 1,
  sql: `
CREATE TABLE pairings (
  id text PRIMARY KEY,
  content text NOT NULL,
  kept_until bigint NOT NULL,
  version bigint NOT NULL
);
`,
}
