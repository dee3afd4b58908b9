import { z } from 'zod'

/** What a key may do. `all` also covers routes that Latchkey does not know. */
export const SCOPES = ['chat', 'models', 'manage', 'usage', 'all'] as const

export const scopeSchema = z.enum(SCOPES)
export type Scope = z.infer<typeof scopeSchema>

/** Enough for every chat client, and nothing that changes the upstream. */
export const DEFAULT_SCOPES: readonly Scope[] = ['chat', 'models']
