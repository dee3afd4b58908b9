import { createHash } from 'node:crypto'
import type { KeptSession, SessionMemory } from './session-file.ts'

/** What the browser gets for a token: the value of a Set-Cookie header, and what its pages send beside the cookie. */
export type Exchanged =
  | { readonly setCookie: string; readonly pageSecret: string }
  | { readonly refused: 'token_refused' | 'too_many_attempts' }

const IDLE_MS = 12 * 3_600_000
/** How much later than remembered a session may have been seen last: each page asks often, and each write costs. */
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
 * Who may use the console: whoever followed a link with a one-time token, for as long as they come back within 12
 * hours. A session has two secrets, because browsers send a cookie to every port of its host: any other server on this
 * computer gets it. The second is in the storage of the console's own origin, which other ports cannot read, and only
 * the pages send it; the cookie, which scripts cannot read, makes the second worthless alone. Only hashes are kept.
 * Sessions outlive a restart, so that a page finds back by itself; tokens do not.
 */
export class ConsoleSessions {
  readonly #now: () => number
  readonly #random: (bytes: number) => Buffer
  readonly #cookieName: string
  readonly #memory: SessionMemory
  /** Hash of each token that nobody has used, with when it was made. */
  readonly #tokens = new Map<string, number>()
  /** By the hash of each one's cookie. */
  readonly #sessions: Map<string, KeptSession>
  #rememberedAt: number
  #failures: number[] = []

  /** `dataDir` names the cookie: cookies ignore ports, so two instances would otherwise overwrite each other's. */
  constructor(options: SessionsOptions) {
    this.#now = options.now
    this.#random = options.random
    this.#memory = options.memory
    this.#sessions = options.memory.read()
    this.#rememberedAt = options.now()
    this.#cookieName = `latchkey_${createHash('sha256').update(options.dataDir).digest('hex').slice(0, 8)}`
  }

  /** A token of 256 random bits, for one use within 12 hours. */
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

  /** Whether a Cookie header and a page's secret belong to one living session, which they keep alive. */
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

// Looking a hash up, or comparing two, tells nothing by its timing of the secret it came from.
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
