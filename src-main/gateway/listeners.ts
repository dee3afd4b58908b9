import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { PersonError } from '#shared/person-error.ts'
import { LeanRequest } from './lean-request.ts'

const HEADERS_MS = 10_000
// Node sweeps every 30 s by default, which would let slow-header sockets live three times their time.
const SWEEP_MS = 1_000
const MAX_HEADER_BYTES = 32 * 1024
const IDLE_MS = 65_000
const FREE_PORT_TRIES = 10

export interface ListenerHandlers {
  /** `host` is the address that the request came in on, as it was given to listen on. */
  request(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean, host: string): void
  clientError(error: NodeJS.ErrnoException, socket: Socket): void
  connect(request: IncomingMessage, socket: Socket): void
}

/** A server that listens on one address. */
export interface Listener {
  readonly host: string
  readonly server: Server
}

/**
 * Opens one server per host, all on the same port; port 0 means any port that is free on all of them. A host this
 * computer does not have (IPv6 switched off) is passed over. Throws a PersonError `port_taken` or `port_forbidden`, and
 * then has opened none.
 */
export async function openListeners(
  hosts: readonly string[],
  port: number,
  handlers: ListenerHandlers,
): Promise<Listener[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openOnce(hosts, port, handlers)
    } catch (error) {
      const mayTryAnother = port === 0 && attempt < FREE_PORT_TRIES && codeOf(error) === 'EADDRINUSE'
      if (!mayTryAnother) throw forPerson(error, port)
    }
  }
}

export function portOf(listeners: readonly Listener[]): number {
  return (listeners[0]?.server.address() as AddressInfo | null)?.port ?? 0
}

/** What runs on it may end in its own time. */
export function stopListening({ server }: Listener): void {
  server.close()
  server.closeIdleConnections()
}

async function openOnce(hosts: readonly string[], port: number, handlers: ListenerHandlers): Promise<Listener[]> {
  const listeners: Listener[] = []
  try {
    for (const host of hosts) {
      const server = await listen(host, portOf(listeners) || port, handlers)
      if (server !== undefined) listeners.push({ host, server })
    }
    return listeners
  } catch (error) {
    for (const { server } of listeners) server.close()
    throw error
  }
}

function listen(host: string, port: number, handlers: ListenerHandlers): Promise<Server | undefined> {
  const server = createGatewayServer(host, handlers)
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const absent = codeOf(error) === 'EADDRNOTAVAIL' || codeOf(error) === 'EAFNOSUPPORT'
      if (absent) resolve(undefined)
      else reject(error)
    })
    server.listen({ host, port, ipv6Only: host.includes(':') }, () => resolve(server))
  })
}

function createGatewayServer(host: string, handlers: ListenerHandlers): Server {
  const server = createServer({
    IncomingMessage: LeanRequest,
    headersTimeout: HEADERS_MS,
    // A large upload may take its time; what bounds it is its size.
    requestTimeout: 0,
    connectionsCheckingInterval: SWEEP_MS,
    keepAliveTimeout: IDLE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    // A missing Host is refused by the pipeline, which records it.
    requireHostHeader: false,
  })
  // Beyond its limit Node drops header lines silently; the byte limit above bounds them instead.
  server.maxHeadersCount = 0
  server.on('request', (request, response) => handlers.request(request, response, false, host))
  server.on('checkContinue', (request, response) => handlers.request(request, response, true, host))
  // Node would answer 417 itself, past the pipeline and its record; an unknown expectation may be ignored (RFC 9110 10.1.1).
  server.on('checkExpectation', (request, response) => handlers.request(request, response, false, host))
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => handlers.clientError(error, socket as Socket))
  server.on('connect', (request, socket) => handlers.connect(request, socket as Socket))
  return server
}

function forPerson(error: unknown, port: number): unknown {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new PersonError('port_taken', portTaken(port), {
        cause: error,
        parts: { port: String(port), by: 'other' },
      })
    case 'EACCES':
      return new PersonError(
        'port_forbidden',
        `This computer does not let Latchkey use port ${port}. Choose one above 1023.`,
        { cause: error, parts: { port: String(port) } },
      )
    default:
      return error
  }
}

/** What to do about a port that some other program holds. */
export function portTaken(port: number): string {
  return `Port ${port} is already used by another program. Close that program, or choose another port in Latchkey’s settings.`
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
