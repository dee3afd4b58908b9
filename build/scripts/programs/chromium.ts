import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { chromium } from 'playwright'
import { install, installFromDebian } from './debian.ts'

/**
 * Usual paths of Chromium. Google Chrome is not included: since version 137 it ignores `--load-extension`, which the
 * tests of extensions need.
 */
const SYSTEM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** The path of a Chromium that starts: `LATCHKEY_CHROMIUM`, else Playwright's own, else the system's. */
export function findChromium(): string | undefined {
  const chosen = process.env['LATCHKEY_CHROMIUM']
  if (chosen) return chosen
  return [chromium.executablePath(), ...SYSTEM_PATHS].find((path) => path !== '' && existsSync(path) && starts(path))
}

/** The headless shell of Debian's package. */
const SYSTEM_SHELL = '/usr/bin/chromium-headless-shell'

/**
 * The path of Chromium's headless shell, `LATCHKEY_HEADLESS_SHELL` or the system's: it draws pages like Chromium with a third of the
 * processor time, but has no extensions. undefined if there is none, or if somebody has chosen a Chromium for all tests.
 */
export function findHeadlessShell(): string | undefined {
  const chosen = process.env['LATCHKEY_HEADLESS_SHELL']
  if (chosen) return chosen
  if (process.env['LATCHKEY_CHROMIUM']) return undefined
  return existsSync(SYSTEM_SHELL) && starts(SYSTEM_SHELL) ? SYSTEM_SHELL : undefined
}

/** Finds a headless shell or installs Debian's. undefined if that fails, and then Chromium itself will do. */
export function getHeadlessShell(): string | undefined {
  const found = findHeadlessShell()
  if (found !== undefined || process.env['LATCHKEY_CHROMIUM']) return found
  installFromDebian(['chromium-headless-shell'])
  return findHeadlessShell()
}

/** Finds a Chromium or installs one, with a message on stderr. undefined if that fails. */
export function getChromium(): string | undefined {
  return findChromium() ?? fromPlaywright() ?? fromDebian()
}

/** A browser that Playwright downloaded may lack system libraries. Only starting it reveals that. */
function starts(path: string): boolean {
  // On Windows and macOS a download is always complete, and `chrome.exe --version` opens a window.
  if (process.platform !== 'linux') return true
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0
}

function fromPlaywright(): string | undefined {
  console.error('No Chromium here; asking Playwright to download one.')
  install(process.execPath, [playwrightCli(), 'install', 'chromium', '--no-shell'])
  return findChromium()
}

/** Playwright's command line. Its package does not export the path, but its manifest names it. */
export function playwrightCli(): string {
  return join(dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js')
}

function fromDebian(): string | undefined {
  installFromDebian(['chromium'])
  return findChromium()
}
