import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'

const FULL_MS = 700

type Closers = (() => unknown)[]

/** The port of a server that takes connections, and reads nothing; `onSocket` says what becomes of them. */
export async function startTaker(closers: Closers, onSocket: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = []
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.push(socket.on('error', () => undefined))
    onSocket(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}

/** A port whose queue of connections is full: what asks for one more gets no answer. */
export async function startFullPort(closers: Closers): Promise<number> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads')
     const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port)
       setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
     })`,
    { eval: true },
  )
  closers.push(() => worker.terminate())
  const [port] = (await once(worker, 'message')) as [number]
  while (await connects(port, closers)) {}
  return port
}

/** False if no answer has come for so long that none will. */
function connects(port: number, closers: Closers): Promise<boolean> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  closers.push(() => socket.destroy())
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), FULL_MS)
    socket.once('connect', () => resolve(true))
  })
}
