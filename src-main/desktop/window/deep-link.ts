import { CONSOLE_LINK_SCHEME, connectPage, HOME, type Page } from './pages.ts'

// The whole language of links, as any page and any program may send one: "connect an app", by the name of its recipe. A
// link only ever shows a page; the person still makes the key there.
const CONNECT = /^latchkey:\/\/connect(?:\/(?<recipe>[a-z0-9][a-z0-9-]{0,39}))?\/?$/

/** The page that a link asks for; the first page for every link that is not exactly one of ours. */
export function pageOfLink(link: string): Page {
  const match = CONNECT.exec(link)
  return match === null ? HOME : connectPage(match.groups?.['recipe'])
}

/** The page that a launch asks for: Windows and Linux hand a link over as an argument, and Chromium may reorder them. */
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
 * Whether the app itself must tell the system that it opens these links. macOS and Linux read it from the package; a
 * portable .exe leaves nothing behind on the computer.
 */
export function registersLinks({ isPackaged, platform, env }: LinkRegistration): boolean {
  return isPackaged && platform === 'win32' && !env['PORTABLE_EXECUTABLE_FILE']
}
