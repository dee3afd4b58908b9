import type { Migration } from './migrate.ts'

/**
 * Adds response times and routes to the sums, and the audit trail.
 *
 * `first_byte` and `duration` are sketches (src-shared/usage/sketch.ts) of exchanges that were not refused. `token_ms` is
 * the duration of answers with completion tokens. Older sums have no sketches, and the class of the route instead of the
 * route. The sums by dimension are computed again from the quarters, in small steps while Latchkey runs; `sums_reach`
 * lists the existing ones.
 */
export const timesRoutesAudit: Migration = {
  version: 2,
  sql: `
ALTER TABLE quarter_sums RENAME TO quarter_sums_1;

CREATE TABLE quarter_sums (
  quarter INTEGER NOT NULL,
  key INTEGER NOT NULL,
  origin INTEGER NOT NULL,
  model INTEGER NOT NULL,
  route INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  prompt_tokens INTEGER NOT NULL,
  completion_tokens INTEGER NOT NULL,
  unmetered INTEGER NOT NULL,
  token_ms INTEGER NOT NULL,
  first_byte BLOB NOT NULL,
  duration BLOB NOT NULL,
  PRIMARY KEY (quarter, key, origin, model, route)
) STRICT, WITHOUT ROWID;

INSERT INTO quarter_sums
SELECT quarter, key, origin, model, class, requests, refused, prompt_tokens, completion_tokens, unmetered,
  CASE WHEN completion_tokens > 0 THEN CAST(ROUND(duration_ms) AS INTEGER) ELSE 0 END, x'', x''
FROM quarter_sums_1;

DROP TABLE quarter_sums_1;
DROP TABLE dimension_sums;

CREATE TABLE dimension_sums (
  dimension INTEGER NOT NULL,
  width INTEGER NOT NULL,
  start INTEGER NOT NULL,
  value INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  prompt_tokens INTEGER NOT NULL,
  completion_tokens INTEGER NOT NULL,
  unmetered INTEGER NOT NULL,
  token_ms INTEGER NOT NULL,
  first_byte BLOB NOT NULL,
  duration BLOB NOT NULL,
  PRIMARY KEY (dimension, width, start, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE sums_reach (
  dimension INTEGER NOT NULL,
  width INTEGER NOT NULL,
  since INTEGER NOT NULL,
  upto INTEGER NOT NULL,
  PRIMARY KEY (dimension, width)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  row INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT,
  label TEXT,
  fields TEXT NOT NULL
) STRICT;
`,
}
