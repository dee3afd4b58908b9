import type { IncomingMessage } from 'node:http'
import { PROVIDER_RETURN_PATH } from '#shared/console-api/sign-in-api.ts'
import type { Place } from './places.ts'
import type { ConsoleRefusal } from './refusal.ts'
import { isPage, valuesOf } from './request-head.ts'

interface Asked {
  readonly incoming: IncomingMessage
  /** The path as the client sent it, without the query. */
  readonly path: string
  readonly place: Place
}

type Guard = (asked: Asked) => ConsoleRefusal | undefined

/**
 * The checks after the place of a request (see `placeOf`), in this order: the form of the path, because later checks rely
 * on it; then where the request comes from.
 */
const GUARDS: readonly Guard[] = [pathIsPlain, originIsOurs, siteIsOurs, noGatewayKey]

/** The first refusal; undefined if the request may proceed to its session. */
export function refuseConsoleRequest(asked: Asked): ConsoleRefusal | undefined {
  for (const guard of GUARDS) {
    const refusal = guard(asked)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

// The router decodes percent signs, so it would read `/%61pi/keys` as `/api/keys`, unlike this check. No console path
// contains a percent sign, so every path with more than one possible spelling is refused.
function pathIsPlain({ path }: Asked): ConsoleRefusal | undefined {
  const plain = /^\/[\w.~/-]*$/.test(path) && !path.includes('//') && !/(?:^|\/)\.{1,2}(?:\/|$)/.test(path)
  return plain ? undefined : { status: 400, code: 'bad_path', message: 'This address does not exist in the console.' }
}

function originIsOurs({ incoming, place }: Asked): ConsoleRefusal | undefined {
  const origins = valuesOf(incoming, 'origin')
  if (origins.every((origin) => origin === place.origin)) return undefined
  return { status: 403, code: 'origin_not_allowed', message: 'Another site may not use the console.' }
}

// A page on another port of this computer is `same-site`, and SameSite=Strict sends it the cookie: only `same-origin`
// and what a person typed (`none`) pass. Following a link to a page is harmless, because pages carry no data. A provider
// sends the browser back by such a link.
function siteIsOurs({ incoming, path }: Asked): ConsoleRefusal | undefined {
  const site = incoming.headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return undefined
  const navigates =
    incoming.headers['sec-fetch-mode'] === 'navigate' && incoming.headers['sec-fetch-dest'] === 'document'
  const isOpen = isPage(path) || path.startsWith(`${PROVIDER_RETURN_PATH}/`)
  if (navigates && incoming.method === 'GET' && isOpen) return undefined
  return { status: 403, code: 'site_not_allowed', message: 'Another site may not use the console.' }
}

function noGatewayKey({ incoming }: Asked): ConsoleRefusal | undefined {
  const { authorization } = incoming.headers
  if (authorization === undefined && incoming.headers['x-api-key'] === undefined) return undefined
  return { status: 401, code: 'key_on_console', message: 'A key opens the gateway, not the console.' }
}
