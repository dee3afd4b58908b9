import { z } from 'zod'
import { unknownOriginsSchema } from './origin.ts'

export const DEFAULT_GATEWAY_PORT = 11_500
export const DEFAULT_CONSOLE_PORT = 11_501
export const DEFAULT_UPSTREAM = 'http://127.0.0.1:11434'

const port = z.number().int().min(0).max(65_535)

export const upstreamUrlSchema = z
  .string()
  .trim()
  .regex(/^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/i, 'An upstream looks like http://127.0.0.1:11434.')

/** Everything a person can set, in one JSON file with the same shape in both shells. */
export const settingsSchema = z.object({
  /** null: `OLLAMA_HOST` if set, else http://127.0.0.1:11434. */
  upstream: upstreamUrlSchema.nullable().default(null),
  gatewayPort: port.default(DEFAULT_GATEWAY_PORT),
  consolePort: port.default(DEFAULT_CONSOLE_PORT),
  unknownOrigins: unknownOriginsSchema.default('key'),
  /** Host names, besides the loopback ones, under which the gateway answers. */
  extraHosts: z
    .array(
      z
        .string()
        .trim()
        .toLowerCase()
        .regex(/^[a-z0-9.-]{1,253}$/),
    )
    .max(50)
    .default([]),
  /** Whether the `token` cookie may carry a key. */
  cookieCarrier: z.boolean().default(false),
  /** While the gateway answers 503: `true` until resumed, or until that time (ms UTC). */
  paused: z.union([z.boolean(), z.number().int()]).default(false),
  /** How long raw exchanges are kept, in days. */
  retentionDays: z.number().int().min(1).max(3650).default(30),
  theme: z.enum(['auto', 'light', 'dark']).default('auto'),
})
export type Settings = z.infer<typeof settingsSchema>

export const settingsPatchSchema = z.strictObject(settingsSchema.shape).partial()
export type SettingsPatch = z.infer<typeof settingsPatchSchema>
