import { z } from 'zod'
import { exchangeCursorSchema, exchangeFilterSchema, exchangeSchema } from '../gateway/exchange.ts'
import {
  appliedSchema,
  applyRequestSchema,
  handoverPlanSchema,
  handoverStateSchema,
  planRequestSchema,
  undoneSchema,
  undoRequestSchema,
} from '../handover/handover.ts'
import {
  deletedKeySchema,
  issuedKeySchema,
  keyPatchSchema,
  keyRequestSchema,
  keySchema,
  rotateSchema,
} from '../keys/key.ts'
import { keyPlacesSchema, keyUseSchema } from '../keys/key-use.ts'
import { limitQuestionSchema } from '../keys/limit-question.ts'
import { authorityCertificateSchema, lanStateSchema } from '../lan/lan.ts'
import { originInputSchema, originRecordSchema } from '../origins/origin.ts'
import { pairingApprovalSchema, pairingChoiceSchema, pairingRequestSchema } from '../pairing/pairing.ts'
import { EVERYONE, MEMBERS, OPERATORS, OWNER_ONLY, type Role } from '../people/role.ts'
import { auditEntrySchema } from '../records/audit.ts'
import { backupSchema, importedSchema, restoredSchema, setupFileSchema, setupSchema } from '../records/backup.ts'
import { forgetSchema, forgottenSchema } from '../records/forget.ts'
import { loginItemSchema } from '../settings/login-item.ts'
import { networkAddressSchema } from '../settings/network.ts'
import { settingsPatchSchema, settingsSchema } from '../settings/settings.ts'
import { updateStateSchema } from '../settings/updates.ts'
import { problemSchema } from '../text/problem.ts'
import { upstreamCredentialSchema, upstreamCredentialStatusSchema } from '../upstreams/upstream-credential.ts'
import { usageQuerySchema, usageReportSchema } from '../usage/usage.ts'
import { databaseStateSchema } from './database.ts'
import { PEOPLE_API } from './people-api.ts'
import { appStateSchema, upstreamStateSchema } from './state.ts'
import { TRY_ROUTE } from './try-chat.ts'

const nothing = z.object({})
const done = z.object({ done: z.literal(true) })

/**
 * The console's API, from which both sides derive their types. The key of a row is `METHOD path`; `input` is the query
 * of a GET or else the JSON body; only persons with one of its `roles` may call it, and everyone but an operator gets
 * only what is theirs. Streams are outside the table: live updates, a test chat and the exports, all in `STREAM_ROLES`.
 */
