import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { GuardedResponse, LeanRequest } from './lean-request.ts'

// Node would look at its connections by a timer that wakes an idle process too, and set a timer behind each answer;
// `Deadlines` does both in its place.
const NEVER_MS = 2 ** 31 - 1
const MAX_HEADER_BYTES = 32 * 1024
const FREE_PORT_TRIES = 10

export interface ListenerHandlers {
  connection(socket: Socket): void
  /** `host` is the address that the request came in on, as it was given to listen on. */
  request(request: LeanRequest, response: GuardedResponse, expectsContinue: boolean, host: string): void
  clientError(error: NodeJS.ErrnoException, socket: Socket): void
  connect(socket: Socket): void
  /** One of the others has thrown, or the system has no more connections to give. */
  failed(error: unknown, socket?: Socket): void
}

/** A server that listens on one address. */
export interface Listener {
  readonly host: string
  readonly server: Server
}

/**
 * Opens one server per host, all on the same port; port 0 means any port that is free on all of them. A host this
 * computer does not have (IPv6 switched off) is passed over. Throws the system's error (`EADDRINUSE`, `EACCES` ...), and
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
      if (!mayTryAnother) throw error
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
    const refused = (error: Error) => {
      const absent = codeOf(error) === 'EADDRNOTAVAIL' || codeOf(error) === 'EAFNOSUPPORT'
      if (absent) resolve(undefined)
      else reject(error)
    }
    server.once('error', refused)
    server.listen({ host, port, ipv6Only: host.includes(':') }, () => {
      // Such as EMFILE, when a connection could not be accepted.
      server.off('error', refused).on('error', (error) => handlers.failed(error))
      resolve(server)
    })
  })
}

function createGatewayServer(host: string, handlers: ListenerHandlers): Server {
  const server = createServer({
    IncomingMessage: LeanRequest,
    ServerResponse: GuardedResponse,
    headersTimeout: 0,
    requestTimeout: 0,
    connectionsCheckingInterval: NEVER_MS,
    keepAliveTimeout: 0,
    maxHeaderSize: MAX_HEADER_BYTES,
    // A missing Host is refused by the pipeline, which records it.
    requireHostHeader: false,
  })
  // Beyond its limit Node drops header lines silently; the byte limit above bounds them instead.
  server.maxHeadersCount = 0
  const take = (request: LeanRequest, response: GuardedResponse, expectsContinue: boolean) => {
    try {
      handlers.request(request, response, expectsContinue, host)
    } catch (error) {
      handlers.failed(error, request.socket)
    }
  }
  server.on('connection', guarded(handlers, handlers.connection))
  server.on('request', (request, response) => take(request, response, false))
  server.on('checkContinue', (request, response) => take(request, response, true))
  // Node would answer 417 itself, past the pipeline and its record; an unknown expectation may be ignored (RFC 9110 10.1.1).
  server.on('checkExpectation', (request, response) => take(request, response, false))
  const unreadable = (socket: Socket, error: NodeJS.ErrnoException) => handlers.clientError(error, socket)
  server.on('clientError', (error, socket) => guarded(handlers, unreadable)(socket as Socket, error))
  server.on('connect', (_request, socket) => guarded(handlers, handlers.connect)(socket as Socket))
  return server
}

/** An error in a handler is that of its connection. */
function guarded<Rest extends unknown[]>(
  handlers: ListenerHandlers,
  handler: (socket: Socket, ...rest: Rest) => void,
): (socket: Socket, ...rest: Rest) => void {
  return (socket, ...rest) => {
    try {
      handler(socket, ...rest)
    } catch (error) {
      handlers.failed(error, socket)
    }
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
