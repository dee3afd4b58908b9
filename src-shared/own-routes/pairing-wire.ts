import { z } from 'zod'

/** Schemas of what apps send to the pairing routes and get from them. `/latchkey/openapi.json` shows them. */

const url = z.url()

export const aboutSchema = z.object({
  name: z.literal('Latchkey'),
  version: z.string().optional().describe('Absent for other devices'),
  address: url.describe('The base address of all routes'),
  pairing: z
    .object({
      metadata: url,
      device_authorization: url,
      authorize: url,
      token: url,
      openrouter: z.object({ authorize: url, keys: url }),
    })
    .nullable()
    .describe('null: the person does not let apps ask for a key'),
})

export const metadataSchema = z.looseObject({
  issuer: url,
  authorization_endpoint: url,
  device_authorization_endpoint: url,
  token_endpoint: url,
  grant_types_supported: z.array(z.string()),
  code_challenge_methods_supported: z.array(z.string()),
})

export const deviceFormSchema = z.object({
  client_id: z.string().max(200).describe('Any name for the app. The person sees it.'),
  client_name: z.string().optional().describe('Shown instead of `client_id`'),
})

export const deviceAnswerSchema = z.object({
  device_code: z.string(),
  user_code: z.string().describe('Show it: the person compares it'),
  verification_uri: url,
  expires_in: z.number().int().describe('Seconds that the person has for an answer'),
  interval: z.number().int().describe('Seconds between two polls'),
})

export const tokenFormSchema = z.union([
  z.object({
    grant_type: z.literal('urn:ietf:params:oauth:grant-type:device_code'),
    device_code: z.string(),
    client_id: z.string(),
  }),
  z.object({
    grant_type: z.literal('authorization_code'),
    code: z.string(),
    code_verifier: z.string(),
    redirect_uri: z.string(),
    client_id: z.string(),
  }),
])

export const tokenAnswerSchema = z.object({
  access_token: z.string().describe('The key. It is given once.'),
  token_type: z.literal('Bearer'),
  scope: z.string().describe('What the person allows, such as `chat models`'),
})

export const oauthErrorSchema = z.object({
  error: z.string().describe('A code of RFC 6749 section 5.2 or RFC 8628 section 3.5'),
  error_description: z.string(),
})

/** `code_challenge_method` is optional at OpenRouter, and S256 is the only one here. */
export const openRouterBodySchema = z.object({
  code: z.string(),
  code_verifier: z.string(),
  code_challenge_method: z.literal('S256').nullish(),
})

export const openRouterAnswerSchema = z.object({ key: z.string().describe('It is given once.') })

export const openRouterErrorSchema = z.object({ error: z.object({ code: z.number().int(), message: z.string() }) })
