import type { Refusal } from '#shared/decisions.ts'
import { ClientAnswer } from './client-answer.ts'
import type { Carrier, ExchangeContext } from './exchange-context.ts'
import { createMeter, type Meter } from './meter/meter.ts'
import { isModelList, ModelListFilter } from './model-list-filter.ts'
import type { Access } from './ports.ts'
import { refuse } from './refuse.ts'
import { discardBody } from './request-body.ts'
import { passOn, upstreamHeaders } from './request-headers.ts'
import { clientHeaders, valueOf } from './response-headers.ts'
import { Upload } from './upload.ts'
import { type AnswerHead, CHUNKED, UNTIL_CLOSE } from './upstream/answer-head.ts'
import type { Call, CallListener } from './upstream/call.ts'
import { requestHead } from './upstream/request-head.ts'
import type { Upstream } from './upstream.ts'
import { isStaleConnection, refusalOf } from './upstream-errors.ts'

/** A body that is streamed without an announced length is cut here; blobs, which are models, may be of any size. */
const STREAMED_LIMIT = 256 * 1024 * 1024
const LIMIT_WORDS = '256 MB'
const BLOB_ROUTE = '/api/blobs/:digest'
// Below this, copying a held body behind the head is cheaper than a second write.
const SMALL_BYTES = 16 * 1024

type BodyFilter = Pick<Meter, 'write' | 'flush'>

/**
 * One exchange with the upstream: prepare once on a copy, attempt, finish. Pieces are passed on as they come, with
 * backpressure; each side that leaves ends the other.
 */
export class Forwarding implements CallListener, Carrier {
  readonly #context: ExchangeContext
  readonly #access: Access
  readonly #upstream: Upstream
  #call: Call | undefined
  #upload: Upload | undefined
  #answer: ClientAnswer | undefined
  #meter: Meter | undefined
  #filter: BodyFilter | undefined
  #ended = false
  #retried = false

  constructor(options: { context: ExchangeContext; access: Access; upstream: Upstream }) {
    this.#context = options.context
    this.#access = options.access
    this.#upstream = options.upstream
  }

  start(): void {
    this.#context.carrier = this
    this.#send()
  }

