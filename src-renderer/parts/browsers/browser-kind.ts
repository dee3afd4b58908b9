import type { Exchange } from '#shared/gateway/exchange.ts'

/** Groups of browsers with the same rules for web pages that reach this computer (docs/browsers.md). */
export const BROWSER_KINDS = ['chromium', 'firefox', 'webkit'] as const
export type BrowserKind = (typeof BROWSER_KINDS)[number]

/** By the browser family in an exchange's record. */
const KINDS: ReadonlyMap<string, BrowserKind> = new Map([
  ['Chrome', 'chromium'],
  ['Edge', 'chromium'],
  ['Opera', 'chromium'],
  ['Firefox', 'firefox'],
  ['Safari', 'webkit'],
])

/** Order matters: Chromium also calls itself Safari, and every browser on an iPhone is WebKit. */
const SIGNS: readonly (readonly [kind: BrowserKind | null, sign: RegExp])[] = [
  [null, /\bElectron\//],
  ['chromium', /Chrom(?:e|ium)\//],
  ['firefox', /\bFirefox\//],
  ['webkit', /\bAppleWebKit\//],
]

/**
 * The browser that the person most likely uses: the one that shows the console, or in the desktop app the browser of
 * the latest request. `exchanges` start with the newest.
 */
export function likelyBrowser(userAgent: string, exchanges: readonly Pick<Exchange, 'userAgent'>[]): BrowserKind {
  const own = SIGNS.find(([, sign]) => sign.test(userAgent))?.[0] ?? null
  const called = exchanges.flatMap((exchange) => KINDS.get(exchange.userAgent ?? '') ?? [])
  return own ?? called[0] ?? 'chromium'
}
