import { isDeepStrictEqual } from 'node:util'
import type { Setup } from '#shared/records/backup.ts'
import { type Settings, type SettingsPatch, settingsSchema } from '#shared/settings/settings.ts'
import type { AccessRoom } from '../access/create-access.ts'
import type { ConsolePorts } from '../console-api/ports.ts'
import type { SettingsService } from '../settings/settings.ts'

export interface SetupMoveOptions {
  readonly access: Pick<AccessRoom, 'keys' | 'origins' | 'adopt'>
  readonly settings: Pick<SettingsService, 'stored'> & {
    /** Rejects when `alongside` does, and then nothing has changed. */
    change(patch: SettingsPatch, alongside: () => Promise<void>): Promise<Settings>
  }
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
    /** All of it or nothing: keys and sites come in when the settings can be put in effect here (a taken port). */
    async adopt(setup: Setup) {
      let came: { keys: number; origins: number } | undefined
      await settings.change(chosen(setup.settings), async () => {
        came = await access.adopt(setup)
      })
      // Where the settings are the same already, there was nothing to take part in.
      const { keys, origins } = came ?? (await access.adopt(setup))
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
