import { isIP } from 'node:net'

/**
 * Names besides `localhost` that mean this computer to a program in a container or a virtual machine on it, or by its
 * hosts file. Each with the reason why no page can come under it by rebinding: a page's name must have been answered by
 * its attacker's DNS first, and none of these can be registered.
 */
export const LOOPBACK_NAMES: Readonly<Record<string, string>> = {
  'host.docker.internal': 'Docker; `.internal` is reserved for private use (ICANN, 2024)',
  'gateway.docker.internal': 'Docker Desktop; `.internal`',
  'kubernetes.docker.internal': 'Docker Desktop, in the hosts file; `.internal`',
  'host.containers.internal': 'Podman; `.internal`',
  'host.lima.internal': 'Lima and Colima; `.internal`',
  'host.orb.internal': 'OrbStack; `.internal`',
  'host.rancher-desktop.internal': 'Rancher Desktop; `.internal`',
  'localhost.localdomain': 'the hosts file of Fedora and others; there is no top-level domain `.localdomain`',
  'ip6-localhost': 'the hosts file of Debian; a name without a dot cannot be registered',
}

/** A Host header's parts, or undefined when it is not `name[:port]` (RFC 9110 section 7.2; the port may be empty). */
export function parseHost(header: string): { name: string; port: string } | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{0,5}))?$/i.exec(header)
  if (match === null) return undefined
  const name = (match[1] as string).toLowerCase()
  return { name: name.endsWith('.') ? name.slice(0, -1) : name, port: match[2] ?? '' }
}

/** Names that always mean this computer, whoever answers DNS. */
export function isLoopbackName(name: string): boolean {
  if (name === 'localhost' || name.endsWith('.localhost') || Object.hasOwn(LOOPBACK_NAMES, name)) return true
  if (name.startsWith('[')) return canonicalV6(name) === '[::1]'
  return isIP(name) === 4 && name.startsWith('127.')
}

/**
 * Addresses that reach this computer without being named loopback: `0.0.0.0`, `[::]`, and IPv4 loopback written in IPv6.
 * Nobody can rebind them, but browsers have let pages of the public web use them without asking the person ("0.0.0.0
 * day"), so they are for programs alone: a request that a page may have read the answer of names its Origin.
 */
export function isLoopbackForPrograms(name: string): boolean {
  if (name === '0.0.0.0') return true
  if (!name.startsWith('[')) return false
  const address = canonicalV6(name)
  return address === '[::]' || /^\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\]$/.test(address) || address === '[::ffff:0:0]'
}

/** In the one spelling of the URL standard; empty when it is no address. */
function canonicalV6(name: string): string {
  return isIP(name.slice(1, -1)) === 6 ? new URL(`http://${name}`).hostname : ''
}

/** Whether a socket's address is of this computer itself (`::ffff:127.0.0.1` is IPv4 as a socket for both sees it). */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || address.replace('::ffff:', '').startsWith('127.')
}
