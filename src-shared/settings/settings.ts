import { z } from 'zod'
import { unknownOriginsSchema } from '../origins/origin.ts'
import { INPUT_SENTENCES } from '../text/input-sentence.ts'
import { certificateSchema } from '../upstreams/certificate.ts'
import { LANGUAGES, type Language } from './languages.ts'

export const DEFAULT_GATEWAY_PORT = 11_500
export const DEFAULT_CONSOLE_PORT = 11_501
export const DEFAULT_UPSTREAM = 'http://127.0.0.1:11434'

const port = z.number().int().min(0).max(65_535)

export const upstreamUrlSchema = z
  .string()
  .trim()
  .max(2000)
  .regex(/^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/i, INPUT_SENTENCES.upstream_wrong)

// This computer's own loopback and “everywhere” are no addresses that others could be told.
const NOT_FOR_OTHERS = /^(?:127\.|0\.0\.0\.0$|::1?$)/

const lanAddress = z
  .string()
  .trim()
  .toLowerCase()
  .refine((text) => isIp(text) && !NOT_FOR_OTHERS.test(text), INPUT_SENTENCES.lan_wrong)

function isIp(text: string): boolean {
  return z.union([z.ipv4(), z.ipv6()]).safeParse(text).success
}

const price = z.number().min(0).max(1_000_000)

/** What a cloud takes for a million tokens in, and for a million out. */
export const cloudPriceSchema = z.strictObject({
  prompt: price,
  completion: price,
  /** ISO 4217. */
  currency: z.string().regex(/^[A-Z]{3}$/),
})
export type CloudPrice = z.infer<typeof cloudPriceSchema>

/** What a person can set. Without defaults: in a patch, they would put back whatever it does not name. */
const choices = {
  /** null: `OLLAMA_HOST` if set, else http://127.0.0.1:11434. */
  upstream: upstreamUrlSchema.nullable(),
  /** Certificates to trust for the upstream, besides those of the well-known authorities. null: none. */
  upstreamCertificate: certificateSchema.nullable(),
  gatewayPort: port,
  consolePort: port,
  unknownOrigins: unknownOriginsSchema,
  /** Host names, besides the loopback ones, under which the gateway answers. */
  extraHosts: z
    .array(
      z
        .string()
        .trim()
        .toLowerCase()
        .regex(/^[a-z0-9.-]{1,253}$/, INPUT_SENTENCES.host_name_wrong),
    )
    .max(50),
  /** Addresses of this computer on which others may reach the gateway; `all`: every one it has at the time. Empty: none. */
  lan: z.union([z.literal('all'), z.array(lanAddress).max(20)], INPUT_SENTENCES.lan_wrong),
  /** Whether the `token` cookie may carry a key, which other ports of this computer and extensions then have, too. */
  cookieCarrier: z.boolean(),
  /** While the gateway answers 503: `true` until resumed, or until that time (ms UTC). */
  paused: z.union([z.boolean(), z.number().int()]),
  /** How long raw exchanges are kept, in days. */
  retentionDays: z.number().int().min(1).max(3650),
  /** Whether `/metrics` names the sites that called. Off: a monitor is told of what kind they are, no more. */
  originsInMetrics: z.boolean(),
  /** Whether the desktop app looks for a newer version at start and once a day. Off: only when the person asks. */
  lookForUpdates: z.boolean(),
  theme: z.enum(['auto', 'light', 'dark']),
  /** Of the console; `auto`: as the browser or the computer has it. */
  language: z.enum(['auto', ...(Object.keys(LANGUAGES) as Language[])]),
  /** What the usage page compares with; null: nothing. */
  cloudPrice: cloudPriceSchema.nullable(),
}

/** All of it, in one JSON file with the same shape in both shells. */
export const settingsSchema = z.object({
  upstream: choices.upstream.default(null),
  upstreamCertificate: choices.upstreamCertificate.default(null),
  gatewayPort: choices.gatewayPort.default(DEFAULT_GATEWAY_PORT),
  consolePort: choices.consolePort.default(DEFAULT_CONSOLE_PORT),
  unknownOrigins: choices.unknownOrigins.default('key'),
  extraHosts: choices.extraHosts.default([]),
  lan: choices.lan.default([]),
  cookieCarrier: choices.cookieCarrier.default(false),
  paused: choices.paused.default(false),
  retentionDays: choices.retentionDays.default(30),
  originsInMetrics: choices.originsInMetrics.default(false),
  lookForUpdates: choices.lookForUpdates.default(false),
  theme: choices.theme.default('auto'),
  language: choices.language.default('auto'),
  cloudPrice: choices.cloudPrice.default(null),
})
export type Settings = z.infer<typeof settingsSchema>

export const settingsPatchSchema = z.strictObject(choices).partial()
export type SettingsPatch = z.infer<typeof settingsPatchSchema>
