import type { Socket } from 'node:net'
import { shakeHands } from './load/handshakes.ts'
import { open } from './load/open.ts'
import { percentile } from './statistics.ts'
import type { LoadJob, LoadResult, RequestPlan, Target } from './traffic.ts'

// A separate process that sends requests over raw keep-alive connections and times the answers.

const END_OF_HEAD = Buffer.from('\r\n\r\n')
const LAST_CHUNK = Buffer.from('0\r\n\r\n')

interface Tally {
  readonly times: number[]
  readonly chunkTimes: number[]
  readonly each: [writtenAt: number, delay: number][]
  readonly statuses: Record<string, number>
}

/** One connection with one request at a time. */
class Client {
  readonly #socket: Socket
  readonly #request: Buffer
  readonly #tally: Tally
  readonly #isStream: boolean
  readonly #isKept: boolean
  #sentAt = 0
  #sawBody = false
  #isBusy = false
  #tail = Buffer.alloc(0)
  /** Remaining body bytes; -1 while a chunked body has not ended; undefined before the head. */
  #left: number | undefined
  #onEnd: () => void = () => undefined

  constructor(socket: Socket, options: { request: Buffer; tally: Tally; isStream: boolean; isKept: boolean }) {
    this.#socket = socket
    this.#request = options.request
    this.#tally = options.tally
    this.#isStream = options.isStream
    this.#isKept = options.isKept
    socket.on('data', (piece: Buffer) => this.#take(piece))
    socket.on('close', () => {
      if (!this.#isBusy) return
      this.#count('closed')
      this.#end()
    })
  }

  send(onEnd: () => void): void {
    if (this.#socket.destroyed) {
      this.#count('closed')
      return void setImmediate(onEnd)
    }
    this.#onEnd = onEnd
    this.#isBusy = true
    this.#left = undefined
    this.#sawBody = false
    this.#tail = Buffer.alloc(0)
    this.#sentAt = nowMicroseconds()
    this.#socket.write(this.#request)
  }

  #take(piece: Buffer): void {
    let body = piece
    if (this.#left === undefined) {
      // Every subject sends a head in one piece.
      const end = piece.indexOf(END_OF_HEAD)
      const head = piece.toString('latin1', 0, end)
      const status = head.slice(9, 12)
      this.#count(status)
      this.#left = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? -1)
      body = piece.subarray(end + 4)
    }
    if (body.length > 0) this.#takeBody(body)
    if (this.#left === 0 || (this.#left < 0 && this.#isLast(body))) this.#end()
  }

  /** The end of a chunked body can arrive in two pieces. */
  #isLast(body: Buffer): boolean {
    this.#tail = Buffer.concat([this.#tail, body.subarray(-LAST_CHUNK.length)]).subarray(-LAST_CHUNK.length)
    return this.#tail.equals(LAST_CHUNK)
  }

  #takeBody(body: Buffer): void {
    if (this.#left !== undefined && this.#left > 0) this.#left -= body.length
    if (!this.#isStream) return
    const now = nowMicroseconds()
    if (!this.#sawBody) this.#tally.times.push(now - this.#sentAt)
    this.#sawBody = true
    for (const match of body.toString('latin1').matchAll(/"t":(\d+)/g)) {
      const writtenAt = Number(match[1])
      this.#tally.chunkTimes.push(now - writtenAt)
      if (this.#isKept) this.#tally.each.push([writtenAt, now - writtenAt])
    }
  }

  #count(status: string): void {
    this.#tally.statuses[status] = (this.#tally.statuses[status] ?? 0) + 1
  }

  #end(): void {
    this.#isBusy = false
    if (!this.#isStream) this.#tally.times.push(nowMicroseconds() - this.#sentAt)
    this.#onEnd()
  }
}

const held: Socket[] = []

async function run(job: LoadJob): Promise<LoadResult> {
  const tally: Tally = { times: [], chunkTimes: [], each: [], statuses: {} }
  if (job.kind === 'handshakes') await shakeHands(job, tally.statuses)
  else if (job.kind === 'release') for (const socket of held.splice(0)) socket.destroy()
  else await ask(job, tally)
  return resultOf(tally)
}

async function ask(job: Exclude<LoadJob, { kind: 'handshakes' | 'release' }>, tally: Tally): Promise<void> {
  const isStream = job.kind === 'streams'
  const isKept = isStream && job.each === true
  const count = isStream ? job.streams : job.connections
  const request = requestBytes(job.plan)
  const sockets = await openAll(job, count)
  const clients = sockets.map((socket) => new Client(socket, { request, tally, isStream, isKept }))
  if (isStream) await Promise.all(clients.map((client, at) => startLater(client, at, count)))
  else await sendAll(clients, job.kind === 'hold' ? count : job.total)
  if (job.kind === 'hold') held.push(...sockets)
  else for (const socket of sockets) socket.destroy()
}

function resultOf(tally: Tally): LoadResult {
  return {
    p50: percentile(tally.times, 50),
    p99: percentile(tally.times, 99),
    chunkP50: percentile(tally.chunkTimes, 50),
    chunkP99: percentile(tally.chunkTimes, 99),
    chunks: tally.chunkTimes.length,
    statuses: tally.statuses,
    ...(tally.each.length > 0 ? { each: tally.each } : {}),
  }
}

function sendAll(clients: readonly Client[], total: number): Promise<void> {
  let left = total
  let running = 0
  return new Promise((resolve) => {
    const next = (client: Client) => {
      if (left > 0) {
        left--
        running++
        client.send(() => {
          running--
          next(client)
        })
      } else if (running === 0) resolve()
    }
    for (const client of clients) next(client)
  })
}

// Streams of different people do not run in step.
const SPREAD_MS = 500

function startLater(client: Client, at: number, count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(() => client.send(resolve), (at * SPREAD_MS) / count))
}

/** Few handshakes at a time, because servers bound their number. */
const OPENED_AT_ONCE = 20

async function openAll(target: Target, count: number): Promise<Socket[]> {
  if (target.tlsAddress === undefined) return Promise.all(Array.from({ length: count }, () => open(target)))
  const sockets: Socket[] = []
  while (sockets.length < count) {
    const next = Math.min(OPENED_AT_ONCE, count - sockets.length)
    sockets.push(...(await Promise.all(Array.from({ length: next }, () => open(target)))))
  }
  return sockets
}

function requestBytes({ method, path, secret, bodyBytes, json }: RequestPlan): Buffer {
  // Like a browser extension's request.
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost:11500',
    'Connection: keep-alive',
    `Authorization: Bearer ${secret}`,
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
    'Content-Type: application/json',
    'Accept: */*',
    'Accept-Encoding: gzip, deflate, br, zstd',
    'Accept-Language: en-GB,en;q=0.9',
    `Content-Length: ${bodyBytes}`,
  ]
  // The blanks are inside the object, because strict parsers refuse text after an object.
  const body = bodyBytes === 0 ? '' : `${json.slice(0, -1)}${' '.repeat(bodyBytes - json.length)}}`
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1')
}

function nowMicroseconds(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

process.on('message', (job: LoadJob) => void run(job).then((result) => process.send?.(result)))
process.on('SIGTERM', () => process.exit(0))
process.on('disconnect', () => process.exit(0))
