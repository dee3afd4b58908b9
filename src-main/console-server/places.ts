import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { TLSSocket } from 'node:tls'
import { isLoopbackAddress, isLoopbackName } from '../base/loopback.ts'
import { isForwarded, readForwarded, type TrustedProxies } from './forwarded.ts'
import type { ConsoleRefusal } from './refusal.ts'
import { valuesOf } from './request-head.ts'

/** The way by which a request came in. */
export interface Place {
  /** Only pages of this origin may use the console by this way: `https://box.local:11501`. */
  readonly origin: string
  /** True if the visitor's browser uses TLS. */
  readonly isSecure: boolean
  /** The visitor's address. */
  readonly address: string
}

export interface PlaceFacts {
  readonly port: number
  /** True for a name or an address, as in a Host header, by which other devices reach this computer. */
  readonly isOwnName: (name: string) => boolean
  /** The origin of the setting `consoleUrl`, if that is an https address; else null. */
  readonly outside: string | null
  /** null: no proxy is believed. */
  readonly proxies: TrustedProxies | null
}

/**
 * The place of a request, or why it has none. This is the guard against DNS rebinding: a page of evil.example whose name
 * resolves to this computer is same-origin with itself, and only the Host header reveals it.
 */
export function placeOf(incoming: IncomingMessage, facts: PlaceFacts): Place | ConsoleRefusal {
  const { socket } = incoming
  const peer = socket.remoteAddress ?? ''
  if (socket instanceof TLSSocket) return secureLanPlace(incoming, peer, facts)
  if (facts.proxies?.has(peer) === true && isForwarded(incoming)) return outsidePlace(incoming, facts.proxies, facts)
  if (isLoopbackAddress(peer)) return loopbackPlace(incoming, peer, facts)
  // Without TLS only a trusted proxy comes from elsewhere.
  return facts.proxies?.has(peer) === true ? notForwarded() : foreign('https')
}

function loopbackPlace(incoming: IncomingMessage, address: string, { port }: PlaceFacts): Place | ConsoleRefusal {
  const host = hostOf(incoming)
  const isOurs = host === `127.0.0.1:${port}` || host === `localhost:${port}`
  return isOurs ? { origin: `http://${host}`, isSecure: false, address } : foreign(`http://127.0.0.1:${port}`)
}

function secureLanPlace(incoming: IncomingMessage, address: string, facts: PlaceFacts): Place | ConsoleRefusal {
  const origin = URL.parse(`https://${hostOf(incoming) ?? ''}`)?.origin ?? ''
  const [, name = '', port = '443'] = /^https:\/\/(.+?)(?::(\d+))?$/.exec(origin) ?? []
  const isWritten = `https://${hostOf(incoming)}` === origin
  const isOurs = (facts.isOwnName(name) && Number(port) === facts.port) || origin === facts.outside
  return isWritten && isOurs ? { origin, isSecure: true, address } : foreign('https, by this computer’s name')
}

function outsidePlace(
  incoming: IncomingMessage,
  proxies: TrustedProxies,
  { outside }: PlaceFacts,
): Place | ConsoleRefusal {
  const said = readForwarded(incoming, proxies)
  if (said === undefined) return notForwarded()
  if (isRebindable(incoming, outside)) return foreign(outside ?? 'its https address')
  if (outside === null || `${said.scheme}://${said.host}` !== outside) return foreign(outside ?? 'its https address')
  return { origin: outside, isSecure: true, address: said.address }
}

/**
 * A proxy sends on the Host header, or puts its own name for Latchkey there. A page that rebinds its name to this computer
 * can forge what proxies say, but not that header. Its name has a dot, since nobody can register one without.
 */
function isRebindable(incoming: IncomingMessage, outside: string | null): boolean {
  const name = URL.parse(`http://${hostOf(incoming) ?? ''}`)?.hostname
  if (name === undefined) return true
  const isOutside = outside !== null && name === new URL(outside).hostname
  return !isOutside && name.includes('.') && isIP(name) === 0 && !isLoopbackName(name)
}

/** node:http keeps only the first of several Host headers, so they are counted. */
function hostOf(incoming: IncomingMessage): string | undefined {
  const [host, ...more] = valuesOf(incoming, 'host')
  return more.length === 0 ? host?.toLowerCase() : undefined
}

function foreign(where: string): ConsoleRefusal {
  const at = where.includes('://') ? `at ${where}` : `by ${where}`
  return { status: 403, code: 'host_not_allowed', message: `Open the console ${at}.` }
}

function notForwarded(): ConsoleRefusal {
  const message =
    'The proxy must say who asks: let it set X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host, and remove Forwarded.'
  return { status: 400, code: 'forwarded_wrong', message }
}
