import type { Socket } from 'node:net'
import { IndexedList } from '../indexed-list.ts'
import { ClientConnection } from './client-connection.ts'

/**
 * Maximum number of open connections that have not presented a key. A new one replaces the oldest. So clients without a
 * key can neither use up the memory nor keep others out, because a client with a key presents it soon after it
 * connects.
 */
export const MOST_KEYLESS = 1_024

/** The connections of all clients. */
export class ClientConnections implements Iterable<ClientConnection> {
  readonly #all = new IndexedList<ClientConnection>()
  readonly #bySocket = new WeakMap<Socket, ClientConnection>()

  get size(): number {
    return this.#all.size
  }

  of(socket: Socket): ClientConnection | undefined {
    return this.#bySocket.get(socket)
  }

  open(socket: Socket): ClientConnection {
    if (this.#all.size >= MOST_KEYLESS) this.#makeRoom()
    const connection = new ClientConnection(socket)
    this.#bySocket.set(socket, connection)
    this.#all.add(connection)
    return connection
  }

  close(connection: ClientConnection): void {
    this.#all.delete(connection)
  }

  [Symbol.iterator](): Iterator<ClientConnection> {
    return this.#all[Symbol.iterator]()
  }

  #makeRoom(): void {
    const keyless = [...this.#all].filter(({ hasKey, socket }) => !hasKey && !socket.destroyed)
    if (keyless.length < MOST_KEYLESS) return
    const oldest = keyless.reduce((one, other) => (other.openedAt < one.openedAt ? other : one))
    oldest.socket.destroy()
  }
}
