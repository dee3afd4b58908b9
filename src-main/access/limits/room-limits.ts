import type { Person } from '#shared/people/person.ts'
import type { AccessOptions } from '../access-options.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { ShareStore } from '../ports.ts'
import { Limits } from './limits.ts'
import { QuotaWarnings } from './quota-warnings.ts'
import { HeldShares } from './shares/held-shares.ts'
import { WHOLE_LIMITS } from './shares/limit-shares.ts'
import { TokenBudgets } from './token-budgets.ts'

export interface RoomLimitsOptions
  extends Pick<AccessOptions, 'persons' | 'shares' | 'tokensSince' | 'now' | 'log' | 'onQuotaWarning'> {
  readonly ring: KeyRing
  /** The keys whose usage is a person's. */
  readonly keyIdsOf: (personId: string) => readonly string[]
}

/** The limits of all keys and persons of the room, this gateway's shares of them, and the warnings before they are reached. */
export class RoomLimits {
  readonly #options: RoomLimitsOptions
  readonly #warnings: QuotaWarnings
  readonly budgets: TokenBudgets
  /** Tokens by person, which all keys of a person use together. */
  readonly personBudgets: TokenBudgets
  readonly limits: Limits
  /** undefined if this gateway has all of each limit. */
  readonly shares: HeldShares | undefined

  constructor(options: RoomLimitsOptions) {
    const { now, shares } = options
    this.#options = options
    this.budgets = new TokenBudgets({ now })
    this.personBudgets = new TokenBudgets({ now })
    this.shares = shares && this.#createShares(shares)
    this.#warnings = this.#createWarnings()
    this.limits = new Limits({
      now,
      budgets: this.budgets,
      personBudgets: this.personBudgets,
      shares: this.shares ?? WHOLE_LIMITS,
      onPersonUsed: (personId) => this.#warnings.look(personId),
    })
  }

  /** The beginning of the current local day: ms UTC. */
  readonly today = (): number => this.budgets.today().from

  /** Asks for first shares. Who is near a limit already was warned by an earlier run. */
  async begin(): Promise<void> {
    await this.shares?.begin()
    for (const { stored } of this.#options.ring.live()) this.#warnings.skip(stored.key.person)
  }

  #createShares(store: ShareStore): HeldShares {
    const { keyIdsOf, log } = this.#options
    return new HeldShares({
      store,
      today: this.today,
      useOf: (whose, kind, id) => this.limits.useOf(whose, kind, id),
      tokensSince: (whose, id, since) => this.#tokensSince(whose === 'key' ? [id] : keyIdsOf(id), since),
      limited: () => this.#limited(),
      log,
    })
  }

  #createWarnings(): QuotaWarnings {
    const { persons, onQuotaWarning } = this.#options
    const { shares } = this
    return new QuotaWarnings({
      today: this.today,
      used: (personId) => this.limits.tokensOfPerson(personId),
      find: (id) => persons.find(id),
      warn: onQuotaWarning,
      claim: shares && ((personId) => shares.claimWarning(personId)),
    })
  }

  async #tokensSince(keyIds: readonly string[], since: number): Promise<number> {
    let tokens = 0
    for (const keyId of keyIds) tokens += await this.#options.tokensSince(keyId, since)
    return tokens
  }

  /** All keys, and the persons who have keys. */
  *#limited() {
    const persons = new Set<Person>()
    for (const { stored } of this.#options.ring.live()) {
      yield { whose: 'key' as const, who: stored.key }
      const person = this.#options.persons.find(stored.key.person)
      if (person !== undefined) persons.add(person)
    }
    for (const who of persons) yield { whose: 'person' as const, who }
  }
}
