import type { Dispatcher } from 'undici'
import type { ExchangeContext } from './exchange-context.ts'
import { createMeter, type Meter } from './meter/meter.ts'
import { isModelList, ModelListFilter } from './model-list-filter.ts'
import type { Access } from './ports.ts'
import { refuse } from './refuse.ts'
import { discardBody } from './request-body.ts'
import { upstreamHeaders } from './request-headers.ts'
import { clientHeaders, single, type UpstreamHeaders } from './response-headers.ts'
import { Upload } from './upload.ts'
import type { Upstream } from './upstream.ts'
import { isStaleConnection, refusalOf } from './upstream-errors.ts'

/** A body that is streamed without an announced length is cut here; blobs, which are models, may be of any size. */
const STREAMED_LIMIT = 256 * 1024 * 1024
const LIMIT_WORDS = '256 MB'
const BLOB_ROUTE = '/api/blobs/:digest'

type Controller = Dispatcher.DispatchController
type BodyFilter = Pick<Meter, 'write' | 'flush'>

/**
 * One exchange with the upstream, as undici's handler: prepare once on a copy, attempt, finish. Pieces are passed on
 * as they come, with backpressure; each side that leaves ends the other.
 */
export class Forwarding implements Dispatcher.DispatchHandler {
  readonly #context: ExchangeContext
  readonly #access: Access
  readonly #upstream: Upstream
  #controller: Controller | undefined
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
    const { response } = this.#context
    this.#context.cut = (reason) => this.#cut(reason)
    response.once('close', () => this.#onClientClosed())
    this.#send(this.#prepare())
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller
    if (this.#ended) controller.abort(new Error('nobody waits for this answer any more'))
  }

  onResponseStart(controller: Controller, status: number, headers: UpstreamHeaders): void {
    if (status < 200 || this.#ended) return
    const { response, id } = this.#context
    this.#chooseFilter(status, headers)
    // A filter that changes the body makes the upstream's length wrong.
    const unchanged = this.#filter === this.#meter && !this.#context.askedForUsage
    response.writeHead(status, clientHeaders(headers, id, unchanged))
    // A stream's head must not wait for its first token; most often both come at once and leave in one piece.
    if (headers['content-length'] === undefined) setImmediate(() => this.#flushHead())
    void controller
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#ended) return
    const context = this.#context
    if (context.firstByteAt === 0) context.firstByteAt = performance.now()
    const out = this.#filter === undefined ? chunk : this.#filter.write(chunk)
    if (out === undefined || out.length === 0) return
    context.bytesOut += out.length
    if (context.response.write(out)) return
    controller.pause()
    context.response.once('drain', () => controller.resume())
  }

  onResponseEnd(): void {
    if (this.#ended) return
    this.#ended = true
    const context = this.#context
    if (context.firstByteAt === 0) context.firstByteAt = performance.now()
    const rest = this.#filter?.flush()
    context.bytesOut += rest?.length ?? 0
    this.#bookCounts()
    this.#judgeOutcome(context.response.statusCode)
    context.response.end(rest)
    if (!context.request.complete) this.#dropUnwantedUpload()
  }

  onResponseError(_controller: Controller, error: Error): void {
    if (this.#ended) return
    if (this.#mayRetry(error)) return this.#retry()
    this.#ended = true
    const context = this.#context
    if (!context.response.headersSent) return refuse(context, { refused: refusalOf(error) }, true)
    // Never a clean end for an answer that is not whole.
    this.#bookCounts()
    context.outcome = 'cut_off'
    context.reason = 'upstream_died'
    context.metered = false
    context.response.destroy()
  }

  #prepare(): Dispatcher.DispatchOptions {
    const context = this.#context
    const { config, headers, request } = context
    const target = this.#upstream.target(config.upstream)
    const lines = upstreamHeaders(headers, { host: target.host, credential: config.upstreamCredential })
    const options = {
      method: context.method as Dispatcher.HttpMethod,
      path: target.prefix + context.path + context.query,
      headers: lines,
    }
    if (context.body !== undefined) {
      context.bytesIn = context.body.length
      lines.push('content-length', String(context.body.length))
      return { ...options, body: context.body }
    }
    if (!context.hasBody) return { ...options, body: null }
    if (headers['content-encoding'] !== undefined) lines.push('content-encoding', headers['content-encoding'])
    if (headers['content-length'] !== undefined) lines.push('content-length', headers['content-length'])
    if (context.expectsContinue) context.response.writeContinue()
    return { ...options, body: new Upload(request, (bytes) => this.#countPiece(bytes)) }
  }

  #send(options: Dispatcher.DispatchOptions): void {
    this.#upstream.target(this.#context.config.upstream).pool.dispatch(options, this)
  }

  #countPiece(bytes: number): void {
    const context = this.#context
    context.bytesIn += bytes
    if (context.bytesIn > STREAMED_LIMIT && context.route?.path !== BLOB_ROUTE) this.#refuseTooLarge()
  }

  /** The upstream answered without reading everything: the rest is read away, but not for ever. */
  #dropUnwantedUpload(): void {
    const { request } = this.#context
    discardBody(request, () => {
      if (!request.complete) request.destroy()
    })
  }

  #refuseTooLarge(): void {
    if (this.#ended) return
    this.#ended = true
    this.#controller?.abort(new Error('the body is too large'))
    if (this.#context.response.headersSent) this.#context.response.destroy()
    else refuse(this.#context, { refused: 'body_too_large', detail: LIMIT_WORDS })
  }

  #chooseFilter(status: number, headers: UpstreamHeaders): void {
    const { route, method, path, key, askedForUsage } = this.#context
    if (method === 'HEAD' || status >= 400) return
    if (key !== undefined && key.models !== null && isModelList(path)) {
      this.#filter = new ModelListFilter(path, (model) => this.#access.mayUseModel(key, model))
      return
    }
    const shape = route?.meter ?? 'none'
    if (shape === 'none') return
    this.#meter = createMeter({ shape, contentType: single(headers['content-type']) ?? '', asked: askedForUsage })
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
    if (!this.#ended && bytesOut === 0) response.flushHeaders()
  }

  /** A POST is never sent twice: it may have been acted on. */
  #mayRetry(error: Error): boolean {
    const { method, hasBody, response } = this.#context
    const safe = (method === 'GET' || method === 'HEAD') && !hasBody
    return safe && !this.#retried && !response.headersSent && isStaleConnection(error)
  }

  #retry(): void {
    this.#retried = true
    this.#send(this.#prepare())
  }

  #onClientClosed(): void {
    if (this.#ended) return
    this.#ended = true
    this.#bookCounts()
    this.#controller?.abort(new Error('the client left'))
    const counts = this.#meter?.counts()
    // OpenAI's SDK leaves at `[DONE]`, before the connection says the same: it has had everything.
    if (counts?.complete && counts.metered) return
    this.#context.outcome = 'client_aborted'
    this.#context.reason = null
    if (counts !== undefined) this.#context.metered = false
  }

  /** Ends a running exchange because its key or origin may no longer go on. */
  #cut(reason: string): void {
    if (this.#ended) return
    this.#ended = true
    this.#bookCounts()
    this.#context.outcome = 'cut_off'
    this.#context.reason = reason
    this.#controller?.abort(new Error('the exchange was ended'))
    this.#context.response.destroy()
  }
}
