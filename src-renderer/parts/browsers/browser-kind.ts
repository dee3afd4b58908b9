import type { Exchange } from '#shared/gateway/exchange.ts'

/** Browsers that do the same before a web page may reach this computer (docs/browsers.md). */
export const BROWSER_KINDS = ['chromium', 'firefox', 'webkit'] as const
export type BrowserKind = (typeof BROWSER_KINDS)[number]

/** By the family that an exchange remembers. */
const KINDS: ReadonlyMap<string, BrowserKind> = new Map([
  ['Chrome', 'chromium'],
  ['Edge', 'chromium'],
  ['Opera', 'chromium'],
  ['Firefox', 'firefox'],
  ['Safari', 'webkit'],
])

/** Order matters: Chromium also calls itself Safari, and so does every browser on an iPhone, which is WebKit in all of them. */
const SIGNS: readonly (readonly [kind: BrowserKind | null, sign: RegExp])[] = [
  [null, /\bElectron\//],
  ['chromium', /Chrom(?:e|ium)\//],
  ['firefox', /\bFirefox\//],
  ['webkit', /\bAppleWebKit\//],
]

/**
 * The browser that a person most likely uses: the one in which the console is open; in the desktop's window, which is none,
 * the one that called last. `exchanges` are the newest first.
 */
export function likelyBrowser(userAgent: string, exchanges: readonly Pick<Exchange, 'userAgent'>[]): BrowserKind {
  const own = SIGNS.find(([, sign]) => sign.test(userAgent))?.[0] ?? null
  const called = exchanges.flatMap((exchange) => KINDS.get(exchange.userAgent ?? '') ?? [])
  return own ?? called[0] ?? 'chromium'
}
