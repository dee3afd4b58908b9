import type { IncomingMessage } from 'node:http'
import { SESSION_HEADER, SESSION_PATH } from '#shared/console-api/console-session.ts'
import type { ConsoleSessions } from './session.ts'

/** A refusal of the console: status, code and the sentence for the person. */
export interface ConsoleRefusal {
  readonly status: number
  readonly code: string
  readonly message: string
}

interface Asked {
  readonly incoming: IncomingMessage
  /** The path as the client sent it, without the query. */
  readonly path: string
  readonly port: number
  readonly sessions: ConsoleSessions
}

type Guard = (asked: Asked) => ConsoleRefusal | undefined

/**
 * The checks before every console request, in this order: the host name and the form of the path, because later checks
 * rely on them; then where the request comes from; then its session.
 */
const GUARDS: readonly Guard[] = [hostIsOurs, pathIsPlain, originIsOurs, siteIsOurs, noGatewayKey, sessionIsOpen]

/** The first refusal; undefined if the request may proceed. */
export function refuseConsoleRequest(
  incoming: IncomingMessage,
  port: number,
  sessions: ConsoleSessions,
): ConsoleRefusal | undefined {
  const path = pathOf(incoming)
  for (const guard of GUARDS) {
    const refusal = guard({ incoming, path, port, sessions })
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** The path as the client sent it, without the query. */
export function pathOf(incoming: IncomingMessage): string {
  return (incoming.url ?? '').split('?')[0] ?? ''
}

// DNS rebinding: a page of evil.example whose name resolves to 127.0.0.1 is same-origin with itself. Only the Host
// header reveals it. node:http keeps only the first of several Host headers, so they are counted.
function hostIsOurs({ incoming, port }: Asked): ConsoleRefusal | undefined {
  const named = [`127.0.0.1:${port}`, `localhost:${port}`]
  const given = valuesOf(incoming, 'host')
  if (given.length === 1 && named.includes(given[0]?.toLowerCase() ?? '')) return undefined
  return { status: 403, code: 'host_not_allowed', message: `Open the console at http://127.0.0.1:${port}.` }
}

// The router decodes percent signs, so it would read `/%61pi/keys` as `/api/keys`, unlike this check. No console path
// contains a percent sign, so every path with more than one possible spelling is refused.
function pathIsPlain({ path }: Asked): ConsoleRefusal | undefined {
  const plain = /^\/[\w.~/-]*$/.test(path) && !path.includes('//') && !/(?:^|\/)\.{1,2}(?:\/|$)/.test(path)
  return plain ? undefined : { status: 400, code: 'bad_path', message: 'This address does not exist in the console.' }
}

function originIsOurs({ incoming }: Asked): ConsoleRefusal | undefined {
  const origins = valuesOf(incoming, 'origin')
  if (origins.every((origin) => origin === `http://${incoming.headers.host}`)) return undefined
  return { status: 403, code: 'origin_not_allowed', message: 'Another site may not use the console.' }
}

// A page on another port of this computer is `same-site`, and SameSite=Strict sends it the cookie: only `same-origin`
// and what a person typed (`none`) pass. Following a link to a page is harmless, because pages carry no data.
function siteIsOurs({ incoming, path }: Asked): ConsoleRefusal | undefined {
  const site = incoming.headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return undefined
  const navigates =
    incoming.headers['sec-fetch-mode'] === 'navigate' && incoming.headers['sec-fetch-dest'] === 'document'
  if (navigates && incoming.method === 'GET' && isPage(path)) return undefined
  return { status: 403, code: 'site_not_allowed', message: 'Another site may not use the console.' }
}

function noGatewayKey({ incoming }: Asked): ConsoleRefusal | undefined {
  const { authorization } = incoming.headers
  if (authorization === undefined && incoming.headers['x-api-key'] === undefined) return undefined
  return { status: 401, code: 'key_on_console', message: 'A key opens the gateway, not the console.' }
}

function sessionIsOpen({ incoming, path, sessions }: Asked): ConsoleRefusal | undefined {
  if (isPage(path) && (incoming.method === 'GET' || incoming.method === 'HEAD')) return undefined
  if (path === SESSION_PATH || sessions.isOpen(incoming.headers.cookie, headerOf(incoming, SESSION_HEADER)))
    return undefined
  const message = 'Open the console by its link. For a new one run: latchkey console'
  return { status: 401, code: 'session_missing', message }
}

/** The renderer's files, which are the same for everyone. */
function isPage(path: string): boolean {
  return path !== SESSION_PATH && path !== '/api' && !path.startsWith('/api/')
}

/** A repeated header counts as missing. */
function headerOf(incoming: IncomingMessage, name: string): string | undefined {
  const [value, ...more] = valuesOf(incoming, name.toLowerCase())
  return more.length === 0 ? value : undefined
}

function valuesOf(incoming: IncomingMessage, name: string): string[] {
  const { rawHeaders } = incoming
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name)
}
