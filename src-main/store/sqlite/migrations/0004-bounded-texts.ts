import type { Migration } from './migrate.ts'

/**
 * Bounds values that were stored before there were limits (src-shared/records/recorded-text.ts): model names of up to 60
 * MB, key ids that no URL path can contain (`..`), numbers that are too large for sums.
 *
 * `octet_length` reads only the header of a row, so that no long text is loaded. `terms` is filled again and the old table
 * dropped. A name that was cut keeps its number, because the sums refer to it; it is shown as `too long #17`.
 */
export const boundedTexts: Migration = {
  version: 4,
  sql: `
PRAGMA defer_foreign_keys = ON;

CREATE TABLE odd_ids (old TEXT PRIMARY KEY, new TEXT NOT NULL) STRICT;
INSERT INTO odd_ids
SELECT id, 'key_' || lower(hex(randomblob(6))) FROM keys
WHERE octet_length(id) NOT BETWEEN 1 AND 64 OR id GLOB '*[^A-Za-z0-9_-]*'
  OR instr(CAST(id AS BLOB), x'00') > 0;
UPDATE key_secrets SET key_id = (SELECT new FROM odd_ids WHERE old = key_id)
WHERE key_id IN (SELECT old FROM odd_ids);
UPDATE keys SET id = (SELECT new FROM odd_ids WHERE old = id) WHERE id IN (SELECT old FROM odd_ids);
UPDATE audit SET subject = (SELECT new FROM odd_ids WHERE old = subject)
WHERE subject IN (SELECT old FROM odd_ids);

ALTER TABLE terms RENAME TO terms_3;
CREATE TABLE terms (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;
INSERT OR IGNORE INTO terms
SELECT id, COALESCE(
  (SELECT new FROM odd_ids WHERE octet_length(old) = octet_length(text) AND old = text),
  CASE WHEN octet_length(text) > 1200 THEN 'too long #' || id ELSE text END
) FROM terms_3;
DROP TABLE terms_3;
DROP TABLE odd_ids;

UPDATE keys SET name = substr(name, 1, 80) WHERE length(name) > 80;
UPDATE keys SET prefix = substr(prefix, 1, 12) WHERE length(prefix) > 12;
UPDATE keys SET created_at = MIN(MAX(created_at, 0), 8640000000000000), last_used_at = MIN(MAX(last_used_at, 0), 8640000000000000),
  expires_at = MIN(MAX(expires_at, 0), 8640000000000000), grace_until = MIN(MAX(grace_until, 0), 8640000000000000)
WHERE MAX(created_at, COALESCE(last_used_at, 0), COALESCE(expires_at, 0), COALESCE(grace_until, 0)) > 8640000000000000
  OR MIN(created_at, COALESCE(last_used_at, 0), COALESCE(expires_at, 0), COALESCE(grace_until, 0)) < 0;
DELETE FROM key_secrets WHERE octet_length(hash) > 44;
UPDATE key_secrets SET prefix = substr(prefix, 1, 12) WHERE length(prefix) > 12;
UPDATE origins SET label = substr(label, 1, 80) WHERE length(label) > 80;
DELETE FROM origins WHERE octet_length(origin) > 300;
UPDATE audit SET subject = substr(subject, 1, 300) WHERE length(subject) > 300;
UPDATE audit SET label = substr(label, 1, 300) WHERE length(label) > 300;
UPDATE audit SET fields = '[]' WHERE octet_length(fields) > 8000;

DELETE FROM exchanges WHERE octet_length(id) > 100 OR time NOT BETWEEN 0 AND 8640000000000000;
UPDATE exchanges SET prompt_tokens = NULL WHERE prompt_tokens NOT BETWEEN 0 AND 1000000000;
UPDATE exchanges SET completion_tokens = NULL WHERE completion_tokens NOT BETWEEN 0 AND 1000000000;
${['quarter_sums', 'dimension_sums'].map(boundSums).join('')}`,
}

/** Far more than a gateway can count in a quarter hour, but small enough that thousands can be summed. */
function boundSums(table: string): string {
  const counts = ['requests', 'refused', 'prompt_tokens', 'completion_tokens', 'unmetered', 'token_ms']
  const tooMany = counts.map((name) => `${name} NOT BETWEEN 0 AND 1000000000000`).join(' OR ')
  return `
UPDATE ${table} SET ${counts.map((name) => `${name} = MIN(MAX(${name}, 0), 1000000000000)`).join(', ')}
WHERE ${tooMany};
UPDATE ${table} SET first_byte = x'' WHERE octet_length(first_byte) > 3000;
UPDATE ${table} SET duration = x'' WHERE octet_length(duration) > 3000;
`
}
