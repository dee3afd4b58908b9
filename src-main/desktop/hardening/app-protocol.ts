import { CONSOLE_HOST, CONSOLE_ORIGIN, CONSOLE_SCHEME } from '../window/pages.ts'

/** To be registered before `ready`. `stream` for server-sent events; `standard` gives the pages an origin. */
export const PRIVILEGED_SCHEME = {
  scheme: CONSOLE_SCHEME,
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
}

type Handler = (request: Request) => Promise<Response>

/**
 * The console's one door, guarded for `protocol.handle`: only host `console`, only pages of its own, and no path that
 * could mean something else to whoever looks for a file. The URL parser has already resolved plain dot segments.
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

/** Encoded slashes, backslashes, dots, NUL and percent signs: no address of the console has them. */
function hidesPath(path: string): boolean {
  return /%(?:2f|5c|2e|00|25)|\\|\/\/|\/\.\.?(?:\/|$)/i.test(path)
}

function refusal(status: number): Response {
  return new Response(null, { status })
}
