import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { isLoopbackAddress } from './loopback.ts'

/** Addresses that no router of the internet forwards. */
const PRIVATE = new BlockList()
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv4')
}
PRIVATE.addSubnet('fc00::', 7, 'ipv6')
PRIVATE.addSubnet('fe80::', 10, 'ipv6')

/** A network of this computer in which strangers have no address of their own. */
const NARROWEST_SHARED_V6 = 64

/**
 * True for the other end of a connection that is this computer or in one of its own networks: a private address, or a
 * public IPv6 address of a network that this computer is in. A public IPv4 network, such as a hoster's, has strangers.
 */
export function isNearAddress(address: string): boolean {
  const plain = plainAddress(address)
  const family = isIP(plain)
  if (family === 0) return false
  if (isLoopbackAddress(plain) || PRIVATE.check(plain, family === 4 ? 'ipv4' : 'ipv6')) return true
  return family === 6 && isInOwnNetwork(plain)
}

/**
 * What attempts are counted by: an address, or the network of a distant IPv6 address, because a computer can give itself
 * any number of addresses in it. In a network of one's own that would be one count for the whole house.
 */
export function addressGroup(address: string): string {
  const plain = plainAddress(address)
  if (isIP(plain) !== 6) return plain
  const canonical = new URL(`http://[${plain}]`).hostname.slice(1, -1)
  return isNearAddress(canonical) ? canonical : networkOf(canonical)
}

/** The first 64 bits of an address in its canonical spelling, which has at most one `::`. */
function networkOf(address: string): string {
  const [head = '', tail] = address.split('::')
  const first = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array<string>(8 - first.length - last.length).fill('0')
  return [...first, ...zeros, ...last].slice(0, 4).join(':')
}

/** Without the zone of a link-local address; IPv4 on a dual-stack socket is IPv4. */
function plainAddress(address: string): string {
  return address.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '')
}

function isInOwnNetwork(address: string): boolean {
  const own = new BlockList()
  for (const { cidr, family, internal } of Object.values(networkInterfaces()).flatMap((all) => all ?? [])) {
    const [network = '', prefix] = cidr?.split('/') ?? []
    if (family !== 'IPv6' || internal || Number(prefix) < NARROWEST_SHARED_V6) continue
    own.addSubnet(network, Number(prefix), 'ipv6')
  }
  return own.check(address, 'ipv6')
}
