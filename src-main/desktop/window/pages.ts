/** The console's scheme on the desktop. With its own scheme it needs no TCP port. */
export const CONSOLE_SCHEME = 'app'
export const CONSOLE_HOST = 'console'
export const CONSOLE_ORIGIN = `${CONSOLE_SCHEME}://${CONSOLE_HOST}`

/** The scheme of the links by which other programs open the window. */
export const CONSOLE_LINK_SCHEME = 'latchkey'

/** The pages that the tray, the notifications and links open, as URLs of the console. */
export type Page = '' | '#/sites' | '#/keys' | '#/people' | '#/settings/about' | '#/connect' | `#/connect/${string}`

/** The first page. If the window is open, it stays on its page. */
export const HOME: Page = ''
export const SITES: Page = '#/sites'
export const KEYS: Page = '#/keys'
export const PEOPLE: Page = '#/people'
/** The page that shows updates. */
export const ABOUT: Page = '#/settings/about'

/** `recipe` is a name of `[a-z0-9-]`; the page checks whether such a recipe exists. */
export function connectPage(recipe: string | undefined): Page {
  return recipe === undefined ? '#/connect' : `#/connect/${recipe}`
}

export function consoleUrl(page: Page): string {
  return `${CONSOLE_ORIGIN}/${page}`
}
