import { type AddressInfo, createServer, type Socket } from 'node:net'
import { BLOB_BYTES, BLOB_PATH, STREAM_PATH } from './traffic.ts'

// A separate process that answers like Ollama, from memory and without an HTTP library, so that it is never the
// bottleneck. It understands only the requests of the subjects.

const END_OF_HEAD = Buffer.from('\r\n\r\n')
const LAST_CHUNK = Buffer.from('0\r\n\r\n')
const SMALL = smallAnswer()
const VERSION = json('{"version":"0.30.0"}')
const TAGS = json('{"models":[{"name":"bench:latest","digest":"bench"}]}')
const PIECE = Buffer.alloc(64 * 1024, 'x')

function smallAnswer(): Buffer {
  const counts = { done: true, done_reason: 'stop', prompt_eval_count: 26, eval_count: 298 }
  const answer = {
    model: 'bench',
    created_at: '2026-08-01T00:00:00Z',
    message: { role: 'assistant', content: '' },
    ...counts,
  }
  answer.message.content = 'word '.repeat(204).slice(0, 1024 - JSON.stringify(answer).length)
  return json(JSON.stringify(answer))
}

function json(body: string): Buffer {
  return Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nDate: Sat, 01 Aug 2026 00:00:00 GMT\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
}

/** Parses the requests on one connection. */
class Conversation {
  readonly #socket: Socket
  #head: Buffer = Buffer.alloc(0)
  #path = ''
  #prompt = ''
  /** Remaining body bytes; -1 while a chunked body has not ended. */
  #left = 0
  #inBody = false
  /** The last bytes of a chunked body, whose end can arrive in two pieces. */
  #tail = Buffer.alloc(0)

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    socket.on('data', (piece: Buffer) => (this.#inBody ? this.#takeBody(piece) : this.#takeHead(piece)))
  }

  #takeHead(piece: Buffer): void {
    this.#head = this.#head.length === 0 ? piece : Buffer.concat([this.#head, piece])
    const end = this.#head.indexOf(END_OF_HEAD)
    if (end < 0) return
    const head = this.#head.toString('latin1', 0, end)
    const rest = this.#head.subarray(end + 4)
    this.#head = Buffer.alloc(0)
    this.#path = head.slice(head.indexOf(' ') + 1, head.indexOf(' HTTP/'))
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)
    const chunked = /\r\ntransfer-encoding: *chunked/i.test(head)
    this.#left = chunked ? -1 : Number(length?.[1] ?? 0)
    if (this.#left === 0) return this.#answer()
    this.#inBody = true
    if (rest.length > 0) this.#takeBody(rest)
  }

  #takeBody(piece: Buffer): void {
    if (this.#path === STREAM_PATH) this.#prompt += piece.toString('latin1')
    if (this.#left > 0) {
      this.#left -= piece.length
      if (this.#left > 0) return
    } else {
      this.#tail = Buffer.concat([this.#tail, piece.subarray(-LAST_CHUNK.length)]).subarray(-LAST_CHUNK.length)
      if (!this.#tail.equals(LAST_CHUNK)) return
    }
    this.#tail = Buffer.alloc(0)
    this.#inBody = false
    this.#answer()
  }

  #answer(): void {
    if (this.#path === STREAM_PATH) this.#stream()
    else if (this.#path === BLOB_PATH) this.#sendBlob()
    else if (this.#path === '/api/version') this.#socket.write(VERSION)
    else if (this.#path === '/api/tags') this.#socket.write(TAGS)
    else this.#socket.write(SMALL)
  }

  #sendBlob(): void {
    const socket = this.#socket
    let left = BLOB_BYTES
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: ${left}\r\n\r\n`)
    const push = () => {
      while (left > 0) {
        left -= PIECE.length
        if (!socket.write(PIECE)) return void (left > 0 && socket.once('drain', push))
      }
    }
    push()
  }

  #stream(): void {
    const [, chunks = '1', everyMs = '20'] = /"prompt":"(\d+) (\d+)"/.exec(this.#prompt) ?? []
    this.#prompt = ''
    this.#socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n')
    pace({ socket: this.#socket, left: Number(chunks), everyMs: Number(everyMs), next: nowMs() })
  }
}

interface Pace {
  readonly socket: Socket
  readonly everyMs: number
  left: number
  next: number
}

const paces = new Set<Pace>()
let ticking: NodeJS.Timeout | undefined

/** One timer for all streams: hundreds of timers would make the upstream the bottleneck. */
function pace(stream: Pace): void {
  paces.add(stream)
  sendDue(stream, nowMs())
  ticking ??= setInterval(tick, 1)
}

function tick(): void {
  const now = nowMs()
  for (const stream of paces) sendDue(stream, now)
  if (paces.size > 0) return
  clearInterval(ticking)
  ticking = undefined
}

function sendDue(stream: Pace, now: number): void {
  if (stream.socket.destroyed) return void paces.delete(stream)
  if (now < stream.next) return
  // A late timer does not catch up: the pace matters, not the total.
  stream.next = Math.max(stream.next + stream.everyMs, now)
  stream.left--
  stream.socket.write(chunkOf(line(stream.left === 0)))
  if (stream.left > 0) return
  stream.socket.write(LAST_CHUNK)
  paces.delete(stream)
}

/** `t` is the time of writing, in microseconds on the clock that all processes of a computer share. */
function line(last: boolean): string {
  const counts = last ? ',"prompt_eval_count":26,"eval_count":298' : ''
  return `{"model":"bench","created_at":"2026-08-01T00:00:00Z","response":" word","t":${process.hrtime.bigint() / 1000n},"done":${last}${counts}}\n`
}

function chunkOf(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`
}

function nowMs(): number {
  return performance.now()
}

const server = createServer((socket) => new Conversation(socket))
server.listen(0, '127.0.0.1', 4096, () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('SIGTERM', () => process.exit(0))
process.on('disconnect', () => process.exit(0))
