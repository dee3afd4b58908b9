/** Where the console lives on the desktop: its own scheme, so that it needs no TCP port. */
export const CONSOLE_SCHEME = 'app'
export const CONSOLE_HOST = 'console'
export const CONSOLE_ORIGIN = `${CONSOLE_SCHEME}://${CONSOLE_HOST}`

/** The pages that the tray and the notifications lead to. */
export type Page = 'home' | 'sites' | 'newKey'

const HASHES: Record<Page, string> = { home: '', sites: '#/sites', newKey: '#/keys' }

export function consoleUrl(page: Page): string {
  return `${CONSOLE_ORIGIN}/${HASHES[page]}`
}
