import { isIP } from 'node:net'
import { connect } from 'node:tls'
import type { UpstreamFault } from '#shared/gateway/refusals.ts'
import type { ProbeAnswer } from '#shared/upstreams/version-answer.ts'
import type { AnswerHead, CallListener, Transport } from '../transport.ts'
import { AnswerDecoder, codingsOf } from './answer-decoder.ts'
import { isAboutCertificate } from './upstream-errors.ts'
import { type AskedUpstream, mayBeAboutUs, verdictOf } from './upstream-verdict.ts'

const PROBE_MS = 3_000
const HANDSHAKE_MS = 2_000
const PROBE_LIMIT = 4 * 1024 * 1024

/**
 * GETs a path, or POSTs JSON to it. Returns undefined without an answer within 3 seconds, or if the answer is too long.
 */
export function probeUpstream(
  { transport, host, prefix }: { transport: Transport; host: string; prefix: string },
  path: string,
  asked: AskedUpstream,
  faultOf: (error: Error) => UpstreamFault | Promise<UpstreamFault>,
  body?: string,
): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    const answer = new Probe({
      asked,
      faultOf,
      give: (found) => {
        clearTimeout(deadline)
        call.abort()
        resolve(found)
      },
    })
    const lines = ['host', host, 'connection', 'keep-alive', 'accept-encoding', 'identity']
    if (asked.upstreamCredential !== null) lines.push('authorization', asked.upstreamCredential)
    if (body !== undefined) lines.push('content-type', 'application/json')
    const bytes = body === undefined ? undefined : Buffer.from(body)
    const method = bytes === undefined ? 'GET' : 'POST'
    const request = { method, target: prefix + path, lines, bodyLength: bytes?.length, needsNewConnection: false }
    const call = transport.call(request, answer)
    const deadline = setTimeout(() => answer.give(undefined), PROBE_MS)
    call.end(bytes)
  })
}

interface ProbeOptions {
  readonly asked: AskedUpstream
  readonly faultOf: (error: Error) => UpstreamFault | Promise<UpstreamFault>
  readonly give: (answer: ProbeAnswer) => void
}

class Probe implements CallListener {
  readonly give: (answer: ProbeAnswer) => void
  readonly #asked: AskedUpstream
  readonly #faultOf: ProbeOptions['faultOf']
  readonly #pieces: Buffer[] = []
  #size = 0
  #head: AnswerHead | undefined
  #decoder: AnswerDecoder | undefined

  constructor({ asked, faultOf, give }: ProbeOptions) {
    this.#asked = asked
    this.#faultOf = faultOf
    this.give = give
  }

  onHead(head: AnswerHead): void {
    this.#head = head
    const codings = codingsOf(head.contentEncoding ?? '')
    if (codings === undefined) return this.give({ fault: 'upstream_unreadable' })
    if (codings.length === 0) return
    this.#decoder = new AnswerDecoder({
      codings,
      // The answer's size is bounded, so it needs no backpressure.
      source: { pause: () => undefined, resume: () => undefined },
      onData: (piece) => this.#take(piece),
      onEnd: () => this.#finish(),
      onDamage: () => this.give({ fault: 'upstream_unreadable' }),
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

  onError(error: Error): void {
    const fault = this.#faultOf(error)
    if (typeof fault === 'string') this.give({ fault })
    else void fault.then((found) => this.give({ fault: found }))
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
    const head = this.#head as AnswerHead
    const body = Buffer.concat(this.#pieces)
    const verdict = mayBeAboutUs(head, this.#asked) ? verdictOf(head, body, this.#asked) : undefined
    this.give(verdict === undefined ? { status: head.status, body: body.toString('utf8') } : { fault: verdict.refused })
  }
}

/**
 * Resolves to true if a server speaks TLS, because many close a plain connection without an answer. Sends only the
 * handshake. An untrusted certificate is an answer too.
 */
export function speaksTls(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) })
  socket
    .setTimeout(HANDSHAKE_MS)
    .on('secureConnect', () => resolve(true))
    .on('error', (error: Error) => resolve(isAboutCertificate(error)))
    .on('timeout', () => resolve(false))
    .on('close', () => resolve(false))
  return promise.finally(() => socket.destroy())
}