export const CONSOLE_API = {
  'GET /api/state': { roles: EVERYONE, input: nothing, output: appStateSchema },
  'POST /api/upstream/check': { roles: OPERATORS, input: nothing, output: upstreamStateSchema },
  /** Whether the upstream's own key is set; never the key. */
  'GET /api/upstream/credential': { roles: OPERATORS, input: nothing, output: upstreamCredentialStatusSchema },
  'PUT /api/upstream/credential': {
    roles: OPERATORS,
    input: upstreamCredentialSchema,
    output: upstreamCredentialStatusSchema,
  },
  /** Text for a bug report. Contains no secret, site or folder name. */
  'GET /api/diagnostics': { roles: OPERATORS, input: nothing, output: z.object({ text: z.string() }) },
  /** This computer's addresses, for the setting `lan`. */
  'GET /api/network': { roles: EVERYONE, input: nothing, output: z.array(networkAddressSchema) },
  /** How other devices connect, and which ones did. */
  'GET /api/lan': { roles: EVERYONE, input: nothing, output: lanStateSchema },
  /** 404 if there is no authority. */
  'GET /api/lan/certificate': { roles: EVERYONE, input: nothing, output: authorityCertificateSchema },
  /** Makes a new authority and deletes the key of the old one. Devices must then trust the new one. */
  'POST /api/lan/authority/replace': { roles: OPERATORS, input: nothing, output: lanStateSchema },
  'GET /api/login-item': { roles: OPERATORS, input: nothing, output: loginItemSchema },
  'PUT /api/login-item': { roles: OPERATORS, input: z.strictObject({ on: z.boolean() }), output: loginItemSchema },
  /** Ends the desktop app, once it has answered. */
  'POST /api/quit': { roles: OWNER_ONLY, input: nothing, output: done },
  /** Updates of the desktop app. Events report the progress after the response. */
  'GET /api/update': { roles: OPERATORS, input: nothing, output: updateStateSchema },
  /** Responds after the check. */
  'POST /api/update/look': { roles: OPERATORS, input: nothing, output: updateStateSchema },
  /** Responds when the download has begun. */
  'POST /api/update/load': { roles: OPERATORS, input: nothing, output: updateStateSchema },
  'POST /api/update/cancel': { roles: OPERATORS, input: nothing, output: updateStateSchema },
  /** Installs the downloaded version and restarts. Responds only if that failed. */
  'POST /api/update/install': { roles: OPERATORS, input: nothing, output: updateStateSchema },
  ...PEOPLE_API,
  'GET /api/keys': { roles: EVERYONE, input: nothing, output: z.array(keySchema) },
  /** Names of deleted keys whose exchanges still exist. Keys that were forgotten are not included. */
  'GET /api/keys/deleted': { roles: EVERYONE, input: nothing, output: z.array(deletedKeySchema) },
  /** Usage of every key that is not deleted. */
  'GET /api/keys/use': { roles: EVERYONE, input: nothing, output: z.array(keyUseSchema) },
  /** Keys that have reached a limit, about which the person is asked. Changing or confirming the limit is the answer. */
  'GET /api/keys/limit-questions': { roles: OPERATORS, input: nothing, output: z.array(limitQuestionSchema) },
  /** The sites, programs and models that used a key. */
  'GET /api/keys/:id/places': { roles: EVERYONE, input: nothing, output: keyPlacesSchema },
  'POST /api/keys': { roles: MEMBERS, input: keyRequestSchema, output: issuedKeySchema },
  'PATCH /api/keys/:id': { roles: MEMBERS, input: keyPatchSchema, output: keySchema },
  'DELETE /api/keys/:id': { roles: MEMBERS, input: nothing, output: keySchema },
  /** Undoes a deletion: the key is back with its secret, limits and history. */
  'POST /api/keys/:id/restore': { roles: MEMBERS, input: nothing, output: keySchema },
  'POST /api/keys/:id/rotate': { roles: EVERYONE, input: rotateSchema, output: issuedKeySchema },
  /** Apps that Latchkey can connect by writing their configuration file, on the computer where Latchkey runs. */
  'GET /api/handover': { roles: OWNER_ONLY, input: nothing, output: z.array(handoverStateSchema) },
  /** Shows what would change, and changes nothing. The answer contains no secret. */
  'POST /api/handover/plan': { roles: OWNER_ONLY, input: planRequestSchema, output: handoverPlanSchema },
  /** Writes what the plan showed; refused if anything has changed since. */
  'POST /api/handover/apply': { roles: OWNER_ONLY, input: applyRequestSchema, output: appliedSchema },
  /** Brings the files back byte for byte; refused if something else has changed them since. */
  'POST /api/handover/undo': { roles: OWNER_ONLY, input: undoRequestSchema, output: undoneSchema },
  'GET /api/origins': { roles: OPERATORS, input: nothing, output: z.array(originRecordSchema) },
  /** Ids of the keys that a site used, most recent first, from the exchanges that are still stored. */
  'GET /api/origins/keys': {
    roles: OPERATORS,
    input: z.strictObject({ origin: originInputSchema }),
    output: z.object({ keyIds: z.array(z.string()) }),
  },
  'POST /api/origins/decide': {
    roles: OPERATORS,
    input: z.strictObject({ origin: originInputSchema, status: z.enum(['allowed', 'blocked']) }),
    output: originRecordSchema,
  },
  'POST /api/origins/label': {
    roles: OPERATORS,
    input: z.strictObject({ origin: originInputSchema, label: z.string().trim().max(80).nullable() }),
    output: originRecordSchema,
  },
  'POST /api/origins/forget': { roles: OPERATORS, input: z.strictObject({ origin: originInputSchema }), output: done },
  /** Apps that ask for a key, oldest first. */
  'GET /api/pairing': { roles: OPERATORS, input: nothing, output: z.array(pairingRequestSchema) },
  /**
   * The app then fetches its key, and the event `pairing-change` reports that. Only the first answer to a request
   * counts.
   */
  'POST /api/pairing/approve': { roles: OPERATORS, input: pairingApprovalSchema, output: done },
  'POST /api/pairing/decline': { roles: OPERATORS, input: pairingChoiceSchema, output: done },
  'GET /api/usage': { roles: EVERYONE, input: usageQuerySchema, output: usageReportSchema },
  /** Newest first. The next page has `before: cursorAfter(lastOfThisPage)`. */
  'GET /api/exchanges': {
    roles: EVERYONE,
    input: exchangeFilterSchema.extend({
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      before: exchangeCursorSchema.optional(),
    }),
    output: z.array(exchangeSchema),
  },
  /** The audit trail, newest first. The next page has `before: idOfTheLast`. */
  'GET /api/audit': {
    roles: OPERATORS,
    input: z.object({
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      before: z.coerce.number().int().min(1).optional(),
    }),
    output: z.array(auditEntrySchema),
  },
  /** null if the data is in a file on this computer. */
  'GET /api/database': {
    roles: OPERATORS,
    input: nothing,
    output: z.object({ database: databaseStateSchema.nullable() }),
  },
  /** Newest first. Refused for a shared database, whose backups are made elsewhere. */
  'GET /api/backups': { roles: OPERATORS, input: nothing, output: z.array(backupSchema) },
  'POST /api/backups': { roles: OPERATORS, input: nothing, output: backupSchema },
  /** Checks the backup and replaces the data file with it at once. The replaced file becomes a backup. */
  'POST /api/backups/restore': {
    roles: OPERATORS,
    input: z.strictObject({ name: z.string().max(100) }),
    output: restoredSchema,
  },
  /** Settings, keys and sites for another computer. */
  'GET /api/setup': { roles: OPERATORS, input: nothing, output: setupSchema },
  'POST /api/setup': { roles: OPERATORS, input: setupFileSchema, output: importedSchema },
  /** Deletes permanently, including from the backups. */
  'POST /api/forget': { roles: OPERATORS, input: forgetSchema, output: forgottenSchema },
  'GET /api/settings': { roles: OPERATORS, input: nothing, output: settingsSchema },
  'PATCH /api/settings': { roles: OPERATORS, input: settingsPatchSchema, output: settingsSchema },
} as const satisfies Record<string, { roles: readonly Role[]; input: z.ZodType; output: z.ZodType }>

