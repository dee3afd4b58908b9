import type { Migration } from './migrate.ts'

/**
 * Times are ms since 1970 UTC, quarters are quarter hours since then, booleans are 0 or 1, lists are JSON. `keys`,
 * `key_secrets` and `origins` have a rowid, because damaged files are salvaged row by row. `terms` contains each text of
 * exchanges once; in the sums 0 means "none".
 */
export const firstSchema: Migration = {
  version: 1,
  sql: `
CREATE TABLE keys (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  owner TEXT,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  prefix TEXT NOT NULL,
  scopes TEXT NOT NULL,
  endpoints TEXT,
  models TEXT,
  origins TEXT,
  requests_per_minute INTEGER,
  tokens_per_day INTEGER,
  concurrency INTEGER,
  allow_in_url INTEGER NOT NULL CHECK (allow_in_url IN (0, 1)),
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  expires_at INTEGER,
  grace_until INTEGER,
  deleted_at INTEGER
) STRICT;

CREATE TABLE key_secrets (
  row INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  key_id TEXT NOT NULL REFERENCES keys (id),
  prefix TEXT NOT NULL,
  expires_at INTEGER
) STRICT;
CREATE INDEX key_secrets_by_key ON key_secrets (key_id);

CREATE TABLE origins (
  row INTEGER PRIMARY KEY,
  origin TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL CHECK (status IN ('allowed', 'blocked', 'pending')),
  decided_by TEXT CHECK (decided_by IN ('person', 'key')),
  label TEXT,
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  refused INTEGER NOT NULL
) STRICT;

CREATE TABLE terms (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE exchanges (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  time INTEGER NOT NULL,
  key INTEGER,
  origin INTEGER,
  user_agent INTEGER,
  method INTEGER NOT NULL,
  route INTEGER NOT NULL,
  class INTEGER NOT NULL,
  model INTEGER,
  status INTEGER NOT NULL,
  outcome INTEGER NOT NULL,
  reason INTEGER,
  prompt_tokens INTEGER,
  completion_tokens INTEGER,
  metered INTEGER NOT NULL CHECK (metered IN (0, 1)),
  first_byte_ms REAL,
  duration_ms REAL NOT NULL,
  bytes_in INTEGER NOT NULL,
  bytes_out INTEGER NOT NULL
) STRICT;
CREATE INDEX exchanges_by_time ON exchanges (time);

CREATE TABLE quarter_sums (
  quarter INTEGER NOT NULL,
  key INTEGER NOT NULL,
  origin INTEGER NOT NULL,
  model INTEGER NOT NULL,
  class INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  prompt_tokens INTEGER NOT NULL,
  completion_tokens INTEGER NOT NULL,
  unmetered INTEGER NOT NULL,
  answered INTEGER NOT NULL,
  first_byte_ms REAL NOT NULL,
  duration_ms REAL NOT NULL,
  PRIMARY KEY (quarter, key, origin, model, class)
) STRICT, WITHOUT ROWID;

CREATE TABLE dimension_sums (
  width INTEGER NOT NULL,
  dimension INTEGER NOT NULL,
  start INTEGER NOT NULL,
  value INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  prompt_tokens INTEGER NOT NULL,
  completion_tokens INTEGER NOT NULL,
  unmetered INTEGER NOT NULL,
  PRIMARY KEY (width, dimension, start, value)
) STRICT, WITHOUT ROWID;
`,
}
