import { z } from 'zod'
import {
  healthSchema,
  ownErrorSchema,
  ownKeySchema,
  ownUsageSchema,
  readySchema,
} from '#shared/own-routes/own-answers.ts'
import {
  aboutSchema,
  deviceAnswerSchema,
  deviceFormSchema,
  metadataSchema,
  oauthErrorSchema,
  openRouterAnswerSchema,
  openRouterBodySchema,
  openRouterErrorSchema,
  tokenAnswerSchema,
  tokenFormSchema,
} from '#shared/own-routes/pairing-wire.ts'

/** By their names in the document. */
const SCHEMAS = {
  About: aboutSchema,
  AuthorizationServer: metadataSchema,
  DeviceRequest: deviceFormSchema,
  DeviceCode: deviceAnswerSchema,
  TokenRequest: tokenFormSchema,
  Token: tokenAnswerSchema,
  OAuthError: oauthErrorSchema,
  OpenRouterRequest: openRouterBodySchema,
  OpenRouterKey: openRouterAnswerSchema,
  OpenRouterError: openRouterErrorSchema,
  Health: healthSchema,
  Ready: readySchema,
  Key: ownKeySchema,
  Usage: ownUsageSchema,
  Error: ownErrorSchema,
} as const satisfies Record<string, z.ZodType>

export type SchemaName = keyof typeof SCHEMAS

let made: Record<string, object> | undefined

/** The document's `components.schemas`. OpenAPI 3.1 uses JSON Schema 2020-12 as it is. Built at the first request. */
export function schemaComponents(): Record<string, object> {
  made ??= Object.fromEntries(
    Object.entries(SCHEMAS).map(([name, schema]) => {
      const { $schema: _, ...plain } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' })
      return [name, plain]
    }),
  )
  return made
}

export function refTo(name: SchemaName): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` }
}
