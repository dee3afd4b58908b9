import { readFileSync } from 'node:fs'

/**
 * electron-builder writes it beside the app's archive. It comes with the package, so only whoever can replace the program
 * itself can name another feed: no page, no settings file and no variable can.
 */
export const FEED_FILE = 'app-update.yml'
/** Only over TLS, or on this computer. Without a query or a fragment, since it is a folder. */
const ADDRESS = /^url: ((?:https:\/\/[^\s/?#@]+|http:\/\/127\.0\.0\.1(?::\d+)?)(?:\/[^\s?#]*)?)$/m
/** Of addresses that nobody has (RFC 6761): the one that stands there until there is a real one. */
const NOBODY = /\.invalid$/i

/** The address of the folder with updates that this package names, or undefined. */
export function readFeed(file: string): string | undefined {
  const feed = ADDRESS.exec(readOrEmpty(file))?.[1]
  const hostname = URL.parse(feed ?? '')?.hostname
  return hostname === undefined || NOBODY.test(hostname) ? undefined : feed
}

/** Whether the updater may ask for an address: only for what lies in the feed's own folder. */
export function isOfFeed(url: string, feed: string): boolean {
  const folder = URL.parse(feed.endsWith('/') ? feed : `${feed}/`)
  const asked = URL.parse(url)
  if (folder === null || asked === null || asked.origin !== folder.origin) return false
  return asked.username === '' && asked.password === '' && asked.pathname.startsWith(folder.pathname)
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
