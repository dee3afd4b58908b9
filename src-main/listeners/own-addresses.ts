import { networkInterfaces } from 'node:os'
import { isDeepStrictEqual } from 'node:util'
import { type NetworkAddress, urlHost } from '#shared/settings/network.ts'
import { machineNames } from './machine-names.ts'

const FRESH_MS = 10_000

/** This computer's current network addresses. */
export function readOwnAddresses(): NetworkAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ internal, address }) => !internal && !isLinkLocal(address))
      .map(({ address, family }) => ({ address: address.toLowerCase(), family, interface: name })),
  )
}

/**
 * This computer's names and addresses, in lower case and in the spelling of a Host header. Refreshed every ten seconds,
 * because a laptop changes networks while the gateway runs.
 */
export class OwnNames {
  readonly #now: () => number
  #names: ReadonlySet<string> = new Set()
  #readAt = Number.NEGATIVE_INFINITY

  constructor({ now }: { now: () => number }) {
    this.#now = now
  }

  /** The next read looks at the networks, even if the last one was a moment ago. */
  forget(): void {
    this.#readAt = Number.NEGATIVE_INFINITY
  }

  /** The same set while nothing changes. */
  read(): ReadonlySet<string> {
    if (this.#now() - this.#readAt < FRESH_MS) return this.#names
    this.#readAt = this.#now()
    const found = readNames()
    if (!isDeepStrictEqual(found, this.#names)) this.#names = found
    return this.#names
  }
}

function readNames(): ReadonlySet<string> {
  return new Set([...machineNames().all, ...readOwnAddresses().map(({ address }) => urlHost(address))])
}

/** RFC 4291 section 2.5.6: such an address needs the name of an interface, which no URL can contain. */
function isLinkLocal(address: string): boolean {
  return /^fe[89ab][0-9a-f]:/i.test(address)
}
