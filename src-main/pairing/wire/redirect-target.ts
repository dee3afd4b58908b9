import { isLoopbackAddress } from '../../base/loopback.ts'

/** The address to which the browser takes the answer. */
export interface RedirectTarget {
  readonly url: URL
  /** The extension that gets the answer; null if a program or page beside the browser gets it. */
  readonly origin: string | null
  /** The origin of the page beside the browser that gets the answer; null for an extension. */
  readonly returnsTo: string | null
}

const MOST_CHARACTERS = 2000
/** The form of `chrome.identity.getRedirectURL()`: the browser hands such a URL to the extension and never loads it. */
const EXTENSION_HOST = /^([a-p]{32})\.chromiumapp\.org$/

/**
 * Parses an allowed redirect address: one of the app on the browser's computer (RFC 8252 section 7.3: any port), or the
 * one that Chromium reserves for an extension. Returns undefined for every other address, so that this route cannot
 * redirect a browser to a foreign site.
 */
export function redirectTarget(text: string): RedirectTarget | undefined {
  if (text.length > MOST_CHARACTERS || !/^[\x21-\x7e]+$/.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  if (url.username !== '' || url.password !== '' || text.includes('#')) return undefined
  const [, id] = EXTENSION_HOST.exec(url.hostname) ?? []
  if (url.protocol === 'https:' && id !== undefined && url.port === '')
    return { url, origin: `chrome-extension://${id}`, returnsTo: null }
  if (url.protocol !== 'http:' || !isLoopbackHost(url.hostname)) return undefined
  return { url, origin: null, returnsTo: url.origin }
}

function isLoopbackHost(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || (/^[\d.]+$/.test(name) && isLoopbackAddress(name))
}

/**
 * True if a request with this Origin may fetch the key: the extension itself, or, if a program or page beside the
 * browser gets the answer, a program (which sends no Origin) or that page.
 */
export function mayFetch({ origin, returnsTo }: RedirectTarget, asking: string | null): boolean {
  return origin === null ? asking === null || asking === returnsTo : asking === origin
}

/** Returns the address with the answer's parameters added. */
export function withAnswer({ url }: RedirectTarget, parameters: Readonly<Record<string, string | undefined>>): string {
  const answered = new URL(url)
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) answered.searchParams.set(name, value)
  return answered.href
}
