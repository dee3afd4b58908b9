import { isDeepStrictEqual } from 'node:util'
import type { Setup } from '#shared/records/backup.ts'
import { type Settings, type SettingsPatch, settingsSchema } from '#shared/settings/settings.ts'
import type { AccessRoom } from '../access/access-room.ts'
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

/** Settings, keys and sites in one file. Keys are exported as hashes, so the same secrets work on the new computer. */
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
    /** Imports all or nothing: keys and sites only if the settings can take effect here, which a taken port prevents. */
    async adopt(setup: Setup) {
      let imported: { keys: number; origins: number } | undefined
      await settings.change(chosen(setup.settings), async () => {
        imported = await access.adopt(setup)
      })
      // Equal settings cause no change, so nothing has been imported yet.
      const { keys, origins } = imported ?? (await access.adopt(setup))
      return { keys, keysAlreadyHere: setup.keys.length - keys, origins }
    },
  }
}

/**
 * The settings that differ from the defaults; all others stay as they are here. A pause is not imported, because it was
 * meant for the old computer.
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
