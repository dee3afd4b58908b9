import { existsSync, globSync } from 'node:fs'
import { installFromDebian } from './debian.ts'

/** WebKitGTK's small browser and its driver. It needs Xvfb's display. */
export interface WebKit {
  readonly driver: string
  readonly browser: string
}

const BROWSERS = '/usr/lib{,64,exec}/{,*/}webkit2gtk-4.1/MiniBrowser'
const DISPLAY_SERVER = '/usr/bin/Xvfb'

/** The driver is `LATCHKEY_WEBKIT_DRIVER`, else the system's. */
export function findWebKit(): WebKit | undefined {
  const driver = process.env['LATCHKEY_WEBKIT_DRIVER'] ?? '/usr/bin/WebKitWebDriver'
  const browser = process.platform === 'linux' ? globSync(BROWSERS)[0] : undefined
  if (browser === undefined || !existsSync(driver) || !existsSync(DISPLAY_SERVER)) return undefined
  return { driver, browser }
}

/** Finds WebKitGTK with its driver or installs Debian's. undefined if there is none, and then its tests are skipped. */
export function getWebKit(): WebKit | undefined {
  const found = findWebKit()
  if (found !== undefined) return found
  installFromDebian(['webkit2gtk-driver', 'xvfb'])
  return findWebKit()
}
