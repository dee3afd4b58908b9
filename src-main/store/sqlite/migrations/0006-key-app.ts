import type { Migration } from './migrate.ts'

/** Adds the app of a key. Existing keys may be used by any app. */
export const keyApp: Migration = {
  version: 6,
  sql: `
ALTER TABLE keys ADD COLUMN app TEXT;
ALTER TABLE keys ADD COLUMN other_app TEXT;
ALTER TABLE keys ADD COLUMN only_its_app INTEGER NOT NULL DEFAULT 0 CHECK (only_its_app IN (0, 1));
`,
}
