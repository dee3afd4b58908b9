import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { join } from 'node:path'
import {
  type BusCall,
  type BusMessage,
  type BusValue,
  decodeMessage,
  encodeCall,
  messageLength,
} from './bus-message.ts'

// Our own code, because the available libraries use 14 MB of memory for one question, and this has to run all day.

/** No message that this client reads is larger. */
const MAX_MESSAGE_BYTES = 65_536
const BUS = { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus' }

export type Environment = Readonly<Record<string, string | undefined>>

export interface SessionBusOptions {
  readonly env: Environment
  readonly onSignal: (signal: BusMessage) => void
  /** Called when the bus disconnects or sends an invalid message, but not after `close`. */
  readonly onEnd: () => void
}

interface Waiting {
  resolve(body: readonly BusValue[]): void
  reject(error: Error): void
}

/** A connection to the person's session bus. It uses no processor time while the bus is silent. */
export class SessionBus {
  readonly #socket: Socket
  readonly #options: SessionBusOptions
  readonly #waiting = new Map<number, Waiting>()
  #unread: Buffer = Buffer.alloc(0)
  #lastSerial = 0

  private constructor(socket: Socket, options: SessionBusOptions) {
    this.#socket = socket
    this.#options = options
  }

  /** Rejects if there is no session bus, or if it refuses this user. */
  static async connect(options: SessionBusOptions): Promise<SessionBus> {
    const socket = createConnection(socketOf(options.env))
    try {
      await once(socket, 'connect')
      await authenticate(socket)
    } catch (error) {
      socket.destroy()
      throw error
    }
    const bus = new SessionBus(socket, options)
    socket.on('data', (bytes) => bus.#read(bytes))
    socket.on('error', () => {})
    socket.once('close', () => bus.#end())
    await bus.call({ ...BUS, member: 'Hello', body: [] })
    return bus
  }

  /**
   * Resolves to the values of the answer. Rejects if the bus answers with an error, such as that the name has no owner.
   */
  call(call: BusCall): Promise<readonly BusValue[]> {
    if (this.#socket.destroyed) return Promise.reject(new Error('the session bus has gone'))
    const serial = ++this.#lastSerial
    return new Promise((resolve, reject) => {
      this.#waiting.set(serial, { resolve, reject })
      this.#socket.write(encodeCall(serial, call))
    })
  }

  /** Passes matching signals to `onSignal` from now on. `rule`: "Match Rules" of the specification. */
  async listen(rule: Readonly<Record<string, string>>): Promise<void> {
    const terms = Object.entries({ type: 'signal', ...rule }).map(([name, value]) => `${name}='${value}'`)
    await this.call({ ...BUS, member: 'AddMatch', body: [terms.join(',')] })
  }

  close(): void {
    this.#socket.removeAllListeners('close').destroy()
    this.#abandon()
  }

  #read(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes])
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) this.#take(decodeMessage(next))
    } catch {
      this.#socket.destroy()
    }
  }

  #next(): Buffer | undefined {
    const length = messageLength(this.#unread)
    if (length !== undefined && length > MAX_MESSAGE_BYTES) throw new RangeError('a message of the bus is too long')
    if (length === undefined || length > this.#unread.length) return undefined
    const message = this.#unread.subarray(0, length)
    this.#unread = this.#unread.subarray(length)
    return message
  }

  #take(message: BusMessage): void {
    if (message.type === 'signal') return this.#options.onSignal(message)
    const waiting = this.#waiting.get(message.replySerial ?? 0)
    if (waiting === undefined) return
    this.#waiting.delete(message.replySerial ?? 0)
    if (message.type === 'return') waiting.resolve(message.body)
    else waiting.reject(new Error(String(message.body[0] ?? 'the bus refused the call')))
  }

  #end(): void {
    this.#abandon()
    this.#options.onEnd()
  }

  #abandon(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('the session bus has gone'))
    this.#waiting.clear()
  }
}

/** "Authentication Protocol" of the specification: the kernel tells the bus who is at the other end of the socket. */
async function authenticate(socket: Socket): Promise<void> {
  const user = Buffer.from(String(process.getuid?.())).toString('hex')
  socket.write(`\0AUTH EXTERNAL ${user}\r\n`)
  const [answer] = (await Promise.race([once(socket, 'data'), once(socket, 'close')])) as [unknown]
  if (!String(answer).startsWith('OK ')) throw new Error('the session bus does not let this user in')
  socket.write('BEGIN\r\n')
}

/** "Server Addresses" of the specification. Throws if no address is a socket on this computer. */
function socketOf(env: Environment): string {
  const { DBUS_SESSION_BUS_ADDRESS: addresses, XDG_RUNTIME_DIR: runtime } = env
  for (const address of (addresses ?? '').split(';')) {
    const [, kind, value = ''] = /^unix:(?:.*,)?(path|abstract)=([^,]+)/.exec(address) ?? []
    // A name in the abstract namespace begins with NUL.
    if (kind !== undefined) return `${kind === 'abstract' ? '\0' : ''}${decodeURIComponent(value)}`
  }
  if (!addresses && runtime) return join(runtime, 'bus')
  throw new Error('this session has no message bus')
}