  onHead({ status, lines, bodyLength }: AnswerHead): void {
    const context = this.#context
    this.#chooseFilter(status, lines)
    // A filter that changes the body makes the upstream's length wrong.
    const unchanged = this.#filter === this.#meter && !context.askedForUsage
    if (!context.writeHead(status, clientHeaders(lines, context.id, unchanged))) return this.#end()
    this.#answer = new ClientAnswer(context.response)
    // A stream's head must not wait for its first token; most often both come at once and leave in one piece.
    if (bodyLength === CHUNKED || bodyLength === UNTIL_CLOSE) setImmediate(() => this.#flushHead())
  }

  onData(piece: Buffer): void {
    const context = this.#context
    if (context.firstByteAt === 0) context.firstByteAt = performance.now()
    const out = this.#filter === undefined ? piece : this.#filter.write(piece)
    if (out === undefined || out.length === 0) return
    context.bytesOut += out.length
    if (this.#answer?.write(out) !== false) return
    this.#call?.pause()
    this.#answer.onDrain(() => this.#call?.resume())
  }

  onEnd(last: Buffer | undefined): void {
    this.#ended = true
    const context = this.#context
    if (context.firstByteAt === 0) context.firstByteAt = performance.now()
    const rest = this.#lastPiece(last)
    context.bytesOut += rest?.length ?? 0
    this.#bookCounts()
    this.#judgeOutcome(context.response.statusCode)
    this.#answer?.end(rest)
    if (!context.request.complete) this.#dropUnwantedUpload()
  }

  onError(error: Error): void {
    if (this.#mayRetry(error)) return this.#retry()
    this.#ended = true
    this.#upload?.stop()
    const context = this.#context
    if (!context.isAnswered) return refuse(context, { refused: refusalOf(error) }, true)
    // Never a clean end for an answer that is not whole.
    this.#bookCounts()
    context.outcome = 'cut_off'
    context.reason = 'upstream_died'
    context.metered = false
    context.response.destroy()
  }

  cut(reason: string): void {
    if (this.#ended) return
    this.#end()
    this.#bookCounts()
    this.#context.outcome = 'cut_off'
    this.#context.reason = reason
    this.#context.response.destroy()
  }

  refuseBody(refusal: Refusal): void {
    if (this.#ended) return
    this.#end()
    if (this.#context.isAnswered) this.#bookCounts()
    refuse(this.#context, refusal)
  }

  onFault(error: unknown): void {
    this.#context.fail(error)
  }

  onClientClosed(): void {
    if (this.#ended) return
    this.#end()
    this.#bookCounts()
    const counts = this.#meter?.counts()
    // OpenAI's SDK leaves at `[DONE]`, before the connection says the same: it has had everything.
    if (counts?.complete && counts.metered) return
    this.#context.outcome = 'client_aborted'
    this.#context.reason = null
    if (counts !== undefined) this.#context.metered = false
  }

  #send(): void {
    const context = this.#context
    const { config, headers, request, body } = context
    const target = this.#upstream.target(config.upstream)
    const lines = upstreamHeaders(headers, { host: target.host, credential: config.upstreamCredential })
    const isStreamed = body === undefined && context.hasBody
    const length = body === undefined ? headers['content-length'] : String(body.length)
    const chunked = isStreamed && length === undefined
    if (isStreamed) passOn(lines, 'content-encoding', headers['content-encoding'])
    if (chunked) lines.push('transfer-encoding', 'chunked')
    else if (length !== undefined) lines.push('content-length', length)
    const head = requestHead(context.method, target.prefix + context.path + context.query, lines)
    const call = target.pool.call(context.method, this)
    this.#call = call
    if (!isStreamed) return this.#sendHeld(call, head, body)
    context.askForBody()
    this.#upload = new Upload({ request, call, head, chunked, onPiece: (bytes) => this.#countPiece(bytes) })
  }

  #sendHeld(call: Call, head: string, body: Buffer | undefined): void {
    this.#context.bytesIn = body?.length ?? 0
    if (body === undefined || body.length <= SMALL_BYTES) call.write(head + (body?.toString('latin1') ?? ''))
    else {
      call.write(head)
      call.write(body)
    }
    call.markSent()
  }

  #lastPiece(last: Buffer | undefined): Buffer | undefined {
    const filter = this.#filter
    if (filter === undefined) return last
    const passed = last && filter.write(last)
    const held = filter.flush()
    if (passed === undefined || held === undefined) return passed ?? held
    return Buffer.concat([passed, held])
  }

  #countPiece(bytes: number): void {
    const context = this.#context
    context.bytesIn += bytes
    if (context.bytesIn > STREAMED_LIMIT && context.route?.path !== BLOB_ROUTE)
      this.refuseBody({ refused: 'body_too_large', detail: LIMIT_WORDS })
  }

  /** The upstream answered without reading everything: the rest is read away, but not for ever. */
  #dropUnwantedUpload(): void {
    const { request } = this.#context
    this.#upload?.stop()
    discardBody(request, () => {
      if (!request.complete) request.destroy()
    })
  }

  #chooseFilter(status: number, lines: readonly string[]): void {
    const { route, method, path, key, askedForUsage } = this.#context
    if (method === 'HEAD' || status >= 400) return
    if (key !== undefined && key.models !== null && isModelList(path)) {
      this.#filter = new ModelListFilter(path, (model) => this.#access.mayUseModel(key, model))
      return
    }
    const shape = route?.meter ?? 'none'
    if (shape === 'none') return
    this.#meter = createMeter({ shape, contentType: valueOf(lines, 'content-type') ?? '', asked: askedForUsage })
    this.#filter = this.#meter
  }

  #bookCounts(): void {
    const counts = this.#meter?.counts()
    if (counts === undefined) return
    const context = this.#context
    context.model = counts.model ?? context.model
    context.promptTokens = counts.promptTokens
    context.completionTokens = counts.completionTokens
    context.metered = counts.metered
    if (counts.failed) {
      context.outcome = 'upstream_error'
      context.reason = 'error_in_stream'
    }
  }

  #judgeOutcome(status: number): void {
    if (status < 400) return
    this.#context.outcome = 'upstream_error'
    this.#context.reason = `upstream_${status}`
  }

  #flushHead(): void {
    const { response, bytesOut } = this.#context
    if (this.#ended || bytesOut > 0) return
    try {
      response.flushHeaders()
    } catch (error) {
      this.onFault(error)
    }
  }

  /** A POST is never sent twice: it may have been acted on. */
  #mayRetry(error: Error): boolean {
    const { method, hasBody, isAnswered } = this.#context
    const safe = (method === 'GET' || method === 'HEAD') && !hasBody
    return safe && !this.#retried && !isAnswered && isStaleConnection(error)
  }

  #retry(): void {
    this.#retried = true
    this.#send()
  }

  /** Stops both sides: nobody waits for this answer any more. */
  #end(): void {
    this.#ended = true
    this.#upload?.stop()
    this.#call?.abort()
  }
}
