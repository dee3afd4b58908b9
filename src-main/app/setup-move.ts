import { isDeepStrictEqual } from 'node:util'
import type { Setup } from '#shared/backup.ts'
import { type SettingsPatch, settingsSchema } from '#shared/settings.ts'
import type { AccessRoom } from '../access/create-access.ts'
import type { ConsolePorts } from '../console/ports.ts'
import type { SettingsBook } from './settings.ts'

export interface SetupMoveOptions {
  readonly access: Pick<AccessRoom, 'keys' | 'origins'>
  readonly settings: Pick<ConsolePorts['settings'], 'change'> & Pick<SettingsBook, 'stored'>
  readonly now: () => number
}

/** Settings, keys and sites in one file. Keys go as they are kept, by hash: a secret works on the new computer too. */
export function createSetupMove({ access, settings, now }: SetupMoveOptions): ConsolePorts['setup'] {
  return {
    read: async () => ({
      format: 'latchkey-setup',
      version: 1,
      exportedAt: now(),
      settings: settings.stored(),
      keys: access.keys.stored().map((stored) => ({ ...stored, secrets: [...stored.secrets] })),
      origins: await access.origins.list(),
    }),
    /** Settings first: when they cannot be put in effect here (a taken port), nothing has come in. */
    async adopt(setup: Setup) {
      await settings.change(chosen(setup.settings))
      const keys = await countTrue(setup.keys, access.keys.adopt)
      const origins = await countTrue(setup.origins, access.origins.adopt)
      return { keys, keysAlreadyHere: setup.keys.length - keys, origins }
    },
  }
}

/**
 * What somebody has set: the rest stays as it is here. A gateway that was paused while it was moved is not meant to stay
 * paused elsewhere.
 */
function chosen(settings: Setup['settings']): SettingsPatch {
  const defaults = settingsSchema.parse({})
  const names = Object.keys(settings) as (keyof typeof settings)[]
  return Object.fromEntries(
    names
      .filter((name) => name !== 'paused' && !isDeepStrictEqual(settings[name], defaults[name]))
      .map((name) => [name, settings[name]]),
  )
}

async function countTrue<T>(items: readonly T[], adopt: (item: T) => Promise<boolean>): Promise<number> {
  let count = 0
  for (const item of items) count += Number(await adopt(item))
  return count
}
