import { addressGroup } from '../../base/near-address.ts'

const MOST_KNOWN = 2000

/** From where people came in, in memory. The oldest is dropped if there are too many. */
export class KnownAddresses {
  readonly #known = new Set<string>()

  add(name: string, address: string): void {
    const entry = keyOf(name, address)
    this.#known.delete(entry)
    this.#known.add(entry)
    const [oldest] = this.#known
    if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest)
  }

  has(name: string, address: string): boolean {
    return this.#known.has(keyOf(name, address))
  }
}

function keyOf(name: string, address: string): string {
  return `${addressGroup(address)} ${name}`
}
