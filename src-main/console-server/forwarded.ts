import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { valuesOf } from './request-head.ts'

/** What a trusted proxy says of a request. */
export interface Forwarded {
  /** The visitor's address: the last one that is not a trusted proxy's. */
  readonly address: string
  readonly scheme: string
  /** As in a Host header. */
  readonly host: string
}

const NAMES = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'] as const
const MOST_HOPS = 20

/** Proxies whose headers are believed: addresses, and networks such as `10.0.0.0/8`. */
export class TrustedProxies {
  readonly #list = new BlockList()
  /** True if a proxy can be on another computer or in a container, which does not reach the loopback addresses. */
  readonly reachesFromOutside: boolean

  /** Throws a RangeError for a text that is neither an address nor a network. */
  constructor(texts: readonly string[]) {
    for (const text of texts) this.#add(text)
    this.reachesFromOutside = texts.some((text) => !text.startsWith('127.') && text !== '::1')
  }

  has(address: string): boolean {
    const plain = withoutMapping(address)
    const version = isIP(plain)
    return version !== 0 && this.#list.check(plain, version === 4 ? 'ipv4' : 'ipv6')
  }

  #add(text: string): void {
    const [address = '', bits, ...rest] = text.split('/')
    const version = isIP(address)
    if (version === 0 || rest.length > 0) throw new RangeError(`not an address: ${text}`)
    const family = version === 4 ? 'ipv4' : 'ipv6'
    if (bits === undefined) return this.#list.addAddress(address, family)
    if (!/^\d{1,3}$/.test(bits)) throw new RangeError(`not a network: ${text}`)
    this.#list.addSubnet(address, Number(bits), family)
  }
}

/** True if the request says that it came through a proxy, whoever says so. */
export function isForwarded(incoming: IncomingMessage): boolean {
  return NAMES.some((name) => valuesOf(incoming, name).length > 0)
}

/**
 * Reads `Forwarded` (RFC 7239) or the `X-Forwarded-` headers of a request that came from a trusted proxy. undefined if they
 * are incomplete or unclear. A proxy passes on headers that it does not set itself, so with both kinds one is a
 * visitor's, and nobody can say which.
 */
export function readForwarded(incoming: IncomingMessage, proxies: TrustedProxies): Forwarded | undefined {
  const standard = valuesOf(incoming, 'forwarded')
  const others = NAMES.slice(1).flatMap((name) => valuesOf(incoming, name))
  if (standard.length > 0 && others.length > 0) return undefined
  return standard.length > 0 ? fromStandard(incoming, standard, proxies) : fromOthers(incoming, proxies)
}

function fromOthers(incoming: IncomingMessage, proxies: TrustedProxies): Forwarded | undefined {
  const hops = valuesOf(incoming, 'x-forwarded-for').join(',').split(',').map(addressOf)
  const [scheme, ...moreSchemes] = valuesOf(incoming, 'x-forwarded-proto')
  const [host = incoming.headers.host, ...moreHosts] = valuesOf(incoming, 'x-forwarded-host')
  const address = hops[visitorAmong(hops, proxies)]
  if (address === undefined || scheme === undefined || host === undefined) return undefined
  if (moreSchemes.length > 0 || moreHosts.length > 0) return undefined
  return { address, scheme: scheme.trim().toLowerCase(), host: host.trim().toLowerCase() }
}

function fromStandard(
  incoming: IncomingMessage,
  values: readonly string[],
  proxies: TrustedProxies,
): Forwarded | undefined {
  const elements = splitOutsideQuotes(values.join(','), ',').map(pairsOf)
  const hops = elements.map((pairs) => addressOf(pairs.get('for') ?? ''))
  const at = visitorAmong(hops, proxies)
  // The proxy that saw the visitor also says by which name they came.
  const [address, pairs] = [hops[at], elements[at]]
  const [scheme, host] = [pairs?.get('proto'), pairs?.get('host') ?? incoming.headers.host]
  if (address === undefined || scheme === undefined || host === undefined) return undefined
  return { address, scheme: scheme.toLowerCase(), host: host.toLowerCase() }
}

/** Each proxy adds the address that it sees at the end, so what comes before the first foreign one can be forged. */
function visitorAmong(hops: readonly (string | undefined)[], proxies: TrustedProxies): number {
  if (hops.length > MOST_HOPS) return -1
  const at = hops.findLastIndex((hop) => hop === undefined || !proxies.has(hop))
  return at === -1 ? 0 : at
}

/** An address, possibly with a port. undefined for anything else, such as `unknown`. */
function addressOf(text: string): string | undefined {
  const plain = text.trim()
  if (isIP(plain) !== 0) return withoutMapping(plain)
  const [, bracketed, v4] = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+))(?::\d{1,5})?$/i.exec(plain) ?? []
  const address = bracketed ?? v4 ?? ''
  return isIP(address) === 0 ? undefined : withoutMapping(address)
}

function withoutMapping(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '')
}

function pairsOf(element: string): ReadonlyMap<string, string> {
  const pairs = splitOutsideQuotes(element, ';').map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return [name.trim().toLowerCase(), unquoted(value.join('=').trim())] as const
  })
  // A name that comes twice can be read both ways.
  return new Set(pairs.map(([name]) => name)).size === pairs.length ? new Map(pairs) : new Map()
}

function unquoted(value: string): string {
  return /^".*"$/.test(value) ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts = ['']
  let [isQuoted, isEscaped] = [false, false]
  for (const letter of text) {
    if (letter === separator && !isQuoted) parts.push('')
    else parts[parts.length - 1] += letter
    if (letter === '"' && !isEscaped) isQuoted = !isQuoted
    isEscaped = isQuoted && letter === '\\' && !isEscaped
  }
  return parts
}
