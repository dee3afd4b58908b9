import { isIP } from 'node:net'

/** A Host header's parts, or undefined when it is not `name[:port]` (RFC 9110 section 7.2). */
export function parseHost(header: string): { name: string; port: string } | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?$/i.exec(header)
  if (match === null) return undefined
  const name = (match[1] as string).toLowerCase()
  return { name: name.endsWith('.') ? name.slice(0, -1) : name, port: match[2] ?? '' }
}

/** Names that always mean this computer, whoever answers DNS. */
export function isLoopbackName(name: string): boolean {
  if (name === 'localhost' || name.endsWith('.localhost') || name === 'host.docker.internal') return true
  if (name.startsWith('[')) return isLoopbackV6(name.slice(1, -1))
  return isIP(name) === 4 && name.startsWith('127.')
}

function isLoopbackV6(address: string): boolean {
  return isIP(address) === 6 && new URL(`http://[${address}]`).hostname === '[::1]'
}

/** Whether a socket's address is of this computer itself (`::ffff:127.0.0.1` is IPv4 as a socket for both sees it). */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || address.replace('::ffff:', '').startsWith('127.')
}
