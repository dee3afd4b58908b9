import { isIP } from 'node:net'

/** The gateway always listens on these: they are the addresses that people paste. */
export const LOOPBACK_ADDRESSES: readonly string[] = ['127.0.0.1', '::1']

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

/**
 * True for a host name, as a URL spells it, that means this computer and nobody else. The names of `LOOPBACK_NAMES` mean
 * the computer around a container, which is another one to the program in it.
 */
export function isThisComputer(hostname: string): boolean {
  if (Object.hasOwn(LOOPBACK_NAMES, hostname)) return false
  return isLoopbackName(hostname) || isLoopbackForPrograms(hostname)
}

/** In the one spelling of the URL standard; empty when it is no address. */
function canonicalV6(name: string): string {
  return isIP(name.slice(1, -1)) === 6 ? new URL(`http://${name}`).hostname : ''
}

/** Whether a socket's address is of this computer itself (`::ffff:127.0.0.1` is IPv4 as a socket for both sees it). */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || address.replace('::ffff:', '').startsWith('127.')
}
