-- The schema at version 9, as the migrations make it.

CREATE TABLE audit (
  row INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT,
  label TEXT,
  fields TEXT NOT NULL
, person TEXT, address TEXT) STRICT;

CREATE TABLE credentials (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  person TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('password', 'passkey', 'github', 'oidc')),
  subject TEXT NOT NULL,
  name TEXT,
  data TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  UNIQUE (kind, subject)
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

CREATE TABLE invitations (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  code_hash TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('admin', 'member', 'guest')),
  name TEXT,
  preset TEXT NOT NULL,
  models TEXT,
  origins TEXT,
  online INTEGER NOT NULL CHECK (online IN (0, 1)),
  hours TEXT,
  requests_per_minute INTEGER,
  tokens_per_day INTEGER,
  concurrency INTEGER,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  used_by TEXT,
  revoked_at INTEGER
, person TEXT CHECK (person IS NULL OR preset = 'none')) STRICT;

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
, online INTEGER NOT NULL DEFAULT 0 CHECK (online IN (0, 1)), online_question TEXT CHECK (online_question IN ('model', 'web', 'answered')), app TEXT, other_app TEXT, only_its_app INTEGER NOT NULL DEFAULT 0 CHECK (only_its_app IN (0, 1)), person TEXT NOT NULL DEFAULT 'person_owner') STRICT;

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

CREATE TABLE persons (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  email TEXT,
  role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'guest')),
  state TEXT NOT NULL CHECK (state IN ('active', 'pending', 'paused')),
  models TEXT,
  origins TEXT,
  online INTEGER NOT NULL CHECK (online IN (0, 1)),
  hours TEXT,
  requests_per_minute INTEGER,
  tokens_per_day INTEGER,
  concurrency INTEGER,
  created_at INTEGER NOT NULL, picture TEXT,
  CHECK ((role = 'owner') = (id = 'person_owner'))
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

CREATE TABLE sessions (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  cookie_hash TEXT NOT NULL UNIQUE,
  page_hash TEXT NOT NULL,
  person TEXT NOT NULL,
  method TEXT NOT NULL CHECK (method IN ('link', 'password', 'passkey', 'github', 'oidc')),
  device TEXT,
  address TEXT,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT;

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

CREATE UNIQUE INDEX invitations_by_person ON invitations (person) WHERE used_at IS NULL AND revoked_at IS NULL;

CREATE INDEX key_secrets_by_key ON key_secrets (key_id);
