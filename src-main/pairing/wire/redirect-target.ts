import { isLoopbackAddress } from '../../base/loopback.ts'

/** Where a browser takes the answer. */
export interface RedirectTarget {
  readonly url: URL
  /** The extension that alone gets it; null if a program or page of this computer gets it. */
  readonly origin: string | null
  /** The origin of the page of this computer that gets it; null for an extension. */
  readonly returnsTo: string | null
}

const MOST_CHARACTERS = 2000
/** `chrome.identity.getRedirectURL()`: the browser hands such an address to the extension and never loads it. */
const EXTENSION_HOST = /^([a-p]{32})\.chromiumapp\.org$/

/**
 * An address to which the answer may go: the app's own on this computer (RFC 8252 section 7.3: any port), or the one
 * that Chromium keeps for an extension. undefined for every other, so that nobody is sent elsewhere from here.
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
 * True if a request with this Origin may fetch the key: the extension itself; or, where a program or page of this
 * computer gets the answer, a program (which sends no Origin) or that page.
 */
export function mayFetch({ origin, returnsTo }: RedirectTarget, asking: string | null): boolean {
  return origin === null ? asking === null || asking === returnsTo : asking === origin
}

/** The address with the answer's parameters added. */
export function withAnswer({ url }: RedirectTarget, parameters: Readonly<Record<string, string | undefined>>): string {
  const answered = new URL(url)
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) answered.searchParams.set(name, value)
  return answered.href
}
