import type { Migration } from './migrate.ts'

/**
 * Each limit has a row in `limit_pools`, which is locked while its shares change. `period` is the beginning of the local day for
 * tokens, and 0 for the others. `ended` counts tokens of gateways that have ended. `warned` is 1 when a gateway has warned the
 * person.
 */
export const limitShares: Migration = {
  version: 3,
  readableFrom: 1,
  sql: `
CREATE TABLE limit_pools (
  whose text NOT NULL CHECK (whose IN ('key', 'person')),
  kind text NOT NULL CHECK (kind IN ('requests', 'tokens', 'concurrency')),
  id text NOT NULL,
  period bigint NOT NULL,
  ended bigint NOT NULL DEFAULT 0,
  warned smallint NOT NULL DEFAULT 0 CHECK (warned IN (0, 1)),
  PRIMARY KEY (whose, kind, id, period)
);
CREATE TABLE limit_shares (
  whose text NOT NULL,
  kind text NOT NULL,
  id text NOT NULL,
  period bigint NOT NULL,
  gateway int NOT NULL,
  share bigint NOT NULL CHECK (share >= 0),
  used bigint NOT NULL CHECK (used >= 0),
  busy bigint NOT NULL CHECK (busy >= 0),
  PRIMARY KEY (whose, kind, id, period, gateway),
  FOREIGN KEY (whose, kind, id, period) REFERENCES limit_pools
) WITH (fillfactor = 70);
`,
}
