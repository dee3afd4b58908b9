import { type Browser, launch, type Page } from 'puppeteer-core'
import { describe, it } from 'vitest'
import { findFirefox } from '../../build/scripts/programs/firefox.ts'
import { CONTENT_HOST } from './extension/write-extension.ts'
import type { Hand } from './person.ts'

const PATH = findFirefox()

const NO_FIREFOX = 'there is no Firefox 153 or newer: install it, or set LATCHKEY_FIREFOX to its path'

/**
 * Names that resolve to this computer: for a page with a content script, for a page of the web, and for DNS rebinding.
 */
export const FIREFOX_NAMES = { content: CONTENT_HOST, web: 'web.example', rebound: 'rebound.example' }

interface FirefoxOptions {
  readonly preferences?: Record<string, unknown>
  /** A loopback port whose pages Firefox treats as pages of the public web. */
  readonly publicPort?: number
  /** A folder that the caller removes; a new one by default. */
  readonly profile?: string
  /** True if it shall refuse certificates of unknown authorities, as people's Firefox does. */
  readonly checksCertificates?: boolean
}

/** A Firefox without background requests, on its own profile. */
export function launchFirefox(options: FirefoxOptions = {}): Promise<Browser> {
  const { preferences, publicPort, profile, checksCertificates = false } = options
  if (PATH === undefined) throw new Error(NO_FIREFOX)
  return launch({
    browser: 'firefox',
    executablePath: PATH,
    headless: true,
    acceptInsecureCerts: !checksCertificates,
    ...(profile === undefined ? {} : { userDataDir: profile }),
    enableExtensions: true,
    // For the extension's own pages.
    args: ['--remote-allow-system-access'],
    defaultViewport: { width: 1280, height: 800 },
    extraPrefsFirefox: {
      'network.dns.localDomains': Object.values(FIREFOX_NAMES).join(),
      'intl.accept_languages': 'en-GB',
      'ui.prefersReducedMotion': 1,
      ...(publicPort === undefined ? {} : { 'network.lna.address_space.public.override': `127.0.0.1:${publicPort}` }),
      ...preferences,
    },
  })
}

/** Tests that need Firefox; skipped with the reason if there is none. */
export function inFirefox(tests: () => void): void {
  describe('in Firefox', () => {
    if (PATH === undefined) it('nothing is tested', ({ skip }) => skip(NO_FIREFOX))
    else tests()
  })
}

/** A person's actions on a page. */
export function handOn(page: Page): Hand {
  return {
    goTo: async (url) => void (await page.goto(url)),
    run: <A extends readonly unknown[], R>(inPage: (...args: A) => R | Promise<R>, ...args: A) =>
      page.evaluate(inPage as unknown as (...given: unknown[]) => R, ...args) as Promise<R>,
    clickAt: (x, y) => page.mouse.click(x, y),
    async press(key, ...held) {
      for (const name of held) await page.keyboard.down(name)
      await page.keyboard.press(key)
      for (const name of held.toReversed()) await page.keyboard.up(name)
    },
    type: (text) => page.keyboard.type(text),
  }
}
