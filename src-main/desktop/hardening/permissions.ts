import { LINK_APP_IDS, LINK_APPS } from '#shared/keys/link-apps.ts'
import { CONSOLE_ORIGIN, CONSOLE_SCHEME } from '../window/pages.ts'

/**
 * The websites that a link of the console may open in the person's browser. They are literal, so that no URL is built
 * from parts.
 */
const OUTSIDE_PAGES: ReadonlySet<string> = new Set(['https://ollama.com/download'])

/**
 * Allows those websites, and the import links that hand a key to an app on this computer. Each app's links have one
 * fixed prefix.
 */
export function mayOpenOutside(url: string): boolean {
  return OUTSIDE_PAGES.has(url) || LINK_APP_IDS.some((id) => url.startsWith(LINK_APPS[id].opens))
}

/**
 * Allows one permission: copying text (a new key, the address) after a click. Without it `Copy` would fail, and the
 * person would have to select 45 characters by hand. Reading the clipboard is denied.
 */
export function isPermitted(permission: string, requestingUrl: string): boolean {
  return permission === 'clipboard-sanitized-write' && isConsoleUrl(requestingUrl)
}

/** Whether a URL is a blob that a page of the console made itself, such as the exported usage table. */
export function isConsoleBlob(url: string): boolean {
  return url.startsWith(`blob:${CONSOLE_ORIGIN}/`)
}

/** Whether a URL belongs to the console: the only address that its session may load or its window may show. */
export function isConsoleUrl(url: string): boolean {
  if (url === CONSOLE_ORIGIN) return true
  const parsed = URL.parse(url)
  return parsed !== null && parsed.protocol === `${CONSOLE_SCHEME}:` && url.startsWith(`${CONSOLE_ORIGIN}/`)
}
