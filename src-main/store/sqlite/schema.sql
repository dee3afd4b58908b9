-- The schema at version 6, as the migrations make it.

CREATE TABLE audit (
  row INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT,
  label TEXT,
  fields TEXT NOT NULL
) STRICT;

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

CREATE TABLE key_secrets (
  row INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  key_id TEXT NOT NULL REFERENCES keys (id),
  prefix TEXT NOT NULL,
  expires_at INTEGER
) STRICT;

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
, online INTEGER NOT NULL DEFAULT 0 CHECK (online IN (0, 1)), online_question TEXT CHECK (online_question IN ('model', 'web', 'answered')), app TEXT, other_app TEXT, only_its_app INTEGER NOT NULL DEFAULT 0 CHECK (only_its_app IN (0, 1))) STRICT;

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
  duration BLOB NOT NULL, upto INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (quarter, key, origin, model, route)
) STRICT, WITHOUT ROWID;

CREATE TABLE sums_reach (
  dimension INTEGER NOT NULL,
  width INTEGER NOT NULL,
  since INTEGER NOT NULL,
  upto INTEGER NOT NULL,
  PRIMARY KEY (dimension, width)
) STRICT, WITHOUT ROWID;

CREATE TABLE sums_written (
  row INTEGER PRIMARY KEY CHECK (row = 1),
  upto INTEGER NOT NULL,
  numbered INTEGER NOT NULL
) STRICT;

CREATE TABLE terms (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

CREATE INDEX exchanges_by_time ON exchanges (time);

CREATE INDEX key_secrets_by_key ON key_secrets (key_id);
