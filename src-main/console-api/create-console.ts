import { type Context, Hono, type Next } from 'hono'
import { CONSOLE_API, type ConsoleRoute, EVENTS_ROUTE, STREAM_ROLES } from '#shared/console-api/console-api.ts'
import { parseInput } from '#shared/text/input-sentence.ts'
import type { Log } from '../base/log.ts'
import type { Caller } from './caller.ts'
import type { ConsoleEnv } from './console-env.ts'
import { answerError, ConsoleError } from './console-error.ts'
import { openEventStream } from './event-stream.ts'
import { serveExports } from './exports.ts'
import { createHandlers } from './handlers.ts'
import { answerJson } from './json-answer.ts'
import { answerPage, isApi, type PagePorts } from './pages.ts'
import type { ConsolePorts } from './ports.ts'
import { readInput } from './request-input.ts'
import { allow } from './roles/allow.ts'
import type { ParsedInput, RouteParams } from './route-handlers.ts'
import { setSecurityHeaders } from './security-headers.ts'
import { serveTry } from './try-stream.ts'

export interface ConsoleSource {
  /** The renderer's files, which are the same for everyone. */
  readonly pages: PagePorts
  /** The operations as this caller may use them. */
  portsFor(caller: Caller): ConsolePorts
}

/**
 * The console's handler, the same in both shells: its API, its events and the renderer's files. It does NOT
 * authenticate: the shell says who calls, null for somebody who is not signed in and gets only the renderer's files. On
 * the desktop only the app's own window reaches the handler; headless, the HTTP server in front of it checks Host,
 * Origin and session first.
 */
export function createConsole(
  { pages, portsFor }: ConsoleSource,
  log: Pick<Log, 'error'>,
): (request: Request, caller: Caller | null) => Promise<Response> {
  const app = new Hono<ConsoleEnv>()
  app.use(async (context, next) => {
    await next()
    setSecurityHeaders(context.res.headers)
    if (isApi(context.req.path)) context.res.headers.set('Cache-Control', 'no-store')
  })
  app.onError((error, context) => answerError(error, context, log))
  app.notFound((context) => answerError(notFound(), context, log))
  app.use('/api/*', refuseHead, async (context, next) => {
    const { caller } = context.env
    if (caller === null) throw notSignedIn()
    context.set('ports', portsFor(caller))
    await next()
  })
  serveApi(app)
  serveExports(app)
  serveTry(app)
  app.get(EVENTS_ROUTE, allow(STREAM_ROLES[`GET ${EVENTS_ROUTE}`]), (context) =>
    context.body(openEventStream(context.var.ports), 200, { 'Content-Type': 'text/event-stream; charset=utf-8' }),
  )
  app.all('/api/*', (context) => context.notFound())
  app.get('*', async (context) => (await answerPage(context.req.path, pages)) ?? context.notFound())
  return async (request, caller) => app.fetch(request, { caller })
}

function serveApi(app: Hono<ConsoleEnv>): void {
  for (const route of Object.keys(CONSOLE_API) as ConsoleRoute[]) {
    const [method = '', path = ''] = route.split(' ')
    app.on(method, path, allow(CONSOLE_API[route].roles), (context) => answerRoute(route, context))
  }
}

async function answerRoute<R extends ConsoleRoute>(route: R, context: Context<ConsoleEnv, string>): Promise<Response> {
  const input = parseInput(CONSOLE_API[route].input, await readInput(context.req)) as ParsedInput<R>
  const output = await createHandlers(context.var.ports)[route](input, context.req.param() as RouteParams<R>)
  if (output === undefined) throw notFound()
  return answerJson(context, CONSOLE_API[route].output, output)
}

/** Hono answers HEAD by a GET and drops the body without cancelling it, so an event stream would never end. */
async function refuseHead(context: Context, next: Next): Promise<void> {
  if (context.req.method === 'HEAD') throw notFound()
  await next()
}

function notSignedIn(): ConsoleError {
  return new ConsoleError(401, 'session_missing', 'Open the console by its link. For a new one run: latchkey console')
}

function notFound(): ConsoleError {
  return new ConsoleError(404, 'not_found', 'Latchkey could not find this. It may have been deleted.')
}
