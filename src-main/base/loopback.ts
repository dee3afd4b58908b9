import { isIP } from 'node:net'

/** The gateway always listens on these addresses, because people paste them. */
export const LOOPBACK_ADDRESSES: readonly string[] = ['127.0.0.1', '::1']

/**
 * Names besides `localhost` for this computer: for programs in a container or a virtual machine on it, or from its
 * hosts file. Each row says why DNS rebinding cannot use the name: an attacker would have to own the name in DNS, and
 * nobody can register these.
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

/** True for names that always mean this computer, whatever DNS answers. */
export function isLoopbackName(name: string): boolean {
  if (name === 'localhost' || name.endsWith('.localhost') || Object.hasOwn(LOOPBACK_NAMES, name)) return true
  if (name.startsWith('[')) return canonicalV6(name) === '[::1]'
  return isIP(name) === 4 && name.startsWith('127.')
}

/**
 * True for addresses that reach this computer without being loopback addresses: `0.0.0.0`, `[::]`, and IPv4 loopback
 * written in IPv6. DNS rebinding cannot use them, but some browsers let public web pages use them without asking the
 * person ("0.0.0.0 day"). So only programs may use them: a request whose answer a page can read has an Origin.
 */
export function isLoopbackForPrograms(name: string): boolean {
  if (name === '0.0.0.0') return true
  if (!name.startsWith('[')) return false
  const address = canonicalV6(name)
  return address === '[::]' || /^\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\]$/.test(address) || address === '[::ffff:0:0]'
}

/**
 * True for a host name, as spelled in a URL, that means only this computer. In a container the names of
 * `LOOPBACK_NAMES` mean the computer around it, so they are not included.
 */
export function isThisComputer(hostname: string): boolean {
  if (Object.hasOwn(LOOPBACK_NAMES, hostname)) return false
  return isLoopbackName(hostname) || isLoopbackForPrograms(hostname)
}

/** The canonical spelling of the URL standard; empty if the text is not an address. */
function canonicalV6(name: string): string {
  return isIP(name.slice(1, -1)) === 6 ? new URL(`http://${name}`).hostname : ''
}

/** True if a socket's address is this computer (`::ffff:127.0.0.1` is IPv4 on a dual-stack socket). */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || address.replace('::ffff:', '').startsWith('127.')
}
