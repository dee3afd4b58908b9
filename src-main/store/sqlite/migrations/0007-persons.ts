import { userInfo } from 'node:os'
import type { Migration } from './migrate.ts'

/**
 * Adds persons. The texts of `owner` become persons, and the keys without one belong to the owner, the person at the
 * computer. New persons may do everything, so no key loses a right.
 */
export const persons: Migration = {
  version: 7,
  sql: () => `
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
  created_at INTEGER NOT NULL,
  CHECK ((role = 'owner') = (id = 'person_owner'))
) STRICT;

INSERT INTO persons (id, name, role, state, online, created_at)
VALUES ('person_owner', '${ownerName().replaceAll("'", "''")}', 'owner', 'active', 1, ${NOW});

INSERT INTO persons (id, name, role, state, online, created_at)
SELECT 'person_' || lower(hex(randomblob(6))), name, 'member', 'active', 1, ${NOW}
FROM (SELECT DISTINCT ${NAME} AS name FROM keys WHERE ${NAME} <> '' ORDER BY name);

ALTER TABLE keys ADD COLUMN person TEXT NOT NULL DEFAULT 'person_owner';
UPDATE keys SET person = (SELECT id FROM persons WHERE role = 'member' AND persons.name = ${NAME}) WHERE ${NAME} <> '';
ALTER TABLE keys DROP COLUMN owner;
`,
}

const NOW = "CAST(unixepoch('subsec') * 1000 AS INTEGER)"
const NAME = 'trim(substr(trim(owner), 1, 80))'
/** Accounts of systems and services, whose names say nothing about the person. */
const NAMELESS = new Set(['root', 'latchkey', 'node', 'nobody', ''])

function ownerName(): string {
  try {
    const name = userInfo().username.replace(/\p{C}/gu, '').trim().slice(0, 80)
    return NAMELESS.has(name) ? 'Owner' : name
  } catch {
    // The system does not know the account, as in some containers.
    return 'Owner'
  }
}
