import type { Migration } from './migrate.ts'

const SUM_KEY = `
  quarter bigint NOT NULL,
  key int NOT NULL,
  origin int NOT NULL,
  model int NOT NULL,
  route int NOT NULL`

const SUMS = `
  requests bigint NOT NULL,
  refused bigint NOT NULL,
  prompt_tokens bigint NOT NULL,
  completion_tokens bigint NOT NULL,
  unmetered bigint NOT NULL,
  token_ms bigint NOT NULL,
  first_byte bytea NOT NULL,
  duration bytea NOT NULL`

const BLOCK_KEY = `
  dimension smallint NOT NULL,
  width int NOT NULL,
  start bigint NOT NULL,
  value bigint NOT NULL`

const REACH = `
  dimension smallint NOT NULL,
  width int NOT NULL,
  since bigint NOT NULL,
  upto bigint NOT NULL,
  PRIMARY KEY (dimension, width)`

/**
 * Exchanges, a partition a day, and their sums. `live_sums` has a row a gateway, which only that gateway writes, until upkeep
 * moves it to `quarter_sums`. A batch of a gateway is one transaction, and has the next number of `usage_writers`.
 *
 * `pair_sums` and `pair_reach` have the dimensions that SQLite does not have, so that the other tables are the same in both.
 *
 * `usage_state`: `epoch` counts the times that texts were forgotten, so that their numbers are not used any more; `moves` counts
 * the changes of `live_sums` by another than its gateway. A text of which the usage is being forgotten is NULL, and has a row in
 * `forgetting` until all of it is gone.
 */
export const usage: Migration = {
  version: 2,
  readableFrom: 1,
  sql: `
CREATE TABLE usage_state (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  epoch bigint NOT NULL,
  moves bigint NOT NULL
);
INSERT INTO usage_state (epoch, moves) VALUES (0, 0);

CREATE TABLE usage_writers (id bigint PRIMARY KEY, last bigint NOT NULL);

CREATE TABLE terms (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  text text COLLATE "C" UNIQUE
);

CREATE TABLE forgetting (term int PRIMARY KEY, by text NOT NULL CHECK (by IN ('key', 'origin')));

CREATE SEQUENCE exchange_numbers;
CREATE TABLE exchanges (
  time bigint NOT NULL,
  number bigint NOT NULL DEFAULT nextval('exchange_numbers'),
  id text NOT NULL,
  key int,
  origin int,
  user_agent int,
  method int NOT NULL,
  route int NOT NULL,
  class int NOT NULL,
  model int,
  status int NOT NULL,
  outcome int NOT NULL,
  reason int,
  prompt_tokens bigint,
  completion_tokens bigint,
  metered smallint NOT NULL CHECK (metered IN (0, 1)),
  first_byte_ms double precision,
  duration_ms double precision NOT NULL,
  bytes_in bigint NOT NULL,
  bytes_out bigint NOT NULL,
  PRIMARY KEY (time, number)
) PARTITION BY RANGE (time);

CREATE TABLE live_sums (
  gateway bigint NOT NULL,${SUM_KEY},${SUMS},
  PRIMARY KEY (gateway, quarter, key, origin, model, route)
) WITH (fillfactor = 50);

CREATE TABLE quarter_sums (${SUM_KEY},${SUMS},
  PRIMARY KEY (quarter, key, origin, model, route)
);

CREATE TABLE dimension_sums (${BLOCK_KEY},${SUMS},
  PRIMARY KEY (dimension, width, start, value)
);
CREATE TABLE pair_sums (LIKE dimension_sums INCLUDING ALL);

CREATE TABLE sums_reach (${REACH});
CREATE TABLE pair_reach (${REACH});
`,
}
