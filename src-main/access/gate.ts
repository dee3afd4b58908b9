import type { AccessRequest, Lease, Refusal, TokenEstimate } from '#shared/gateway/decisions.ts'
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
  /** The setting; read for each request. */
  readonly unknownOrigins: () => UnknownOrigins
}

/**
 * Decides about single requests. Each decision uses the current key, which may have changed since it was identified.
 */
export class Gate {
  readonly #options: GateOptions

  constructor(options: GateOptions) {
    this.#options = options
  }

  isBlocked(origin: string): boolean {
    return this.#options.registry.isBlocked(parseOrigin(origin) ?? origin)
  }

  /**
   * Checks the app, the scope, the endpoints, the key's origins and the origin's status, and returns the first refusal. The key
   * is the authority and the origin a second check. A request without an Origin header is judged by its key alone.
   */
  authorise(key: Key, ask: AccessRequest): Refusal | null {
    const entry = this.#options.ring.find(key.id)
    if (entry === undefined) return { refused: 'key_unknown' }
    const origin = ask.origin === null ? null : parseOrigin(ask.origin)
    // No browser sends such a header, and no decision about it can be stored.
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

  /** Checks the key again: somebody may have disabled it while a long body arrived. */
  reserveTokens(key: Key, lease: Lease, estimate: TokenEstimate | null): Refusal | null {
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
