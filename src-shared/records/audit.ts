import { z } from 'zod'

/**
 * Through which door a change came. `pairing`: in console or tray, by letting in who asked: an app that was connected by
 * its recipe, or a site that the person was asked about.
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

/** One change: who did what, to what, when. Never a secret. */
export const auditEntrySchema = z.object({
  /** Grows with time. */
  id: z.number().int(),
  /** ms UTC. */
  time: z.number().int(),
  actor: actorSchema,
  action: auditActionSchema,
  /** The key's id, the origin or the backup; null where the action has none. */
  subject: z.string().nullable(),
  /** What a person calls the subject: the key's name. null where it has no other name. */
  label: z.string().nullable(),
  /** What was changed, by the names of the fields, such as `models` or `retentionDays`; empty for what has none. */
  fields: z.array(z.string()),
})
export type AuditEntry = z.infer<typeof auditEntrySchema>