export type ConsoleRoute = keyof typeof CONSOLE_API
export type ConsoleInput<R extends ConsoleRoute> = z.input<(typeof CONSOLE_API)[R]['input']>
export type ConsoleOutput<R extends ConsoleRoute> = z.output<(typeof CONSOLE_API)[R]['output']>

/** Response header with the number of rows in an export, counted before it begins. */
export const EXPORT_ROWS_HEADER = 'Latchkey-Rows'

const format = z.enum(['csv', 'json']).default('csv')

/**
 * Files to download by `GET` with the query given here. They are streamed, so they are outside the table above. CSV
 * begins with a line of headings; JSON is one array. `EXPORT_ROWS_HEADER` has the number of rows. An export that fails
 * midway closes its connection, so that a client never mistakes half a file for a whole one.
 */
export const CONSOLE_EXPORTS = {
  /** The rows of the usage report. */
  'GET /api/export/usage': z.intersection(usageQuerySchema, z.object({ format })),
  /** Oldest first. */
  'GET /api/export/exchanges': exchangeFilterSchema.extend({ format }),
} as const satisfies Record<string, z.ZodType>

export type ConsoleExport = keyof typeof CONSOLE_EXPORTS

/** Live updates: server-sent `AppEvent`s. */
export const EVENTS_ROUTE = '/api/events'

/** Who may call the routes outside `CONSOLE_API`. Everyone but an operator gets only what is theirs. */
export const STREAM_ROLES = {
  [`GET ${EVENTS_ROUTE}`]: EVERYONE,
  [`POST ${TRY_ROUTE}`]: EVERYONE,
  'GET /api/export/usage': EVERYONE,
  'GET /api/export/exchanges': EVERYONE,
} as const satisfies Record<ConsoleExport, readonly Role[]> & Record<string, readonly Role[]>
export type ExportInput<R extends ConsoleExport> = z.input<(typeof CONSOLE_EXPORTS)[R]>

/** The body of an error of a console route (status 400, 401, 403, 404, 409 or 500). */
export const consoleErrorSchema = z.object({
  error: problemSchema,
})
