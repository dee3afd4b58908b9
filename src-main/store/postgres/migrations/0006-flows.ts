import type { Migration } from './migrate.ts'

/**
 * The browser keeps a sign-in that is under way, encrypted, so that any gateway can finish it. `flow_keys` has the keys, by the day
 * (since 1970, UTC); `used_flows` has the ids of finished ones, with their ends (ms UTC).
 *
 * Gateways of before go on beside this schema, and finish only what they have begun themselves.
 */
export const flows: Migration = {
  version: 6,
  readableFrom: 1,
  sql: `
CREATE TABLE flow_keys (
  period bigint PRIMARY KEY,
  key bytea NOT NULL
);

CREATE TABLE used_flows (
  id text PRIMARY KEY,
  until bigint NOT NULL
);
`,
}
