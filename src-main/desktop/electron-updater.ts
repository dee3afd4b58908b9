import { session } from 'electron'
import type { Log } from '../base/log.ts'
import { isOfFeed } from './update-plan.ts'
import type { Updater } from './updates.ts'

/** electron-updater's name for the session that it fetches with. */
const UPDATER_PARTITION = 'electron-updater'

/**
 * electron-updater on a feed of the generic provider. It takes only a newer version whose SHA-512 is the one the feed
 * names; on macOS and Windows the system's signature of the package is checked besides. Loaded only here: without a
 * feed none of its code runs.
 */
export async function openUpdater(feed: string, log: Log): Promise<Updater> {
  letFetch(feed)
  const { autoUpdater } = await import('electron-updater')
  autoUpdater.logger = {
    info: (message: unknown) => log.info({ updater: String(message) }, 'updater'),
    warn: (message: unknown) => log.warn({ updater: String(message) }, 'updater'),
    error: (message: unknown) => log.error({ updater: String(message) }, 'updater'),
  }
  // It waits for the person: "Restart to update" in the tray.
  autoUpdater.autoInstallOnAppQuit = false
  autoUpdater.setFeedURL({ provider: 'generic', url: feed })
  return {
    async load() {
      const found = await autoUpdater.checkForUpdates()
      if (found === null) throw new Error('the updater does not work in this kind of package')
      if (!found.isUpdateAvailable) return null
      await found.downloadPromise
      return found.updateInfo.version
    },
    install(failed) {
      autoUpdater.once('error', failed)
      autoUpdater.quitAndInstall()
    },
  }
}

/** Every session is cut off from the network (hardening.ts); this one may reach its feed, and no more. */
function letFetch(feed: string): void {
  const { webRequest } = session.fromPartition(UPDATER_PARTITION, { cache: false })
  webRequest.onBeforeRequest((details, answer) => answer({ cancel: !isOfFeed(details.url, feed) }))
}
