import { LINK_APP_IDS, LINK_APPS } from '#shared/keys/link-apps.ts'
import { CONSOLE_ORIGIN, CONSOLE_SCHEME } from '../window/pages.ts'

/** The pages outside that a link of the console may open, in the person's own browser. Literal: nothing is built from parts. */
const OUTSIDE_PAGES: ReadonlySet<string> = new Set(['https://ollama.com/download'])

/** Besides, the links that hand a key to an app on this computer: each app has one beginning. */
export function mayOpenOutside(url: string): boolean {
  return OUTSIDE_PAGES.has(url) || LINK_APP_IDS.some((id) => url.startsWith(LINK_APPS[id].opens))
}

/**
 * Everything is denied but one: copying text out (a new key, the address) after a click. Without it `Copy` would fail,
 * and a person would have to select 45 characters by hand. Reading the clipboard is denied.
 */
export function isPermitted(permission: string, requestingUrl: string): boolean {
  return permission === 'clipboard-sanitized-write' && isConsoleUrl(requestingUrl)
}

/** Whether a URL is data that a page of the console made itself, such as the usage table it exports. */
export function isConsoleBlob(url: string): boolean {
  return url.startsWith(`blob:${CONSOLE_ORIGIN}/`)
}

/** Whether a URL is of the console itself: the only address that its session may reach or its window may show. */
export function isConsoleUrl(url: string): boolean {
  if (url === CONSOLE_ORIGIN) return true
  const parsed = URL.parse(url)
  return parsed !== null && parsed.protocol === `${CONSOLE_SCHEME}:` && url.startsWith(`${CONSOLE_ORIGIN}/`)
}
