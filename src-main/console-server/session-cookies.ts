import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Place } from './places.ts'
import { valuesOf } from './request-head.ts'

/** `session`: one of the two secrets of a session. `flow`: of a sign-in at a provider that is under way. */
type CookieKind = 'session' | 'flow'

interface SetCookie {
  readonly kind: CookieKind
  readonly value: string
  /** Lax cookies come with a browser that another site sends here. */
  readonly sameSite: 'Strict' | 'Lax'
  /** Seconds; without it, until the browser closes. 0 removes the cookie. */
  readonly maxAge?: number
}

/**
 * The names of the cookies, and how they are set. Cookies ignore ports, so the name has a hash of what tells their data apart: two
 * instances would otherwise overwrite each other's cookie. Over TLS the prefix `__Host-` keeps other hosts and plain HTTP
 * from setting it.
 */
export class SessionCookies {
  readonly #name: string

  constructor(storeId: string) {
    this.#name = `latchkey_${createHash('sha256').update(storeId).digest('hex').slice(0, 8)}`
  }

  /** All values under the cookie's name: another port of the host can have put one beside ours. */
  read(kind: CookieKind, incoming: IncomingMessage, place: Place): string[] {
    const start = `${this.#nameOf(kind, place)}=`
    return valuesOf(incoming, 'cookie')
      .flatMap((header) => header.split(';'))
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(start))
      .map((pair) => pair.slice(start.length))
  }

  /** The value of a Set-Cookie header. Scripts cannot read the cookie. */
  write({ kind, value, sameSite, maxAge }: SetCookie, place: Place): string {
    const age = maxAge === undefined ? '' : `; Max-Age=${maxAge}`
    const secure = place.isSecure ? '; Secure' : ''
    return `${this.#nameOf(kind, place)}=${value}; HttpOnly; SameSite=${sameSite}; Path=/${age}${secure}`
  }

  #nameOf(kind: CookieKind, { isSecure }: Place): string {
    return `${isSecure ? '__Host-' : ''}${this.#name}${kind === 'flow' ? '_flow' : ''}`
  }
}
