/** A Host header's parts, or undefined when it is not `name[:port]` (RFC 9110 section 7.2; the port may be empty). */
export function parseHost(header: string): { name: string; port: string } | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{0,5}))?$/i.exec(header)
  if (match === null) return undefined
  const name = (match[1] as string).toLowerCase()
  return { name: name.endsWith('.') ? name.slice(0, -1) : name, port: match[2] ?? '' }
}
