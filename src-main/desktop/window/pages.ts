/** Where the console lives on the desktop: its own scheme, so that it needs no TCP port. */
export const CONSOLE_SCHEME = 'app'
export const CONSOLE_HOST = 'console'
export const CONSOLE_ORIGIN = `${CONSOLE_SCHEME}://${CONSOLE_HOST}`

/** Of the links by which other programs bring the window forward. */
export const CONSOLE_LINK_SCHEME = 'latchkey'

/** The pages that the tray, the notifications and links lead to, as the console's own addresses. */
export type Page = '' | '#/sites' | '#/keys' | '#/settings/about' | '#/connect' | `#/connect/${string}`

/** The first page; for a window that is open: the page where the person left it. */
export const HOME: Page = ''
export const SITES: Page = '#/sites'
export const KEYS: Page = '#/keys'
/** Where updates are. */
export const ABOUT: Page = '#/settings/about'

/** `recipe` is a name of `[a-z0-9-]`; the page itself knows which recipes there are. */
export function connectPage(recipe: string | undefined): Page {
  return recipe === undefined ? '#/connect' : `#/connect/${recipe}`
}

export function consoleUrl(page: Page): string {
  return `${CONSOLE_ORIGIN}/${page}`
}
