import { CONSOLE_LINK_SCHEME, connectPage, HOME, type Page } from './pages.ts'

// Any page and any program may send these links, so only one form is accepted: "connect an app", by the name of its
// recipe. A link only shows a page; the person still creates the key there.
const CONNECT = /^latchkey:\/\/connect(?:\/(?<recipe>[a-z0-9][a-z0-9-]{0,39}))?\/?$/

/** Returns the page that a link names, or the first page if the link has any other form. */
export function pageOfLink(link: string): Page {
  const match = CONNECT.exec(link)
  return match === null ? HOME : connectPage(match.groups?.['recipe'])
}

/**
 * Returns the page that a launch asks for. Windows and Linux pass a link as an argument, and Chromium may reorder
 * arguments.
 */
export function pageOfLaunch(argv: readonly string[]): Page {
  const link = argv.find((argument) => argument.startsWith(`${CONSOLE_LINK_SCHEME}:`))
  return link === undefined ? HOME : pageOfLink(link)
}

export interface LinkRegistration {
  readonly isPackaged: boolean
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Whether the app must register its link scheme with the system. On macOS and Linux the package declares it, and a
 * portable .exe must leave nothing behind on the computer.
 */
export function registersLinks({ isPackaged, platform, env }: LinkRegistration): boolean {
  return isPackaged && platform === 'win32' && !env['PORTABLE_EXECUTABLE_FILE']
}
