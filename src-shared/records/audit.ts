import { z } from 'zod'

/**
 * Where a change was made. `pairing`: the person approved a request in the console or tray, for an app that a recipe
 * connected or for a new site.
 */
export const ACTORS = ['console', 'tray', 'command line', 'pairing'] as const
export const actorSchema = z.enum(ACTORS)
export type Actor = z.infer<typeof actorSchema>

export const AUDIT_ACTIONS = [
  'key.create',
  'key.change',
  'key.delete',
  'key.restore',
  'key.rotate',
  'handover.apply',
  'handover.undo',
  'origin.allow',
  'origin.block',
  'origin.label',
  'origin.forget',
  'settings.change',
  'credential.change',
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
  action: auditActionSchema,
  /** A key id, an origin or a backup's name; null if the action has no subject. */
  subject: z.string().nullable(),
  /** The name of the key; null for other subjects. */
  label: z.string().nullable(),
  /** Names of the changed fields, such as `models` or `retentionDays`; empty if the action has none. */
  fields: z.array(z.string()),
})
export type AuditEntry = z.infer<typeof auditEntrySchema>
