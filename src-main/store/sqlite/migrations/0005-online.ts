import type { Migration } from './migrate.ts'

/** Keys say whether they may use what leaves this computer. Those that were there may not, until their person is asked. */
export const online: Migration = {
  version: 5,
  sql: `
ALTER TABLE keys ADD COLUMN online INTEGER NOT NULL DEFAULT 0 CHECK (online IN (0, 1));
ALTER TABLE keys ADD COLUMN online_question TEXT CHECK (online_question IN ('model', 'web', 'answered'));
`,
}
