import { z } from 'zod'
import { lanTlsSchema } from '../lan/lan.ts'
import { unknownOriginsSchema } from '../origins/origin.ts'
import { providerSchema, registrationSchema } from '../people/sign-in.ts'
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

// Loopback and unspecified addresses, which other computers cannot use.
const NOT_REACHABLE = /^(?:127\.|0\.0\.0\.0$|::1?$)/

const lanAddress = z
  .string()
  .trim()
  .toLowerCase()
  .refine((text) => isIp(text) && !NOT_REACHABLE.test(text), INPUT_SENTENCES.lan_wrong)

function isIp(text: string): boolean {
  return z.union([z.ipv4(), z.ipv6()]).safeParse(text).success
}

const absolutePath = z
  .string()
  .trim()
  .max(4096)
  .regex(/^(?:\/|[A-Za-z]:[\\/]|\\\\)/, INPUT_SENTENCES.path_not_absolute)

const price = z.number().min(0).max(1_000_000)

/** Prices of a cloud service for a million input and output tokens. */
export const cloudPriceSchema = z.strictObject({
  prompt: price,
  completion: price,
  /** ISO 4217. */
  currency: z.string().regex(/^[A-Z]{3}$/),
})
export type CloudPrice = z.infer<typeof cloudPriceSchema>

/**
 * The settings that a person can change. They have no defaults here, because in a patch a default would reset every
 * field that the patch omits.
 */
const choices = {
  /** null: `OLLAMA_HOST` if set, else http://127.0.0.1:11434. */
  upstream: upstreamUrlSchema.nullable(),
  /** Additional certificate authorities to trust for the upstream. null: none. */
  upstreamCertificate: certificateSchema.nullable(),
  gatewayPort: port,
  consolePort: port,
  unknownOrigins: unknownOriginsSchema,
  /** Host names that the gateway accepts besides the loopback names. */
  extraHosts: z
    .array(
      z
        .string()
        .trim()
        .toLowerCase()
        .regex(/^[a-z0-9.-]{1,253}$/, INPUT_SENTENCES.host_name_wrong),
    )
    .max(50),
  /** Addresses of this computer that other computers may use; `all`: every current address. Empty: none. */
  lan: z.union([z.literal('all'), z.array(lanAddress).max(20)], INPUT_SENTENCES.lan_wrong),
  /** How other devices connect. Matters only while `lan` is not empty, like the three settings below. */
  lanTls: lanTlsSchema,
  /** PEM files for `lanTls: 'files'`, which may be replaced at any time: the certificate with its chain, and its key. */
  lanCertificateFile: absolutePath.nullable(),
  lanKeyFile: absolutePath.nullable(),
  /** True if other devices in the network can find Latchkey by DNS-SD. */
  discovery: z.boolean(),
  /** True if other devices can open the console, on the addresses of `lan`, once there is a second person. */
  shareConsole: z.boolean(),
  /** The console's address for others, such as behind a proxy: `https://latchkey.example`. null: its own addresses. */
  consoleUrl: z
    .url({ protocol: /^https?$/, hostname: z.regexes.domain })
    .max(300)
    .nullable(),
  /** How somebody new can join. */
  registration: registrationSchema,
  /** False: people sign in only at `providers`. The owner's window and one-time link always work. */
  localSignIn: z.boolean(),
  providers: z
    .array(providerSchema)
    .max(10)
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, INPUT_SENTENCES.provider_twice),
  /** The first person who signs in at a provider with this verified address becomes an admin. */
  ownerEmail: z.email().max(254).nullable(),
  /** True if the `token` cookie may carry a key. Other local ports and extensions then receive the cookie too. */
  cookieCarrier: z.boolean(),
  /** True if apps of this computer may ask for a key without one. The person answers each request. */
  pairing: z.boolean(),
  /** `true` or a time (ms UTC): the gateway answers 503 until it is resumed or until that time. */
  paused: z.union([z.boolean(), z.number().int()]),
  /** How long raw exchanges are kept, in days. */
  retentionDays: z.number().int().min(1).max(3650),
  /**
   * How long a gateway goes on without a shared database, in minutes. After that it refuses every request, because it does not
   * know any more which keys were closed.
   */
  databaseGraceMinutes: z.number().int().min(0).max(1440),
  /** True if `/metrics` names sites. False: it shows only the kind of each site. */
  originsInMetrics: z.boolean(),
  /** Whether the desktop app looks for a newer version at start and once a day. Off: only when the person asks. */
  lookForUpdates: z.boolean(),
  theme: z.enum(['auto', 'light', 'dark']),
  /** Language of the console; `auto`: the language of the browser or the computer. */
  language: z.enum(['auto', ...(Object.keys(LANGUAGES) as Language[])]),
  /** The prices that the usage page compares with; null: no comparison. */
  cloudPrice: cloudPriceSchema.nullable(),
}

/** The settings file, JSON with the same shape in both shells. */
export const settingsSchema = z.object({
  upstream: choices.upstream.default(null),
  upstreamCertificate: choices.upstreamCertificate.default(null),
  gatewayPort: choices.gatewayPort.default(DEFAULT_GATEWAY_PORT),
  consolePort: choices.consolePort.default(DEFAULT_CONSOLE_PORT),
  unknownOrigins: choices.unknownOrigins.default('key'),
  extraHosts: choices.extraHosts.default([]),
  lan: choices.lan.default([]),
  lanTls: choices.lanTls.default('authority'),
  lanCertificateFile: choices.lanCertificateFile.default(null),
  lanKeyFile: choices.lanKeyFile.default(null),
  discovery: choices.discovery.default(false),
  shareConsole: choices.shareConsole.default(false),
  consoleUrl: choices.consoleUrl.default(null),
  registration: choices.registration.default('invite'),
  localSignIn: choices.localSignIn.default(true),
  providers: choices.providers.default([]),
  ownerEmail: choices.ownerEmail.default(null),
  cookieCarrier: choices.cookieCarrier.default(false),
  pairing: choices.pairing.default(true),
  paused: choices.paused.default(false),
  retentionDays: choices.retentionDays.default(30),
  databaseGraceMinutes: choices.databaseGraceMinutes.default(5),
  originsInMetrics: choices.originsInMetrics.default(false),
  lookForUpdates: choices.lookForUpdates.default(false),
  theme: choices.theme.default('auto'),
  language: choices.language.default('auto'),
  cloudPrice: choices.cloudPrice.default(null),
})
export type Settings = z.infer<typeof settingsSchema>

export const settingsPatchSchema = z.strictObject(choices).partial()
export type SettingsPatch = z.infer<typeof settingsPatchSchema>
