import { type ClientRequest, session } from 'electron'
import type { AppUpdater, UpdateInfo } from 'electron-updater'
import type { NewerVersion } from '#shared/settings/updates.ts'
import type { Log } from '../../base/log.ts'
import { isOfFeed } from './feed.ts'
import type { Updater } from './updater.ts'
import { whileAlive } from './while-alive.ts'

/** electron-updater's name for the session of its requests. */
const UPDATER_PARTITION = 'electron-updater'
/** A random number that the library creates for each installation. A server could count and track people by it. */
const INSTALLATION_HEADER = 'x-user-staging-id'
/** Our own deadline: electron-updater's waits for an event that Electron's requests do not emit. */
const SILENCE_MS = 60_000
const NOTES_SHOWN = 4_000
/** Limits logged errors, because an error of the library can contain a whole wrong answer. */
const LOGGED_CHARACTERS = 2_000

/**
 * Opens electron-updater on a feed of the generic provider. It accepts only a newer version whose SHA-512 equals the
 * feed's; on macOS and Windows it also checks the package's signature. The library is loaded only here, so none of its
 * code runs before somebody looks for updates.
 */
export async function openUpdater(feed: string, log: Log): Promise<Updater> {
  limitTo(feed)
  const { updater, place, start } = await openLibrary()
  updater.logger = loggerOf(log)
  // Each step waits for the person's decision.
  updater.autoDownload = false
  updater.autoInstallOnAppQuit = false
  updater.allowDowngrade = false
  // Downloads whole files: the server needs nothing but files, and this is the way that the tests cover.
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

/** Every session is cut off from the network (hardening.ts); this one may reach its feed only. */
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
    // The installer can run only after this program has ended.
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
 * Returns a function that makes the current requests fail. The library cannot: its cancel token leaves the request
 * open, and closing the session's connections keeps those in use.
 */
function trackRequests(updater: AppUpdater): () => void {
  const live = new Set<ClientRequest>()
  // The library's types lack this. All of its requests are made by this object.
  const executor = Reflect.get(updater, 'httpExecutor') as RequestMaker
  const create = executor.createRequest.bind(executor)
  executor.createRequest = (...given) => {
    const request = create(...given)
    live.add(request)
    // The request's `close` event comes before the answer.
    request.once('response', (response) => response.once('end', () => live.delete(request)))
    return request
  }
  return () => {
    for (const request of live) {
      // The library listens to `error` but not to `abort`.
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
