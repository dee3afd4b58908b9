import { createServer, type Server, type Socket } from 'node:net'
import { Sequencer } from '../base/sequencer.ts'
import type { ConsoleServer } from './console-server.ts'
import type { TrustedProxies } from './forwarded.ts'

/** Accepts connections from elsewhere, and passes on those that may speak to the console. */
export interface DoorMaker {
  readonly isForProxies?: boolean
  open(host: string, serve: (socket: Socket) => void): Promise<{ readonly server: Server; end(): void }>
}

/** Of other devices. A browser opens six at most. */
const MOST_CONNECTIONS = 512
const MOST_OF_AN_ADDRESS = 64

type Door = Awaited<ReturnType<DoorMaker['open']>>

/** The addresses besides loopback on which the console is served, all on the console's port. */
export class OtherDoors {
  readonly #server: Pick<ConsoleServer, 'port' | 'serve'>
  readonly #maker: DoorMaker
  readonly #sequencer = new Sequencer()
  readonly #doors = new Map<string, Door>()
  readonly #sockets = new Set<Socket>()

  constructor(server: Pick<ConsoleServer, 'port' | 'serve'>, maker: DoorMaker) {
    this.#server = server
    this.#maker = maker
  }

  /** Where it is served now. */
  get hosts(): string[] {
    return [...this.#doors.keys()]
  }

  /**
   * Opens and closes doors until it is served on these addresses of this computer. Rejects with the system's error
   * (`EADDRINUSE`, `EACCES` ...) if it cannot be served on one of them; it is served on the others.
   */
  follow(hosts: readonly string[]): Promise<void> {
    return this.#sequencer.queue(async () => {
      for (const host of this.hosts) if (!hosts.includes(host)) this.#close(host)
      if (hosts.length === 0) for (const socket of this.#sockets) socket.destroy()
      const missing = hosts.filter((host) => !this.#doors.has(host))
      const outcomes = await Promise.allSettled(missing.map((host) => this.#open(host)))
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
    })
  }

  async #open(host: string): Promise<void> {
    const door = await this.#maker.open(host, (socket) => this.#serve(socket))
    await new Promise<void>((resolve, reject) => {
      door.server.once('error', (error: NodeJS.ErrnoException) => (isAbsent(error) ? resolve() : reject(error)))
      door.server.listen({ host, port: this.#server.port, ipv6Only: host.includes(':') }, () => {
        // Such as EMFILE: the next connection may be accepted again.
        door.server.removeAllListeners('error').on('error', () => undefined)
        this.#doors.set(host, door)
        resolve()
      })
    })
  }

  /** What one device does must not keep others out. */
  #serve(socket: Socket): void {
    if (this.#sockets.size >= MOST_CONNECTIONS || this.#isGreedy(socket)) return void socket.destroy()
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    this.#server.serve(socket)
  }

  /** All visitors behind a proxy come from its address. */
  #isGreedy({ remoteAddress }: Socket): boolean {
    if (this.#maker.isForProxies) return false
    const theirs = [...this.#sockets].filter((socket) => socket.remoteAddress === remoteAddress)
    return theirs.length >= MOST_OF_AN_ADDRESS
  }

  #close(host: string): void {
    const door = this.#doors.get(host)
    this.#doors.delete(host)
    door?.server.close()
    door?.end()
  }
}

/** Accepts only trusted proxies, without TLS. */
export function proxyDoors(proxies: TrustedProxies): DoorMaker {
  return {
    isForProxies: true,
    async open(_host, serve) {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        if (proxies.has(socket.remoteAddress ?? '')) return serve(socket)
        socket.destroy()
      })
      return { server, end: () => undefined }
    },
  }
}

/** This computer does not have the address at the moment, or not this family of addresses. */
function isAbsent({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT'
}
