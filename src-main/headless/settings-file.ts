import { constants } from 'node:os'
import type { SettingsFile } from '../base/host.ts'
import { openSettingsStore, SETTINGS_NAME } from '../settings/settings-store.ts'

const SIGNALS = Object.keys(constants.signals) as NodeJS.Signals[]

/** The same file and shape that electron-store uses on the desktop. */
export function openSettingsFile(dataDir: string): SettingsFile {
  return openSettingsStore(dataDir, async (options) => {
    const Conf = await loadConf()
    return new Conf({ ...options, configName: SETTINGS_NAME })
  })
}

/**
 * Loaded only for the first change, because its dependencies take a fifth of the start time. One of them, when-exit,
 * answers each signal by sending it to the process again, so one signal would count as two. Its listeners are removed.
 */
async function loadConf() {
  const listeners = () =>
    SIGNALS.flatMap((signal) => process.listeners(signal).map((listener) => ({ signal, listener })))
  const before = new Set(listeners().map(({ listener }) => listener))
  const { default: Conf } = await import('conf')
  for (const { signal, listener } of listeners()) if (!before.has(listener)) process.off(signal, listener)
  return Conf
}
