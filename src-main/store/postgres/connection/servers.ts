import type pg from 'pg'

/** What a server says about itself. */
interface Found {
  readonly at: number
  /** Counts the promotions of a standby: of two servers that take writes, the one with the smaller number is outdated. */
  readonly timeline: number
}

export interface ServersOptions {
  /** At least one. */
  readonly addresses: readonly [string, ...string[]]
  /** Rejects if the server does not answer. */
  readonly connect: (address: string) => Promise<Pick<pg.Client, 'query' | 'end'>>
}

// A standby has no timeline of its own. The first eight digits of the name of a WAL file are its timeline, in hexadecimal.
const LOOK = `SELECT CASE WHEN pg_is_in_recovery() THEN 0
  ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END AS timeline`

/** The servers that one database may be on. One of them takes writes; another takes over when it is promoted. */
export class Servers {
  readonly #options: ServersOptions
  #at = 0
  #timeline = 0

  constructor(options: ServersOptions) {
    this.#options = options
  }

  /** The address of the server in use. */
  get address(): string {
    return this.#options.addresses[this.#at] ?? this.#options.addresses[0]
  }

  /**
   * Looks which server takes writes. Resolves to true if it is another one than before. Never goes back to one that did not see
   * the latest promotion. With one address there is nothing to choose.
   */
  async choose(): Promise<boolean> {
    const { addresses } = this.#options
    if (addresses.length === 1) return false
    const found = await Promise.all(addresses.map((address, at) => this.#look(address, at)))
    // The one in use first: if two take writes although none should, all gateways stay where they are.
    const isInUse = ({ at }: Found) => Number(at === this.#at)
    const best = found
      .filter((one) => one !== undefined)
      .filter(({ timeline }) => timeline >= Math.max(1, this.#timeline))
      .toSorted((one, other) => other.timeline - one.timeline || isInUse(other) - isInUse(one))[0]
    if (best === undefined) return false
    this.#timeline = best.timeline
    const isOther = best.at !== this.#at
    this.#at = best.at
    return isOther
  }

  async #look(address: string, at: number): Promise<Found | undefined> {
    try {
      const client = await this.#options.connect(address)
      try {
        const { rows } = await client.query<{ timeline: number }>(LOOK)
        return { at, timeline: rows[0]?.timeline ?? 0 }
      } finally {
        await client.end()
      }
    } catch {
      return undefined
    }
  }
}
