import { type Browser, type BrowserContext, chromium } from 'playwright'
import { findChromium, findHeadlessShell } from '../../build/scripts/programs/chromium.ts'

/** Path of the Chromium for tests. Throws with instructions if there is none. */
export function chromiumPath(): string {
  const path = findChromium()
  if (path !== undefined) return path
  throw new Error('These tests need Chromium. Run `npm test`, which gets one, or set LATCHKEY_CHROMIUM to its path.')
}

/**
 * Command line of a Chromium without background requests. For root without the sandbox, because it would not start with
 * it.
 */
export function chromiumArgs(extra: readonly string[]): string[] {
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

/** For what a browser does beyond its pages. `variables`: of its environment, in addition to those of the test. */
export function launchChromium(
  args: readonly string[] = [],
  variables: Readonly<Record<string, string>> = {},
): Promise<Browser> {
  const env = { ...process.env, ...variables } as Record<string, string>
  return chromium.launch({ executablePath: chromiumPath(), headless: true, args: chromiumArgs(args), env })
}

/** For what a page shows and does: the headless shell if there is one, else Chromium. */
export function launchForPages(): Promise<Browser> {
  const executablePath = findHeadlessShell() ?? chromiumPath()
  return chromium.launch({ executablePath, headless: true, args: chromiumArgs([]) })
}

/** A Chromium with an unpacked extension, on a profile directory that the caller must remove. */
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
