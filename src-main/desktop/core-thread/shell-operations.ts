import type { Host, SettingsFile } from '../../base/host.ts'
import type { SystemLoginItem } from '../system/login-item.ts'
import type { DesktopUpdates } from '../updates/updates.ts'
import type { ShellOperations } from './remote-core.ts'

export interface ShellParts {
  /**
   * Resolves when Electron is ready, because the keyring cannot be used earlier. The core's thread starts before that.
   */
  readonly ready: Promise<void>
  readonly vault: Host['secretVault']
  readonly settingsFile: Pick<SettingsFile, 'write'>
  readonly loginItem: SystemLoginItem | null
  readonly updates: Pick<DesktopUpdates, 'look' | 'load' | 'cancel' | 'install'>
  readonly quit: () => void
}

/** Creates the operations that the core needs from Electron, which runs on the main thread only. */
export function createShellOperations(parts: ShellParts): ShellOperations {
  const { ready, vault, settingsFile, loginItem, updates, quit } = parts
  return {
    async readSecret(name) {
      await ready
      return vault(name).read()
    },
    async writeSecret(name, secret) {
      await ready
      return vault(name).write(secret)
    },
    async vaultWeakness(name) {
      await ready
      return vault(name).weakness()
    },
    writeSettings: async (settings) => settingsFile.write(settings),
    isLoginItemOn: async () => loginItem?.isOn() ?? false,
    setLoginItem: async (on) => loginItem?.set(on),
    lookForUpdate: () => updates.look(),
    // Resolves before the download ends; its progress arrives as changes of the updater's state.
    loadUpdate: async () => void updates.load(),
    cancelUpdate: async () => updates.cancel(),
    installUpdate: () => updates.install(),
    quit: async () => quit(),
  }
}
