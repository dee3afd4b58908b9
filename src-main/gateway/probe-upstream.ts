import { AnswerDecoder, codingsOf } from './answer-decoder.ts'
import type { AnswerHead } from './upstream/answer-head.ts'
import type { CallListener } from './upstream/call.ts'
import type { ConnectionPool } from './upstream/connection-pool.ts'
import { requestHead } from './upstream/request-head.ts'

const PROBE_MS = 3_000
const PROBE_LIMIT = 4 * 1024 * 1024

export interface ProbeAnswer {
  readonly status: number
  readonly body: string
}

/** GETs a path, or POSTs JSON to it; undefined when there is no answer within 3 seconds, or one that is too long. */
export function probeUpstream(
  { pool, host, prefix }: { pool: ConnectionPool; host: string; prefix: string },
  path: string,
  credential: string | null,
  body?: string,
): Promise<ProbeAnswer | undefined> {
  return new Promise((resolve) => {
    const answer = new Probe((found) => {
      clearTimeout(deadline)
      call.abort()
      resolve(found)
    })
    const method = body === undefined ? 'GET' : 'POST'
    const call = pool.call(method, answer)
    const deadline = setTimeout(() => answer.give(undefined), PROBE_MS)
    const lines = [
      'host',
      host,
      'connection',
      'keep-alive',
      'accept-encoding',
      'identity',
      ...(credential === null ? [] : ['authorization', credential]),
      ...(body === undefined
        ? []
        : ['content-type', 'application/json', 'content-length', `${Buffer.byteLength(body)}`]),
    ]
    // One character per byte.
    call.write(requestHead(method, prefix + path, lines) + Buffer.from(body ?? '').toString('latin1'))
    call.markSent()
  })
}

class Probe implements CallListener {
  readonly give: (answer: ProbeAnswer | undefined) => void
  readonly #pieces: Buffer[] = []
  #size = 0
  #status = 0
  #decoder: AnswerDecoder | undefined

  constructor(give: (answer: ProbeAnswer | undefined) => void) {
    this.give = give
  }

  onHead({ status, contentEncoding = '' }: AnswerHead): void {
    this.#status = status
    const codings = codingsOf(contentEncoding)
    if (codings === undefined) return this.give(undefined)
    if (codings.length === 0) return
    // As long as the longest answer that is taken, so it need not be held back.
    const source = { pause: () => undefined, resume: () => undefined }
    this.#decoder = new AnswerDecoder({
      codings,
      source,
      onData: (piece) => this.#take(piece),
      onEnd: () => this.#finish(),
      onDamage: () => this.give(undefined),
    })
  }

  onData(piece: Buffer): void {
    if (this.#decoder === undefined) this.#take(piece)
    else this.#decoder.write(piece)
  }

  onEnd(last: Buffer | undefined): void {
    if (last !== undefined) this.onData(last)
    if (this.#decoder === undefined) this.#finish()
    else this.#decoder.end()
  }

  onError(): void {
    this.give(undefined)
  }

  onFault(): void {
    this.give(undefined)
  }

  #take(piece: Buffer): void {
    this.#size += piece.length
    if (this.#size > PROBE_LIMIT) this.give(undefined)
    else this.#pieces.push(piece)
  }

  #finish(): void {
    this.give({ status: this.#status, body: Buffer.concat(this.#pieces).toString('utf8') })
  }
}
