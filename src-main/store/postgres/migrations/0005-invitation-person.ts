import type { Migration } from './migrate.ts'

/**
 * Adds invitations for a person who is here already, of whom each has at most one that was neither used nor revoked.
 *
 * Gateways of before go on beside this schema, and do not read the column. Such a row therefore has the preset `none`, which
 * they do not know: they leave out the row as an invalid one, and its code does not work there. Without that they would make
 * somebody new of it.
 */
export const invitationPerson: Migration = {
  version: 5,
  readableFrom: 1,
  sql: `
ALTER TABLE invitations ADD COLUMN person text CHECK (person IS NULL OR preset = 'none');
CREATE UNIQUE INDEX invitations_by_person ON invitations (person) WHERE used_at IS NULL AND revoked_at IS NULL;
`,
}
