import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { PersonError } from '#shared/text/person-error.ts'
import { webListener } from '../control/web-listener.ts'
import { Reception, type ReceptionOptions } from './reception.ts'

export interface ConsoleServerOptions extends ReceptionOptions {
  /** 0: any free one. */
  readonly port: number
}

export interface ConsoleServer {
  readonly port: number
  /** The address on this computer, without a token: `http://127.0.0.1:11501/`. */
  readonly url: string
  /** Serves a connection that was accepted elsewhere: a TLS socket, or one of a trusted proxy. */
  serve(socket: Socket): void
  /** Closes every connection, including event streams. */
  close(): Promise<void>
}

const HOST = '127.0.0.1'
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000
// By default Node checks every 30 s, which would extend both timeouts.
const TIMEOUT_CHECK_MS = 1_000

/**
 * Serves the console's handler on its own loopback port, behind the guards and the session. Rejects with a PersonError
 * `console_port_taken` if the port is taken; it never chooses another port.
 */
export async function openConsoleServer(options: ConsoleServerOptions): Promise<ConsoleServer> {
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
  })
  const port = await listen(server, options.port)
  const reception = new Reception(options, port)
  server.on(
    'request',
    webListener((...call: Call) => reception.answer(...call)),
  )
  return {
    port,
    url: `http://${HOST}:${port}/`,
    serve: (socket) => void server.emit('connection', socket),
    async close() {
      reception.close()
      await close(server)
    },
  }
}

type Call = [request: Request, incoming: IncomingMessage, outgoing: ServerResponse]

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portError(error, port)))
    // Several processes can share the gateway's port, but not this one.
    server.listen({ port, host: HOST, exclusive: true }, () => {
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
