import type { Ask, Lease, Refusal, TokenEstimate } from '#shared/gateway/decisions.ts'
import type { Key } from '#shared/keys/key.ts'
import { parseOrigin, type UnknownOrigins } from '#shared/origins/origin.ts'
import type { KeyRing } from './keys/key-ring.ts'
import { refusalByKey } from './keys/key-rules.ts'
import type { Limits } from './limits/limits.ts'
import type { OriginRegistry } from './origins/origin-registry.ts'

interface GateOptions {
  readonly ring: KeyRing
  readonly registry: OriginRegistry
  readonly limits: Limits
  /** The setting, read anew for each request. */
  readonly unknownOrigins: () => UnknownOrigins
}

/** The decisions about one request. Each looks at the key as it is now: it may have changed since it was identified. */
export class Gate {
  readonly #options: GateOptions

  constructor(options: GateOptions) {
    this.#options = options
  }

  isBlocked(origin: string): boolean {
    return this.#options.registry.isBlocked(parseOrigin(origin) ?? origin)
  }

  /**
   * Scope, endpoints, the key's origins, then the origin's own standing; the first no counts. The key is the authority
   * and the origin a second lock, so a request without an Origin header is no stranger: only the key speaks about it.
   */
  authorise(key: Key, ask: Ask): Refusal | null {
    const entry = this.#options.ring.find(key.id)
    if (entry === undefined) return { refused: 'key_unknown' }
    const origin = ask.origin === null ? null : parseOrigin(ask.origin)
    // No browser sends such a header, and nobody could decide about it.
    if (origin === undefined) return { refused: 'origin_not_allowed' }
    const refusal = refusalByKey(entry.stored.key, entry.rules, { ...ask, origin })
    if (refusal !== null || origin === null) return refusal
    return this.#options.registry.judge(origin, this.#options.unknownOrigins(), key.id)
  }

  mayUseModel(key: Key, model: string): boolean {
    return this.#options.ring.find(key.id)?.rules.mayUseModel(model) ?? false
  }

  admit(key: Key): Lease | Refusal {
    const { ring, limits } = this.#options
    const entry = ring.find(key.id)
    if (entry === undefined) return { refused: 'key_unknown' }
    return ring.refusalOf(entry) ?? limits.admit(entry.stored.key)
  }

  /** Asks once more whether the key works: it may have been switched off while a long body was read. */
  goOn(key: Key, lease: Lease, estimate: TokenEstimate | null): Refusal | null {
    const { ring } = this.#options
    const entry = ring.find(key.id)
    const refusal: Refusal | null = entry === undefined ? { refused: 'key_unknown' } : ring.refusalOf(entry)
    return refusal ?? (estimate === null ? null : lease.reserve(estimate))
  }

  countRefused(key: Key): Refusal | null {
    const { ring, limits } = this.#options
    const entry = ring.find(key.id)
    return entry === undefined ? null : limits.count(entry.stored.key)
  }
}
