import { type Context, type Env, Hono, type Next } from 'hono'
import { CONSOLE_API, type ConsoleRoute } from '#shared/console-api/console-api.ts'
import { parseInput } from '#shared/text/input-sentence.ts'
import type { Log } from '../base/log.ts'
import { answerError, ConsoleError } from './console-error.ts'
import { openEventStream } from './event-stream.ts'
import { serveExports } from './exports.ts'
import { createHandlers, type Handlers, type ParsedInput, type RouteParams } from './handlers.ts'
import { answerJson } from './json-answer.ts'
import { answerPage } from './pages.ts'
import type { ConsolePorts } from './ports.ts'
import { readInput } from './request-input.ts'
import { setSecurityHeaders } from './security-headers.ts'
import { serveTry } from './try-stream.ts'

/**
 * The console's handler, the same in both shells: its API, its events and the renderer's files. It does NOT
 * authenticate: every caller may do everything. The shell restricts the callers: on the desktop only the app's own
 * window reaches the handler; headless, the HTTP server in front of it checks Host, Origin and session first.
 */
export function createConsole(ports: ConsolePorts, log: Pick<Log, 'error'>): (request: Request) => Promise<Response> {
  const app = new Hono()
  app.use(async (context, next) => {
    await next()
    setSecurityHeaders(context.res.headers)
    if (isApi(context.req.path)) context.res.headers.set('Cache-Control', 'no-store')
  })
  app.onError((error, context) => answerError(error, context, log))
  app.notFound((context) => answerError(notFound(), context, log))
  app.use('/api/*', refuseHead)
  serveApi(app, createHandlers(ports))
  serveExports(app, ports)
  serveTry(app, ports)
  app.get('/api/events', (context) =>
    context.body(openEventStream(ports), 200, { 'Content-Type': 'text/event-stream; charset=utf-8' }),
  )
  app.all('/api/*', (context) => context.notFound())
  app.get('*', async (context) => (await answerPage(context.req.path, ports)) ?? context.notFound())
  return async (request) => app.fetch(request)
}

function serveApi(app: Hono, handlers: Handlers): void {
  for (const route of Object.keys(CONSOLE_API) as ConsoleRoute[]) {
    const [method = '', path = ''] = route.split(' ')
    app.on(method, path, (context) => answerRoute(route, handlers, context))
  }
}

async function answerRoute<R extends ConsoleRoute>(
  route: R,
  handlers: Handlers,
  context: Context<Env, string>,
): Promise<Response> {
  const input = parseInput(CONSOLE_API[route].input, await readInput(context.req)) as ParsedInput<R>
  const output = await handlers[route](input, context.req.param() as RouteParams<R>)
  if (output === undefined) throw notFound()
  return answerJson(context, CONSOLE_API[route].output, output)
}

function isApi(path: string): boolean {
  return path === '/api' || path.startsWith('/api/')
}

/** Hono answers HEAD by a GET and drops the body without cancelling it, so an event stream would never end. */
async function refuseHead(context: Context, next: Next): Promise<void> {
  if (context.req.method === 'HEAD') throw notFound()
  await next()
}

function notFound(): ConsoleError {
  return new ConsoleError(404, 'not_found', 'Latchkey could not find this. It may have been deleted.')
}
