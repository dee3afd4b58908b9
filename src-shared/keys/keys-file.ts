import { z } from 'zod'
import { instant, newKeyShape } from './key-fields.ts'
import { PREFIX_SHAPE } from './stored.ts'

/** A key that exists before the first start, by the hash of its secret: a row of the file that `LATCHKEY_KEYS_FILE` names. */
const seedKeySchema = z.strictObject({
  ...newKeyShape,
  /** Milliseconds since 1970-01-01 UTC, or an ISO 8601 time with an offset. */
  expiresAt: z
    .union([instant, z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))])
    .nullable()
    .default(null),
  /** SHA-256 of the secret's ASCII bytes, 64 hexadecimal digits. `latchkey key hash` prints it. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/i)
    .toLowerCase(),
  /** The first 12 characters of the secret, by which a person tells keys apart. */
  prefix: z.string().regex(PREFIX_SHAPE),
})
export type SeedKey = z.infer<typeof seedKeySchema>

export const keysFileSchema = z.strictObject({ keys: z.array(seedKeySchema).max(10_000) })
