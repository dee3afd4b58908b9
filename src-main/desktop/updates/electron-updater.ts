import { type ClientRequest, session } from 'electron'
import type { AppUpdater, UpdateInfo } from 'electron-updater'
import type { NewerVersion } from '#shared/settings/updates.ts'
import type { Log } from '../../base/log.ts'
import { isOfFeed } from './feed.ts'
import type { Updater } from './updater.ts'
import { whileAlive } from './while-alive.ts'

/** electron-updater's name for the session that it fetches with. */
const UPDATER_PARTITION = 'electron-updater'
/** A random number that the library keeps for each installation: a server could count and follow people by it. */
const INSTALLATION_HEADER = 'x-user-staging-id'
/** electron-updater's own deadline waits for an event that Electron's requests do not have. */
const SILENCE_MS = 60_000
const NOTES_SHOWN = 4_000
/** An error of the library can hold the whole of a wrong answer. */
const LOGGED_CHARACTERS = 2_000

/**
 * electron-updater on a feed of the generic provider. It takes only a newer version whose SHA-512 is the one the feed
 * names; on macOS and Windows the system's signature of the package is checked besides. Loaded only here: until somebody
 * looks none of its code runs.
 */
export async function openUpdater(feed: string, log: Log): Promise<Updater> {
  limitTo(feed)
  const { updater, place, start } = await openLibrary()
  updater.logger = loggerOf(log)
  // Each step waits for the person.
  updater.autoDownload = false
  updater.autoInstallOnAppQuit = false
  updater.allowDowngrade = false
  // Always the whole file: that needs nothing of the server but files, and is the way that is tested.
  updater.disableDifferentialDownload = true
  updater.setFeedURL({ provider: 'generic', url: feed })
  const giveUp = trackRequests(updater)
  return {
    look: () => whileAlive(SILENCE_MS, giveUp, () => look(updater)),
    load: (onPercent) => whileAlive(SILENCE_MS, giveUp, (alive) => load(updater, alive, onPercent)),
    cancel: giveUp,
    place,
    start,
  }
}

/** Every session is cut off from the network (hardening.ts); this one may reach its feed, and no more. */
function limitTo(feed: string): void {
  const own = session.fromPartition(UPDATER_PARTITION, { cache: false })
  own.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !isOfFeed(details.url, feed) }))
  own.webRequest.onBeforeSendHeaders(({ requestHeaders }, answer) =>
    answer({ requestHeaders: anonymous(requestHeaders) }),
  )
}

function anonymous(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== INSTALLATION_HEADER))
}

async function openLibrary(): Promise<{ updater: AppUpdater } & Pick<Updater, 'place' | 'start'>> {
  if (process.platform === 'linux') {
    const { SafeAppImageUpdater } = await import('./app-image.ts')
    const updater = new SafeAppImageUpdater()
    return { updater, place: () => updater.place(), start: (failed) => updater.start(failed) }
  }
  const { autoUpdater: updater } = await import('electron-updater')
  return {
    updater,
    // Its installer can only run once this program has ended.
    place: async () => {},
    start(failed) {
      updater.once('error', failed)
      updater.quitAndInstall()
    },
  }
}

interface RequestMaker {
  createRequest(...given: unknown[]): ClientRequest
}

/**
 * Returns the call that makes what is under way fail. The library cannot: its token for a cancel leaves the request open,
 * and closing the session's connections leaves those in use.
 */
function trackRequests(updater: AppUpdater): () => void {
  const live = new Set<ClientRequest>()
  // Not in the library's types. Each of its requests is made by this.
  const executor = Reflect.get(updater, 'httpExecutor') as RequestMaker
  const create = executor.createRequest.bind(executor)
  executor.createRequest = (...given) => {
    const request = create(...given)
    live.add(request)
    // Its own `close` comes before the answer.
    request.once('response', (response) => response.once('end', () => live.delete(request)))
    return request
  }
  return () => {
    for (const request of live) {
      // The library hears of an error, and of no abort.
      request.emit('error', new Error('the request was aborted'))
      request.abort()
    }
    live.clear()
  }
}

async function look(updater: AppUpdater): Promise<NewerVersion | null> {
  const found = await updater.checkForUpdates()
  if (found === null) throw new Error('the updater does not work in this kind of package')
  return found.isUpdateAvailable ? { version: found.updateInfo.version, notes: notesOf(found.updateInfo) } : null
}

function notesOf({ releaseNotes }: UpdateInfo): string | null {
  return typeof releaseNotes === 'string' ? releaseNotes.trim().slice(0, NOTES_SHOWN) : null
}

async function load(updater: AppUpdater, alive: () => void, onPercent: (percent: number) => void): Promise<void> {
  const onProgress = ({ percent }: { percent: number }) => {
    alive()
    onPercent(percent)
  }
  updater.on('download-progress', onProgress)
  try {
    await updater.downloadUpdate()
  } finally {
    updater.off('download-progress', onProgress)
  }
}

function loggerOf(log: Log): AppUpdater['logger'] {
  const line = (message: unknown) => ({ updater: String(message).slice(0, LOGGED_CHARACTERS) })
  return {
    info: (message: unknown) => log.info(line(message), 'updater'),
    warn: (message: unknown) => log.warn(line(message), 'updater'),
    error: (message: unknown) => log.error(line(message), 'updater'),
  }
}
