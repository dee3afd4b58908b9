import { CONSOLE_HOST, CONSOLE_ORIGIN, CONSOLE_SCHEME } from '../window/pages.ts'

/** Must be registered before `ready`. `stream` allows server-sent events; `standard` gives the pages an origin. */
export const PRIVILEGED_SCHEME = {
  scheme: CONSOLE_SCHEME,
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
}

type Handler = (request: Request) => Promise<Response>

/**
 * Guards the console's handler for `protocol.handle`. It accepts only the host `console`, only requests from the
 * console's own pages, and no path that a file look-up could read differently. The URL parser has already resolved
 * plain dot segments.
 */
export function guardConsole(handler: Handler): Handler {
  return async (request) => {
    const url = URL.parse(request.url)
    if (url === null || url.host !== CONSOLE_HOST || url.username !== '' || url.password !== '') return refusal(404)
    if (hidesPath(url.pathname)) return refusal(400)
    const origin = request.headers.get('origin')
    if (origin !== null && origin !== CONSOLE_ORIGIN) return refusal(403)
    return handler(request)
  }
}

/** True for encoded slashes, backslashes, dots, NUL and percent signs. No URL of the console contains them. */
function hidesPath(path: string): boolean {
  return /%(?:2f|5c|2e|00|25)|\\|\/\/|\/\.\.?(?:\/|$)/i.test(path)
}

function refusal(status: number): Response {
  return new Response(null, { status })
}
