import type { ConsoleInput } from '#shared/console-api/console-api.ts'
import type { Key } from '#shared/keys/key.ts'
import { settingsSchema } from '#shared/settings/settings.ts'
import { storedKey } from '../store/fixtures.ts'

export const DAY_MS = 86_400_000

/** A setup with keys that were made long ago. No caller can make such a key: its date is the core's own. */
export function setupOfKeys(
  keys: readonly (Pick<Key, 'name' | 'createdAt'> & Partial<Key>)[],
): ConsoleInput<'POST /api/setup'> {
  return {
    format: 'latchkey-setup',
    version: 1,
    exportedAt: 1,
    settings: settingsSchema.parse({}),
    origins: [],
    keys: keys.map((fields, index) => {
      const stored = storedKey(`old_${index}`)
      return { ...stored, secrets: [...stored.secrets], key: { ...stored.key, ...fields } }
    }),
  }
}
