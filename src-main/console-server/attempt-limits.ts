import { isIPv6 } from 'node:net'

const WINDOW_MS = 60_000
const MOST_FAILURES = 10
/** Also attempts that do not fail, because some cost the server more than the client. */
const MOST_ATTEMPTS = 60
const MOST_ADDRESSES = 10_000

interface Attempts {
  startedAt: number
  all: number
  failures: number
}

/** Limits how often one address can try to sign in. Each address has its own limit, so that none locks out another. */
export class AttemptLimits {
  readonly #now: () => number
  /** By address, the oldest window first. */
  readonly #attempts = new Map<string, Attempts>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** Counts an attempt. False: it must be refused. */
  begin(address: string): boolean {
    const attempts = this.#of(keyOf(address))
    if (attempts.failures >= MOST_FAILURES || attempts.all >= MOST_ATTEMPTS) return false
    attempts.all += 1
    return true
  }

  /** True after too many failures. For attempts that cost the server nothing. */
  isBlocked(address: string): boolean {
    return this.#of(keyOf(address)).failures >= MOST_FAILURES
  }

  failed(address: string): void {
    this.#of(keyOf(address)).failures += 1
  }

  #of(key: string): Attempts {
    const now = this.#now()
    const known = this.#attempts.get(key)
    if (known !== undefined && now - known.startedAt < WINDOW_MS) return known
    const fresh = { startedAt: now, all: 0, failures: 0 }
    this.#attempts.delete(key)
    this.#attempts.set(key, fresh)
    for (const oldest of this.#attempts.keys()) {
      if (this.#attempts.size <= MOST_ADDRESSES) break
      this.#attempts.delete(oldest)
    }
    return fresh
  }
}

/** One device can have all addresses of a network of 64 bits (RFC 4291, section 2.5.1). */
function keyOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address
  const [head = '', tail = ''] = address.split('%')[0]?.split('::') ?? []
  const front = head === '' ? [] : head.split(':')
  const back = tail === '' ? [] : tail.split(':')
  const groups = [...front, ...Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0'), ...back]
  return groups.slice(0, 4).join(':')
}
