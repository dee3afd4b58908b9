import type { Socket } from 'node:net'

// Node hands over pipelined requests as soon as they are parsed, also behind an answer that closes the connection.
const condemned = new WeakSet<Socket>()

/** Nothing that still comes on this connection is a request. */
export function condemn(socket: Socket): void {
  condemned.add(socket)
}

export function isCondemned(socket: Socket): boolean {
  return condemned.has(socket)
}
