import type { AccessRequest, Bounds, Lease, Refusal, TokenEstimate } from '#shared/gateway/decisions.ts'
import type { Key } from '#shared/keys/key.ts'
import { parseOrigin, type UnknownOrigins } from '#shared/origins/origin.ts'
import type { KeyRing } from './keys/key-ring.ts'
import { refusalByKey } from './keys/key-rules.ts'
import type { Limits } from './limits/limits.ts'
import type { OriginRegistry } from './origins/origin-registry.ts'
import { type PersonRegistry, refusalByPerson } from './persons/person-rules.ts'

interface GateOptions {
  readonly ring: KeyRing
  readonly registry: OriginRegistry
  readonly limits: Limits
  readonly persons: PersonRegistry
  readonly now: () => number
  /** The setting; read for each request. */
  readonly unknownOrigins: () => UnknownOrigins
}

const UNKNOWN: Refusal = { refused: 'key_unknown' }
const PAUSED: Refusal = { refused: 'person_paused' }
const NOT_THIS_MODEL: Refusal = { refused: 'person_not_allowed', detail: 'use this model' }
/** For a key that was deleted meanwhile, which a later step refuses. */
const NARROWEST: Bounds = { online: false, personOnline: false, listsModels: true, countsTokens: true }

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
   * Checks the app, the scope, the endpoints and the key's origins, then the hours and origins of the key's person, then
   * the origin's status, and returns the first refusal. The key is the authority and the origin a second check. A request
   * without an Origin header is judged by its key alone.
   */
  authorise(key: Key, ask: AccessRequest): Refusal | null {
    const entry = this.#options.ring.find(key.id)
    if (entry === undefined) return UNKNOWN
    const origin = ask.origin === null ? null : parseOrigin(ask.origin)
    // No browser sends such a header, and no decision about it can be stored.
    if (origin === undefined) return { refused: 'origin_not_allowed' }
    const person = this.#options.persons.find(entry.stored.key.person)
    if (person === undefined) return PAUSED
    const refusal =
      refusalByKey(entry.stored.key, entry.rules, { ...ask, origin }) ??
      refusalByPerson(person, origin, ask.route, this.#options.now())
    if (refusal !== null || origin === null) return refusal
    return this.#options.registry.judge(origin, this.#options.unknownOrigins(), key.id)
  }

  mayUseModel(key: Key, model: string): boolean {
    const entry = this.#options.ring.find(key.id)
    if (entry === undefined || !entry.rules.mayUseModel(model)) return false
    return this.#options.persons.find(entry.stored.key.person)?.mayUseModel(model) ?? false
  }

  /** The refusal of a model that the key may not use: by its own list, or by its person's. */
  modelRefusal(key: Key, model: string | undefined): Refusal {
    const isOfPerson = model !== undefined && this.#options.ring.find(key.id)?.rules.mayUseModel(model) === true
    return isOfPerson ? NOT_THIS_MODEL : { refused: 'model_not_allowed' }
  }

  boundsOf({ id }: Key): Bounds {
    const entry = this.#options.ring.find(id)
    const person = entry && this.#options.persons.find(entry.stored.key.person)?.person
    if (entry === undefined || person === undefined) return NARROWEST
    const { key } = entry.stored
    if (entry.bounds?.key === key && entry.bounds.person === person) return entry.bounds.value
    const value: Bounds = {
      online: key.online && person.online,
      personOnline: person.online,
      listsModels: key.models !== null || person.models !== null,
      countsTokens: key.tokensPerDay !== null || person.tokensPerDay !== null,
    }
    entry.bounds = { key, person, value }
    return value
  }

  admit(key: Key): Lease | Refusal {
    const { ring, limits, persons } = this.#options
    const entry = ring.find(key.id)
    if (entry === undefined) return UNKNOWN
    const person = persons.find(entry.stored.key.person)
    if (person === undefined) return PAUSED
    return ring.refusalOf(entry) ?? limits.admit(entry.stored.key, person.person)
  }

  /** Checks the key again: somebody may have disabled it while a long body arrived. */
  reserveTokens(key: Key, lease: Lease, estimate: TokenEstimate | null): Refusal | null {
    const { ring } = this.#options
    const entry = ring.find(key.id)
    const refusal: Refusal | null = entry === undefined ? UNKNOWN : ring.refusalOf(entry)
    return refusal ?? (estimate === null ? null : lease.reserve(estimate))
  }

  countRefused(key: Key): Refusal | null {
    const { ring, limits, persons } = this.#options
    const entry = ring.find(key.id)
    const person = entry && persons.find(entry.stored.key.person)
    return entry === undefined || person === undefined ? null : limits.count(entry.stored.key, person.person)
  }
}
