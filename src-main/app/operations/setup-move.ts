import { isDeepStrictEqual } from 'node:util'
import type { ArrivingSetup } from '#shared/records/backup.ts'
import { type Settings, type SettingsPatch, settingsSchema } from '#shared/settings/settings.ts'
import type { ConsolePorts } from '../../console-api/ports.ts'
import type { SettingsService } from '../../settings/settings.ts'
import type { Rooms } from '../rooms.ts'
import { adoptFile } from './arrivals.ts'

export interface SetupMoveOptions {
  readonly rooms: Pick<Rooms, 'people' | 'access'>
  readonly settings: Pick<SettingsService, 'stored'> & {
    /** Rejects when `alongside` does, and then nothing has changed. */
    change(patch: SettingsPatch, alongside: () => Promise<void>): Promise<Settings>
  }
  readonly now: () => number
}

/** Settings, persons, keys and sites in one file. Keys are exported as hashes, so the same secrets work on the new computer. */
export function createSetupMove({ rooms, settings, now }: SetupMoveOptions): ConsolePorts['setup'] {
  const { people, access } = rooms
  return {
    read: async () => ({
      format: 'latchkey-setup',
      version: 2,
      exportedAt: now(),
      settings: settings.stored(),
      persons: people.list(),
      keys: access.keys.stored().map((stored) => ({ ...stored, secrets: [...stored.secrets] })),
      origins: await access.origins.list(),
    }),
    /** Imports all or nothing: the rest only if the settings can take effect here, which a taken port prevents. */
    async adopt(setup: ArrivingSetup) {
      let imported: Awaited<ReturnType<typeof adoptFile>> | undefined
      await settings.change(chosen(setup.settings), async () => {
        imported = await adoptFile(rooms, setup)
      })
      // Equal settings cause no change, so nothing has been imported yet.
      const { persons, keys, origins } = imported ?? (await adoptFile(rooms, setup))
      return { persons, keys, keysAlreadyHere: setup.keys.length - keys, origins }
    },
  }
}

/**
 * The settings that differ from the defaults; all others stay as they are here. A pause is not imported, because it was
 * meant for the old computer.
 */
function chosen(settings: ArrivingSetup['settings']): SettingsPatch {
  const defaults = settingsSchema.parse({})
  const names = Object.keys(settings) as (keyof typeof settings)[]
  return Object.fromEntries(
    names
      .filter((name) => name !== 'paused' && !isDeepStrictEqual(settings[name], defaults[name]))
      .map((name) => [name, settings[name]]),
  )
}
