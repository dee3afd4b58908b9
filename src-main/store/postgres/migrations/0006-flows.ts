import type { Migration } from './migrate.ts'

/**
 * What is begun at one gateway and finished at another, such as a sign-in at a provider, is kept by the browser. `flow_keys` has the
 * keys that seal it, by the day (since 1970, UTC); `used_flows` has those that were used until they end (ms UTC).
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
