import type { Migration } from './migrate.ts'

/**
 * The last question about each key that has reached a limit: on which day (its beginning, ms UTC) it was asked about which limit,
 * so that one gateway asks, and whoever opens the console anywhere finds it.
 *
 * Gateways of before go on beside this schema, and ask on their own.
 */
export const limitQuestions: Migration = {
  version: 7,
  readableFrom: 1,
  sql: `
CREATE TABLE limit_questions (
  key text PRIMARY KEY REFERENCES keys (id) ON DELETE CASCADE,
  day bigint NOT NULL,
  reached text NOT NULL,
  is_open boolean NOT NULL DEFAULT true
);
`,
}
