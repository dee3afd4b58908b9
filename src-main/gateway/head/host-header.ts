/** The parts of a Host header. */
export interface Host {
  readonly name: string
  readonly port: string
}

// Clients name the same few hosts in every request. What is shorter than a secret holds none that a label may carry.
const MOST_REMEMBERED = 100
const LONGEST_REMEMBERED = 30
const remembered = new Map<string, Host>()

/** A Host header's parts, or undefined when it is not `name[:port]` (RFC 9110 section 7.2; the port may be empty). */
export function parseHost(header: string): Host | undefined {
  const known = remembered.get(header)
  if (known !== undefined) return known
  const host = readHost(header)
  const isWorthIt = host !== undefined && header.length <= LONGEST_REMEMBERED && remembered.size < MOST_REMEMBERED
  if (isWorthIt) remembered.set(header, host)
  return host
}

function readHost(header: string): Host | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{0,5}))?$/i.exec(header)
  if (match === null) return undefined
  const name = (match[1] as string).toLowerCase()
  return { name: name.endsWith('.') ? name.slice(0, -1) : name, port: match[2] ?? '' }
}
