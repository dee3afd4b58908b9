import { readFileSync } from 'node:fs'

/**
 * electron-builder writes this file beside the app's archive. It is part of the package, so naming another feed
 * requires replacing the program: no page, settings file or variable can do it.
 */
export const FEED_FILE = 'app-update.yml'
/** Only HTTPS, or this computer. No query and no fragment, because it is a folder. */
const ADDRESS = /^url: ((?:https:\/\/[^\s/?#@]+|http:\/\/127\.0\.0\.1(?::\d+)?)(?:\/[^\s?#]*)?)$/m
/** A reserved domain (RFC 6761), which the configuration holds until there is a real address. */
const NOBODY = /\.invalid$/i

/** Returns the URL of the update folder that this package names, or undefined. */
export function readFeed(file: string): string | undefined {
  const feed = ADDRESS.exec(readOrEmpty(file))?.[1]
  const hostname = URL.parse(feed ?? '')?.hostname
  return hostname === undefined || NOBODY.test(hostname) ? undefined : feed
}

/** Whether the updater may request a URL: only inside the feed's folder. */
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
