import { z } from 'zod'

/**
 * Where a change was made. `pairing`: the person approved a request in the console or tray, for an app that a recipe
 * connected or for a new site.
 */
export const ACTORS = ['console', 'tray', 'command line', 'pairing'] as const
export const actorSchema = z.enum(ACTORS)
export type Actor = z.infer<typeof actorSchema>

export const AUDIT_ACTIONS = [
  'person.create',
  /** Somebody joined by themselves, with an invitation or without. */
  'person.join',
  /** An invitation was made with which a person who is here gets in again. */
  'person.invite',
  /** They got in again with it. Another password or a passkey is theirs since then. */
  'person.recover',
  'person.change',
  'person.pause',
  'person.resume',
  'person.remove',
  /** How the person signs in: a password, a passkey or an account elsewhere. */
  'person.credentials',
  /** All sessions of the person were ended. */
  'person.sessions',
  /** One of them. */
  'person.session',
  'invitation.create',
  'invitation.revoke',
  /** The client secret of a provider. */
  'provider.secret',
  'key.create',
  'key.change',
  'key.delete',
  'key.restore',
  'key.rotate',
  /** An app may fetch a key, which is an entry of its own. */
  'pairing.approve',
  'handover.apply',
  'handover.undo',
  'origin.allow',
  'origin.block',
  'origin.label',
  'origin.forget',
  'settings.change',
  'credential.change',
  'provider.secret',
  'authority.replace',
  'backup.create',
  'backup.restore',
  'setup.export',
  'setup.import',
  'forget',
] as const
export const auditActionSchema = z.enum(AUDIT_ACTIONS)
export type AuditAction = z.infer<typeof auditActionSchema>

/** One change: who changed what and when. Never contains a secret. */
export const auditEntrySchema = z.object({
  /** Ascending with time. */
  id: z.number().int(),
  /** ms UTC. */
  time: z.number().int(),
  actor: actorSchema,
  /** The id of the person who made the change; null if it is not known, as in entries of older versions. */
  person: z.string().nullable(),
  /** The person's name now; null if there is no such person any more. */
  personName: z.string().nullable(),
  /** The network address of the browser; null for the desktop app's window, the tray and the command line. */
  address: z.string().nullable(),
  action: auditActionSchema,
  /** The id of a key, a person, an invitation or a provider, an origin or a backup's name; null without a subject. */
  subject: z.string().nullable(),
  /** The name of the key, the person or the provider, or for whom an invitation is; null for other subjects. */
  label: z.string().nullable(),
  /** Names of the changed fields, such as `models` or `retentionDays`; empty if the action has none. */
  fields: z.array(z.string()),
})
export type AuditEntry = z.infer<typeof auditEntrySchema>

/** As stored: the name is looked up when the trail is read. */
export const storedAuditEntrySchema = auditEntrySchema.omit({ personName: true })
export type StoredAuditEntry = z.infer<typeof storedAuditEntrySchema>
export type NewAuditEntry = Omit<StoredAuditEntry, 'id'>
