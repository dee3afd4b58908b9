import { BlockList } from 'node:net'

/** OID and content of the extension of RFC 5280 section 4.2.1.10. */
export const NAME_CONSTRAINTS = '2.5.29.30'

const SEQUENCE = 0x30
/** Context-specific, constructed. */
const PERMITTED = 0xa0
/** GeneralName: dNSName [2] and iPAddress [7]. */
const DNS_NAME = 0x82
const IP_ADDRESS = 0x87

interface Range {
  readonly family: 'ipv4' | 'ipv6'
  readonly address: readonly number[]
  readonly prefix: number
}

const v4 = (text: string, prefix: number): Range => ({ family: 'ipv4', address: text.split('.').map(Number), prefix })
const v6 = (first: number, second: number, prefix: number): Range => ({
  family: 'ipv6',
  address: [first, second, ...Buffer.alloc(14)],
  prefix,
})

/** Addresses that no router of the internet forwards. */
const PRIVATE_RANGES: readonly Range[] = [
  // RFC 1918
  v4('10.0.0.0', 8),
  v4('172.16.0.0', 12),
  v4('192.168.0.0', 16),
  // RFC 3927, link-local
  v4('169.254.0.0', 16),
  // RFC 6598, of providers; also of Tailscale
  v4('100.64.0.0', 10),
  // RFC 4193, unique local
  v6(0xfc, 0, 7),
  // RFC 4291, link-local
  v6(0xfe, 0x80, 10),
]

const permittedAddresses = new BlockList()
for (const { family, address, prefix } of PRIVATE_RANGES) {
  permittedAddresses.addSubnet(textOf(address), prefix, family)
}

/** True for an address that a certificate of the authority may contain. */
export function isPermittedAddress(address: string): boolean {
  return permittedAddresses.check(address, address.includes(':') ? 'ipv6' : 'ipv4')
}

/**
 * The DNS names below which a certificate of the authority may be: `local`, and the machine's own name. A constraint
 * covers everything below its name, so a machine called `app` has only `app.local`: with the other name, a stolen key
 * could sign for each site in `.app`.
 */
export function permittedDomains(machine: string): string[] {
  return couldBeTopLevel(machine) ? ['local'] : ['local', machine]
}

/** Top-level domains have only letters, or are encoded (RFC 3696 section 2, RFC 5890). */
function couldBeTopLevel(name: string): boolean {
  return /^[a-z]+$|^xn--/.test(name)
}

/** True for a name that a certificate of the authority of this machine may contain. */
export function isPermittedName(name: string, machine: string): boolean {
  return permittedDomains(machine).some((domain) => name === domain || name.endsWith(`.${domain}`))
}

/** The extension's content in DER. Other kinds of names cannot occur, because the authority signs only for servers. */
export function nameConstraints(machine: string): Uint8Array<ArrayBuffer> {
  const names = permittedDomains(machine).map((domain) => der(DNS_NAME, Buffer.from(domain, 'latin1')))
  const addresses = PRIVATE_RANGES.map(({ address, prefix }) =>
    der(IP_ADDRESS, Buffer.from([...address, ...maskOf(address.length, prefix)])),
  )
  const subtrees = [...names, ...addresses].map((base) => der(SEQUENCE, base))
  return new Uint8Array(der(SEQUENCE, der(PERMITTED, ...subtrees)))
}

function maskOf(bytes: number, prefix: number): number[] {
  return Array.from({ length: bytes }, (_, at) => {
    const ones = Math.min(8, Math.max(0, prefix - at * 8))
    return 256 - 2 ** (8 - ones)
  })
}

function textOf(address: readonly number[]): string {
  if (address.length === 4) return address.join('.')
  const [first = 0, second = 0] = address
  return `${((first << 8) | second).toString(16)}::`
}

/** A tag, its length (X.690 section 8.1.3) and its content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content])
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
