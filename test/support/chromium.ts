import { type Browser, type BrowserContext, chromium } from 'playwright'
import { findChromium } from '../../build/chromium.ts'

/** Path of the Chromium that tests use. Throws a sentence that says what to do when there is none. */
export function chromiumPath(): string {
  const path = findChromium()
  if (path !== undefined) return path
  throw new Error('These tests need Chromium. Run `npm test`, which gets one, or set LATCHKEY_CHROMIUM to its path.')
}

/** Command line of a quiet Chromium: no calls home, and no sandbox for root, with whom it would not start. */
function chromiumArgs(extra: readonly string[]): string[] {
  return [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--no-first-run',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ...extra,
  ]
}

export function launchChromium(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), headless: true, args: chromiumArgs(args) })
}

/** A Chromium with an unpacked extension, on a profile directory that the caller removes. */
export function launchChromiumWithExtension(
  extensionDir: string,
  profileDir: string,
  args: readonly string[] = [],
): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profileDir, {
    executablePath: chromiumPath(),
    headless: true,
    args: chromiumArgs([`--disable-extensions-except=${extensionDir}`, `--load-extension=${extensionDir}`, ...args]),
  })
}
