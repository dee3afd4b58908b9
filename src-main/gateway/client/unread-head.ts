import { type Dialect, dialectOf } from '#shared/gateway/dialects.ts'
import { parseOrigin } from '#shared/origins/origin.ts'
import { isLoopbackName } from '../../base/loopback.ts'
import { parseHost } from '../head/host-header.ts'
import { CORS_LINES } from '../head/response-headers.ts'
import { roughPath } from '../head/target.ts'
import type { Access, GatewayConfig } from '../ports.ts'

/** The error of Node's parser for bytes that it rejected. */
export interface Unread extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer
}

export interface Guards {
  readonly access: Pick<Access, 'isBlocked'>
  readonly config: () => Pick<GatewayConfig, 'hosts'>
}

/** The dialect for the answer to an unreadable request, from its first line if that is available. */
export function dialectOfUnread(unread: Unread | undefined): Dialect {
  const target = headsIn(unread).at(-1)?.target
  return target === undefined ? 'ollama' : dialectOf(roughPath(target))
}

/**
 * The CORS lines of the answer to an unreadable request. Every refusal has them, but here only if the bytes show that
 * neither a foreign host name nor a blocked origin is involved.
 */
export function corsOfUnread(unread: Unread | undefined, { access, config }: Guards): readonly string[] {
  const [only, another] = headsIn(unread)
  if (only === undefined || another !== undefined) return []
  const host = parseHost(onlyValue(only.lines, 'host') ?? '')?.name
  const origin = parseOrigin(onlyValue(only.lines, 'origin') ?? '')
  if (host === undefined || origin === undefined || access.isBlocked(origin)) return []
  return isLoopbackName(host) || config().hosts.has(host) ? CORS_LINES : []
}

/** Everything in the bytes that looks like the head of a request. */
function headsIn(unread: Unread | undefined): { target: string; lines: string }[] {
  const text = unread?.rawPacket?.toString('latin1') ?? ''
  const found = [...text.matchAll(/(?:^|\n)[A-Z]+ (\S+) HTTP\/1\.[01]\r?\n/g)]
  return found.map((head) => ({ target: head[1] ?? '', lines: text.slice(head.index) }))
}

function onlyValue(lines: string, name: string): string | undefined {
  const [only, another] = [...lines.matchAll(new RegExp(`^${name}:[ \\t]*([^\\r\\n]*)`, 'gim'))]
  return another === undefined ? only?.[1]?.trim() : undefined
}
