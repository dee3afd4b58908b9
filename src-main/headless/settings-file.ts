import { constants } from 'node:os'
import type { SettingsFile } from '../base/host.ts'
import { openSettingsStore, SETTINGS_NAME } from '../settings/settings-store.ts'

const SIGNALS = Object.keys(constants.signals) as NodeJS.Signals[]

/** The file and the shape that electron-store has on the desktop. */
export function openSettingsFile(dataDir: string): SettingsFile {
  return openSettingsStore(dataDir, async (options) => {
    const Conf = await loadConf()
    return new Conf({ ...options, configName: SETTINGS_NAME })
  })
}

/**
 * Loaded for the first change only: with all it brings along it is a fifth of a start. Of that when-exit answers each
 * signal by sending it to the process again, so that one would count as two: what it listens to is taken away again.
 */
async function loadConf() {
  const listeners = () =>
    SIGNALS.flatMap((signal) => process.listeners(signal).map((listener) => ({ signal, listener })))
  const before = new Set(listeners().map(({ listener }) => listener))
  const { default: Conf } = await import('conf')
  for (const { signal, listener } of listeners()) if (!before.has(listener)) process.off(signal, listener)
  return Conf
}
