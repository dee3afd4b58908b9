import { createHash } from 'node:crypto'
import type { KeptSession, SessionMemory } from './session-file.ts'

/**
 * The result of exchanging a token: the value of a Set-Cookie header, and the secret that the pages send in addition to
 * the cookie.
 */
export type Exchanged =
  | { readonly setCookie: string; readonly pageSecret: string }
  | { readonly refused: 'token_refused' | 'too_many_attempts' }

const IDLE_MS = 12 * 3_600_000
/** How often a session's last use is written at most. Pages send many requests, and each write costs time. */
const REMEMBER_EVERY_MS = 600_000
const MOST_TOKENS = 16
const ATTEMPT_WINDOW_MS = 60_000
const MOST_FAILURES = 10

interface SessionsOptions {
  readonly now: () => number
  readonly random: (bytes: number) => Buffer
  readonly dataDir: string
  readonly memory: SessionMemory
}

/**
 * The sessions of the console. Opening a link with a one-time token starts a session, which ends after 12 hours without
 * use. A session has two secrets, because browsers send a cookie to every port of its host, so any other server on this
 * computer receives it. The second secret is in the storage of the console's own origin, which other ports cannot read;
 * only the pages send it. Scripts cannot read the cookie, so the second secret alone is useless. Only hashes are
 * stored. Sessions survive a restart, so that open pages continue to work; tokens do not.
 */
export class ConsoleSessions {
  readonly #now: () => number
  readonly #random: (bytes: number) => Buffer
  readonly #cookieName: string
  readonly #memory: SessionMemory
  /** Hash of each unused token, and when it was made. */
  readonly #tokens = new Map<string, number>()
  /** By the hash of the cookie. */
  readonly #sessions: Map<string, KeptSession>
  #rememberedAt: number
  #failures: number[] = []

  /**
   * `dataDir` determines the cookie's name. Cookies ignore ports, so two instances would otherwise overwrite each
   * other's cookie.
   */
  constructor(options: SessionsOptions) {
    this.#now = options.now
    this.#random = options.random
    this.#memory = options.memory
    this.#sessions = options.memory.read()
    this.#rememberedAt = options.now()
    this.#cookieName = `latchkey_${createHash('sha256').update(options.dataDir).digest('hex').slice(0, 8)}`
  }

  /** Issues a token of 256 random bits for one use within 12 hours. */
  issueToken(): string {
    const token = this.#random(32).toString('base64url')
    this.#tokens.set(sha256(token), this.#now())
    dropFirst(this.#tokens, MOST_TOKENS)
    return token
  }

  exchange(token: string): Exchanged {
    const now = this.#now()
    this.#failures = this.#failures.filter((time) => time > now - ATTEMPT_WINDOW_MS)
    if (this.#failures.length >= MOST_FAILURES) return { refused: 'too_many_attempts' }
    const hash = sha256(token)
    const issuedAt = this.#tokens.get(hash)
    this.#tokens.delete(hash)
    if (issuedAt === undefined || issuedAt < now - IDLE_MS) {
      this.#failures.push(now)
      return { refused: 'token_refused' }
    }
    return this.#open(now)
  }

  /** True if a Cookie header and a page's secret belong to the same open session. Extends that session. */
  isOpen(cookieHeader: string | undefined, pageSecret: string | undefined): boolean {
    if (pageSecret === undefined) return false
    const page = sha256(pageSecret)
    return cookieValues(cookieHeader, this.#cookieName).some((value) => this.#isOpen(sha256(value), page))
  }

  #isOpen(cookie: string, page: string): boolean {
    const now = this.#now()
    const session = this.#sessions.get(cookie)
    if (session === undefined || session.page !== page) return false
    if (session.seenAt < now - IDLE_MS) {
      this.#sessions.delete(cookie)
      return false
    }
    this.#sessions.set(cookie, { page, seenAt: now })
    if (now - this.#rememberedAt >= REMEMBER_EVERY_MS) this.#remember(now)
    return true
  }

  #remember(now: number): void {
    this.#rememberedAt = now
    this.#memory.write(this.#sessions)
  }

  #open(now: number): Exchanged {
    for (const [hash, { seenAt }] of this.#sessions) if (seenAt < now - IDLE_MS) this.#sessions.delete(hash)
    const [cookie, pageSecret] = [this.#random(32).toString('base64url'), this.#random(32).toString('base64url')]
    this.#sessions.set(sha256(cookie), { page: sha256(pageSecret), seenAt: now })
    this.#remember(now)
    return { setCookie: `${this.#cookieName}=${cookie}; HttpOnly; SameSite=Strict; Path=/`, pageSecret }
  }
}

// The timing of a look-up or comparison of hashes reveals nothing about the secret.
function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}

function cookieValues(header = '', name: string): string[] {
  return header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
}

function dropFirst(map: Map<string, number>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return
    map.delete(key)
  }
}
