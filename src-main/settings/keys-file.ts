import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import { UNUSED_KEY } from '#shared/keys/key.ts'
import { instant, newKeyShape } from '#shared/keys/key-fields.ts'
import { PREFIX_SHAPE, type StoredKey } from '#shared/keys/stored.ts'
import { OWNER_ID } from '#shared/people/person-id.ts'
import { InvalidInput, parseInput } from '#shared/text/input-sentence.ts'
import { PersonError } from '#shared/text/person-error.ts'

const VARIABLE = 'LATCHKEY_KEYS_FILE'
const MAX_BYTES = 20_000_000
const WRITABLE_BY_OTHERS = 0o002

/** A key that exists before the first start, by the hash of its secret: a row of the file that `LATCHKEY_KEYS_FILE` names. */
const seedKeySchema = z.strictObject({
  ...newKeyShape,
  /** The name or id of the key's person. A person who does not exist is made. null: the owner. */
  person: z.string().trim().min(1).max(80).nullable().optional(),
  /** The older name of `person`. */
  owner: z.string().trim().min(1).max(80).nullable().optional(),
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
type SeedKey = z.infer<typeof seedKeySchema>

const keysFileSchema = z.strictObject({ keys: z.array(seedKeySchema).max(10_000) })

/**
 * Reads the keys of the file that `LATCHKEY_KEYS_FILE` names, in the store's form; none if the variable is not set. Their
 * `person` is an id or a name. A key's id is derived from its hash, so that the same row is the same key at each start and
 * keeps its usage. Throws a PersonError `keys_file` if the file cannot be read or contains anything but keys.
 */
export function readKeysFile(env: Readonly<Record<string, string | undefined>>, now: number): StoredKey[] {
  const path = env[VARIABLE]
  if (!path) return []
  try {
    return parseInput(keysFileSchema, JSON.parse(readText(path))).keys.map((row) => asStored(row, now))
  } catch (error) {
    throw wrongFile(path, error)
  }
}

function readText(path: string): string {
  const { size, mode } = statSync(path)
  if (size > MAX_BYTES) throw new PersonError('keys_file', 'It is larger than 20 MB.')
  if (process.platform !== 'win32' && (mode & WRITABLE_BY_OTHERS) !== 0) {
    throw new PersonError('keys_file', 'Everybody on this computer can write to it. Run: chmod o-w on the file.')
  }
  return readFileSync(path, 'utf8')
}

function asStored({ sha256, prefix, person, owner, ...choices }: SeedKey, now: number): StoredKey {
  const key = {
    ...UNUSED_KEY,
    ...choices,
    person: person ?? owner ?? OWNER_ID,
    id: idOf(sha256),
    prefix,
    createdAt: now,
  }
  const hash = Buffer.from(sha256, 'hex').toString('base64')
  return { key, secrets: [{ hash, prefix, expiresAt: null }], deletedAt: null }
}

/** Hashes the hash, because the id is public and must not reveal a part of the hash. */
function idOf(sha256: string): string {
  return `key_${createHash('sha256').update(`latchkey key id ${sha256}`).digest('hex').slice(0, 16)}`
}

function wrongFile(path: string, error: unknown): PersonError {
  const isForPerson = error instanceof InvalidInput || error instanceof PersonError
  const reason = isForPerson ? error.message : reasonOf(error)
  const sentence = `Latchkey cannot use the keys in ${path}, which ${VARIABLE} names. ${reason}`
  return new PersonError('keys_file', sentence, { cause: error })
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'It is not valid JSON.'
  const { code = 'unknown error' } = error as NodeJS.ErrnoException
  return code === 'ENOENT' ? 'There is no such file.' : `The system reports ${code}.`
}
