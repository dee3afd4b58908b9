import type { Migration } from './migrate.ts'

/**
 * Adds invitations for a person who is here already. Such a row has the preset `none`. Each person has at most one that was
 * neither used nor revoked.
 */
export const invitationPerson: Migration = {
  version: 9,
  sql: `
ALTER TABLE invitations ADD COLUMN person TEXT CHECK (person IS NULL OR preset = 'none');
CREATE UNIQUE INDEX invitations_by_person ON invitations (person) WHERE used_at IS NULL AND revoked_at IS NULL;
`,
}
