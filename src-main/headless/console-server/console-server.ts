import { createServer, type IncomingMessage, type Server } from 'node:http'
import { z } from 'zod'
import { SESSION_HEADER, SESSION_PATH } from '#shared/console-api/console-session.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { readText } from '../../console-api/request-input.ts'
import { webListener } from '../../control/web-listener.ts'
import { type ConsoleRefusal, pathOf, refuseConsoleRequest } from './console-guards.ts'
import type { ConsoleSessions } from './session.ts'

export interface ConsoleServer {
  readonly port: number
  /** The address without a token: `http://127.0.0.1:11501/`. */
  readonly url: string
  /** Closes every connection, including event streams. */
  close(): Promise<void>
}

const HOST = '127.0.0.1'
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000
// By default Node checks every 30 s, which would extend both timeouts.
const TIMEOUT_CHECK_MS = 1_000
const LONGEST_TOKEN_BODY = 1_024

/**
 * Serves the console's handler on its own loopback port, behind the guards and the session. Throws a PersonError
 * `console_port_taken` if the port is taken; it never chooses another port (0: any free one).
 */
export async function openConsoleServer(options: {
  port: number
  handler: (request: Request) => Promise<Response>
  sessions: ConsoleSessions
}): Promise<ConsoleServer> {
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
  })
  const port = await listen(server, options.port)
  const answer = async (request: Request, incoming: IncomingMessage) => {
    const refusal = refuseConsoleRequest(incoming, port, options.sessions)
    if (refusal !== undefined) return refusalResponse(refusal)
    return pathOf(incoming) === SESSION_PATH ? openSession(request, options.sessions) : options.handler(request)
  }
  server.on('request', webListener(answer))
  return { port, url: `http://${HOST}:${port}/`, close: () => close(server) }
}

const tokenSchema = z.object({ token: z.string() })

const REFUSED = {
  token_refused: {
    status: 401,
    code: 'token_refused',
    message: 'This link was already used or has expired. Get a new one with: latchkey console',
  },
  too_many_attempts: {
    status: 429,
    code: 'too_many_attempts',
    message: 'Too many wrong links. Wait a minute and try again.',
  },
} as const

/** `POST /session` with `{ token }`: exchanges the one-time token of the printed link for the session's two secrets. */
async function openSession(request: Request, sessions: ConsoleSessions): Promise<Response> {
  if (request.method !== 'POST') return refusalResponse(REFUSED.token_refused)
  // Any program on this computer can send this, so the body has a small limit.
  const text = await readText(request, LONGEST_TOKEN_BODY).catch(() => '')
  const body = tokenSchema.safeParse(jsonOf(text))
  const outcome = sessions.exchange(body.success ? body.data.token : '')
  if ('refused' in outcome) return refusalResponse(REFUSED[outcome.refused])
  const { setCookie, pageSecret } = outcome
  const headers = { ...PLAIN_HEADERS, 'Set-Cookie': setCookie, [SESSION_HEADER]: pageSecret }
  return new Response(null, { status: 204, headers })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const PLAIN_HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
}

function refusalResponse({ status, code, message }: ConsoleRefusal): Response {
  return Response.json({ error: { code, message } }, { status, headers: PLAIN_HEADERS })
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portError(error, port)))
    server.listen(port, HOST, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function portError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') return error
  const sentence = `The console's port ${port} is taken or not allowed. Choose another with --console-port (0: any free port).`
  return new PersonError('console_port_taken', sentence, { cause: error })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) resolve()
    else server.close(() => resolve())
    server.closeAllConnections()
  })
}
