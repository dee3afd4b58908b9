import type { Migration } from './migrate.ts'

/** Adds the permission to go online. Existing keys do not have it; the person is asked at the first use. */
export const online: Migration = {
  version: 5,
  sql: `
ALTER TABLE keys ADD COLUMN online INTEGER NOT NULL DEFAULT 0 CHECK (online IN (0, 1));
ALTER TABLE keys ADD COLUMN online_question TEXT CHECK (online_question IN ('model', 'web', 'answered'));
`,
}
