import { createServer, type Server } from 'node:http'
import type { AddressInfo, Server as NetServer, Socket } from 'node:net'
import { LOOPBACK_ADDRESSES } from '../../base/loopback.ts'
import type { Door, Entrance } from '../ports.ts'
import { GuardedResponse, LeanRequest } from './lean-request.ts'

// Disables Node's own connection checks, which wake an idle process and set a timer after each answer.
// `ClientDeadlines` does both instead.
const NEVER_MS = 2 ** 31 - 1
const MAX_HEADER_BYTES = 32 * 1024
const FREE_PORT_TRIES = 10

export interface ListenerHandlers {
  connection(socket: Socket): void
  /** `host` is the listen address on which the request arrived, as it was configured. */
  request(request: LeanRequest, response: GuardedResponse, expectsContinue: boolean, host: string): void
  clientError(error: NodeJS.ErrnoException, socket: Socket): void
  connect(socket: Socket): void
  /** Called if another handler threw, or if the system cannot accept more connections. */
  failed(error: unknown, socket?: Socket): void
}

/** A server for one address. Behind a door it does not listen itself. */
export interface Listener {
  readonly host: string
  readonly server: Server
  readonly door: Door | undefined
}

export interface ListenerOptions {
  readonly handlers: ListenerHandlers
  /** Where other devices arrive; absent if nothing but HTTP arrives anywhere. */
  readonly entrance: Entrance | undefined
}

/**
 * Opens one server per host, all on the same port; port 0 means any port that is free on all of them. Skips a host that
 * this computer does not have, such as IPv6 when it is off. If a server fails, closes all of them and throws the
 * system's error (`EADDRINUSE`, `EACCES` ...).
 */
export async function openListeners(
  hosts: readonly string[],
  port: number,
  options: ListenerOptions,
): Promise<Listener[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openOnce(hosts, port, options)
    } catch (error) {
      const mayTryAnother = port === 0 && attempt < FREE_PORT_TRIES && codeOf(error) === 'EADDRINUSE'
      if (!mayTryAnother) throw error
    }
  }
}

export function portOf(listeners: readonly Listener[]): number {
  const [first] = listeners
  return first === undefined ? 0 : ((listeningOf(first).address() as AddressInfo | null)?.port ?? 0)
}

/** Stops listening; running exchanges continue. */
export function stopListening(listener: Listener): void {
  const { door, server } = listener
  door?.server.close()
  door?.end()
  server.close()
  server.closeIdleConnections()
}

function listeningOf({ door, server }: Listener): NetServer {
  return door?.server ?? server
}

async function openOnce(hosts: readonly string[], port: number, options: ListenerOptions): Promise<Listener[]> {
  const listeners: Listener[] = []
  try {
    for (const host of hosts) {
      const listener = await createListener(host, options)
      if (await listen(listener, portOf(listeners) || port, options.handlers)) listeners.push(listener)
    }
    return listeners
  } catch (error) {
    for (const listener of listeners) stopListening(listener)
    throw error
  }
}

async function createListener(host: string, { handlers, entrance }: ListenerOptions): Promise<Listener> {
  const server = createGatewayServer(host, handlers)
  if (LOOPBACK_ADDRESSES.includes(host)) return { host, server, door: undefined }
  const door = await entrance?.open(host, (socket) => server.emit('connection', socket))
  return { host, server, door }
}

/** Resolves to false if this computer does not have the address. */
function listen(listener: Listener, port: number, handlers: ListenerHandlers): Promise<boolean> {
  const { host } = listener
  const server = listeningOf(listener)
  return new Promise((resolve, reject) => {
    const refused = (error: Error) => {
      const absent = codeOf(error) === 'EADDRNOTAVAIL' || codeOf(error) === 'EAFNOSUPPORT'
      if (absent) resolve(false)
      else reject(error)
    }
    server.once('error', refused)
    server.listen({ host, port, ipv6Only: host.includes(':') }, () => {
      // Such as EMFILE, if a connection could not be accepted.
      server.off('error', refused).on('error', (error) => handlers.failed(error))
      // From this event on node:http keeps the list of connections that a server can close.
      if (listener.door !== undefined) listener.server.emit('listening')
      resolve(true)
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
    // The pipeline refuses a missing Host header and records the refusal.
    requireHostHeader: false,
  })
  // Above this limit Node silently drops header lines. The byte limit above bounds them instead.
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
  // Node would answer 417 itself, without the pipeline and its record. An unknown expectation may be ignored (RFC 9110
  // 10.1.1).
  server.on('checkExpectation', (request, response) => take(request, response, false))
  const unreadable = (socket: Socket, error: NodeJS.ErrnoException) => handlers.clientError(error, socket)
  server.on('clientError', (error, socket) => guarded(handlers, unreadable)(socket as Socket, error))
  server.on('connect', (_request, socket) => guarded(handlers, handlers.connect)(socket as Socket))
  return server
}

/** An error in a handler affects only its connection. */
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
