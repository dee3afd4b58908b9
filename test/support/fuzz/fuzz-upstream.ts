import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { Random } from './random.ts'
import { makeAnswer } from './upstream-answers.ts'

export interface UpstreamRequest {
  /** The case that the request names. */
  readonly id: string
  readonly method: string
  /** One character per byte. */
  readonly head: string
  readonly body: string
}

export interface FuzzUpstream {
  readonly url: string
  readonly received: UpstreamRequest[]
  /** Errors of the gateway in this request. */
  readonly faults: string[]
  close(): void
}

const HEAD_END = '\r\n\r\n'
const REQUEST_LINE = /^([A-Z]+) \/[!-~]* HTTP\/1\.1$/
const LINE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+: [\t\x20-\x7e\x80-\xff]*$/

/** An upstream on raw sockets. The case and the seed of a request determine its answer. */
export async function startFuzzUpstream(seed: number): Promise<FuzzUpstream> {
  const received: UpstreamRequest[] = []
  const faults: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    serve(socket, { seed, received, faults })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    faults,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

function serve(
  socket: Socket,
  { seed, received, faults }: { seed: number; received: UpstreamRequest[]; faults: string[] },
): void {
  let text = ''
  let answered = false
  socket.on('data', (piece: Buffer) => {
    text += piece.toString('latin1')
    // The next request may come as soon as an early answer is whole, together with the rest of the one before.
    while (takeNext()) {}
  })

  function takeNext(): boolean {
    const end = text.indexOf(HEAD_END)
    if (end < 0) return false
    const head = readHead(text.slice(0, end))
    if (typeof head === 'string') return faults.push(head) < 0
    const random = new Random(seed ^ hash(text.slice(0, text.indexOf('\r\n')) + head.id))
    const answer = makeAnswer(random, head.id, head.method)
    const length = bodyEnd(head, text.slice(end + HEAD_END.length))
    if (!answered && (length !== undefined || answer.isEarly)) {
      answered = true
      void say(socket, answer)
    }
    if (length === undefined) return false
    const whole = end + HEAD_END.length + length
    received.push({ id: head.id, method: head.method, head: text.slice(0, end), body: text.slice(end, whole) })
    text = text.slice(whole)
    answered = false
    return true
  }
}

async function say(socket: Socket, { pieces, ending }: ReturnType<typeof makeAnswer>): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return
    socket.write(piece, 'latin1')
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (ending === 'close') socket.end()
  if (ending === 'reset') socket.resetAndDestroy()
}

interface Head {
  readonly id: string
  readonly method: string
  readonly length: number | 'chunked'
}

function readHead(text: string): Head | string {
  const [first = '', ...lines] = text.split('\r\n')
  const method = REQUEST_LINE.exec(first)?.[1]
  const odd = lines.find((line) => !LINE.test(line))
  if (method === undefined || odd !== undefined) return `the upstream was sent: ${JSON.stringify(odd ?? first)}`
  const valueOf = (name: string) =>
    lines.filter((line) => line.toLowerCase().startsWith(`${name}: `)).map((line) => line.slice(name.length + 2))
  const [lengths, codings] = [valueOf('content-length'), valueOf('transfer-encoding')]
  if (lengths.length + codings.length > 1) return `the upstream was sent two lengths: ${JSON.stringify(text)}`
  const length = codings.length > 0 ? 'chunked' : Number(lengths[0] ?? 0)
  return { id: valueOf('x-case')[0] ?? '', method, length }
}

function bodyEnd({ length }: Head, body: string): number | undefined {
  if (length !== 'chunked') return body.length < length ? undefined : length
  // By the sizes, because the data of a chunk can look like the last one.
  for (let at = 0; ; ) {
    const line = body.indexOf('\r\n', at)
    if (line < 0) return undefined
    const size = Number.parseInt(body.slice(at, line), 16)
    at = line + 2 + size + 2
    if (at > body.length) return undefined
    if (size === 0) return at
  }
}

function hash(text: string): number {
  let value = 0
  for (const letter of text) value = (Math.imul(value, 31) + letter.charCodeAt(0)) | 0
  return value
}
