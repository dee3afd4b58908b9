import type { Migration } from './migrate.ts'

/**
 * Adds what people need to join and to sign in: invitations, credentials and sessions. Of codes, passwords and sessions
 * only hashes are stored. The audit trail gets the person and the address of each change.
 */
export const signIn: Migration = {
  version: 8,
  sql: () => `
ALTER TABLE persons ADD COLUMN picture TEXT;

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
) STRICT;

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

ALTER TABLE audit ADD COLUMN person TEXT;
ALTER TABLE audit ADD COLUMN address TEXT;
`,
}
