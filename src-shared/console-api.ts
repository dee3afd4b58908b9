import { z } from 'zod'
import { exchangeSchema } from './exchange.ts'
import { issuedKeySchema, keyPatchSchema, keySchema, newKeySchema, rotateSchema } from './key.ts'
import { originInputSchema, originRecordSchema } from './origin.ts'
import { settingsPatchSchema, settingsSchema } from './settings.ts'
import { appStateSchema, upstreamStateSchema } from './state.ts'
import { upstreamCredentialSchema, upstreamCredentialStatusSchema } from './upstream-credential.ts'
import { usageQuerySchema, usageReportSchema } from './usage.ts'

const nothing = z.object({})
const done = z.object({ done: z.literal(true) })

/**
 * The console's API: what both sides derive their types from. Each row is `METHOD path`: what goes in (the query of a
 * GET, else the JSON body), and what comes out. Live updates are `GET /api/events`, server-sent `AppEvent`s.
 */
export const CONSOLE_API = {
  'GET /api/state': { input: nothing, output: appStateSchema },
  'POST /api/upstream/check': { input: nothing, output: upstreamStateSchema },
  'GET /api/keys': { input: nothing, output: z.array(keySchema) },
  'POST /api/keys': { input: newKeySchema, output: issuedKeySchema },
  'PATCH /api/keys/:id': { input: keyPatchSchema, output: keySchema },
  'DELETE /api/keys/:id': { input: nothing, output: keySchema },
  /** Whether the upstream's own key is set; never the key. */
  'GET /api/upstream/credential': { input: nothing, output: upstreamCredentialStatusSchema },
  'PUT /api/upstream/credential': { input: upstreamCredentialSchema, output: upstreamCredentialStatusSchema },
  /** What a person may paste into a report: no secret, no site, no folder. */
  'GET /api/diagnostics': { input: nothing, output: z.object({ text: z.string() }) },
  /** This computer's addresses, for the setting `lan`. */
  'GET /api/network': { input: nothing, output: z.array(networkAddressSchema) },
  /** Undoes a deletion: the key is back with its secret, limits and history. */
  'POST /api/keys/:id/restore': { input: nothing, output: keySchema },
  'POST /api/keys/:id/rotate': { input: rotateSchema, output: issuedKeySchema },
  'GET /api/origins': { input: nothing, output: z.array(originRecordSchema) },
  'POST /api/origins/decide': {
    input: z.strictObject({ origin: originInputSchema, status: z.enum(['allowed', 'blocked']) }),
    output: originRecordSchema,
  },
  'POST /api/origins/label': {
    input: z.strictObject({ origin: originInputSchema, label: z.string().trim().max(80).nullable() }),
    output: originRecordSchema,
  },
  'POST /api/origins/forget': { input: z.strictObject({ origin: originInputSchema }), output: done },
  'GET /api/usage': {
    input: z.object({
      period: periodSchema.default('day'),
      by: dimensionSchema.default('model'),
      /** IANA name; the core's own zone when absent. */
      timeZone: z.string().max(60).optional(),
    }),
    output: usageReportSchema,
  },
  /** The latest exchanges, newest first. */
  'GET /api/exchanges': {
    input: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
    output: z.array(exchangeSchema),
  },
  'GET /api/settings': { input: nothing, output: settingsSchema },
  'PATCH /api/settings': { input: settingsPatchSchema, output: settingsSchema },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>

export type ConsoleRoute = keyof typeof CONSOLE_API
export type ConsoleInput<R extends ConsoleRoute> = z.input<(typeof CONSOLE_API)[R]['input']>
export type ConsoleOutput<R extends ConsoleRoute> = z.output<(typeof CONSOLE_API)[R]['output']>

/** What a console route answers when it cannot do what was asked: 400, 401, 403, 404, 409 or 500. */
export const consoleErrorSchema = z.object({
  error: z.object({
    code: z.string(),
    /** One sentence for the person. */
    message: z.string(),
  }),
})
