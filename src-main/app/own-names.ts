import { hostname, networkInterfaces } from 'node:os'
import { isDeepStrictEqual } from 'node:util'

const FRESH_MS = 10_000

/**
 * Names and addresses of this computer, in lower case and as a Host header spells them. Read anew every ten seconds:
 * a laptop changes networks while the gateway runs. The same set as long as nothing has changed.
 */
export function createOwnNames({ now }: { now: () => number }): () => ReadonlySet<string> {
  let names: ReadonlySet<string> = new Set()
  let readAt = Number.NEGATIVE_INFINITY
  return () => {
    if (now() - readAt < FRESH_MS) return names
    readAt = now()
    const found = readNames()
    if (!isDeepStrictEqual(found, names)) names = found
    return names
  }
}

function readNames(): ReadonlySet<string> {
  const name = hostname().toLowerCase()
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const spelled = addresses.map(({ family, address }) => (family === 'IPv6' ? `[${address}]` : address))
  return new Set([name, `${name}.local`, ...spelled])
}
