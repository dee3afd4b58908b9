import type { Refusal } from '#shared/gateway/decisions.ts'
import type { UpstreamFault } from '#shared/gateway/refusals.ts'
import { modelListAt } from '#shared/gateway/routes.ts'
import { discardBody } from '../client/request-body.ts'
import type { Carrier, ExchangeContext } from '../exchange-context.ts'
import { passOn, upstreamHeaders } from '../head/request-headers.ts'
import { type BodyChange, clientHeaders, valueOf } from '../head/response-headers.ts'
import { type AnswerHead, CHUNKED, UNTIL_CLOSE } from '../http1/answer-head.ts'
import type { Call, CallListener } from '../http1/call.ts'
import { requestHead } from '../http1/request-head.ts'
import { sayHowLongKept } from '../local-answer.ts'
import { createMeter, type Meter } from '../meter/meter.ts'
import { ModelWatch } from '../meter/model-watch.ts'
import type { Access } from '../ports.ts'
import { refuse } from '../refuse.ts'
import { AnswerDecoder, type Coding, codingsOf } from './answer-decoder.ts'
import { ClientAnswer } from './client-answer.ts'
import { HeldAnswer } from './held-answer.ts'
import { ModelListFilter } from './model-list-filter.ts'
import { Upload } from './upload.ts'
import type { Upstream } from './upstream.ts'
import { isStaleConnection } from './upstream-errors.ts'
import { mayBeAboutUs, verdictOf } from './upstream-verdict.ts'

/** A body that is streamed without an announced length is cut here; some routes have no bound. */
const STREAMED_LIMIT = 256 * 1024 * 1024
const LIMIT_WORDS = '256 MB'
const MOST_TOKENS = 1_000_000_000
// Below this, copying a held body behind the head is cheaper than a second write.
const SMALL_BYTES = 16 * 1024
const NO_CODINGS: readonly Coding[] = []

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
  #list: ModelListFilter | undefined
  /** Of a list that is held back, so that one that cannot be read is no half answer. */
  #listHead: AnswerHead | undefined
  #held: HeldAnswer | undefined
  #decoder: AnswerDecoder | undefined
  #modelWatch: ModelWatch | undefined
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

  onHead(head: AnswerHead): void {
    const codings = head.contentEncoding === undefined ? NO_CODINGS : codingsToUndo(head)
    this.#chooseFilter(head, codings !== undefined)
    if (this.#list !== undefined && codings === undefined) return this.#refuseAnswer('compressed in an unknown way')
    if (codings !== undefined && codings.length > 0 && head.bodyLength !== 0) this.#decoder = this.#openDecoder(codings)
    if (this.#list !== undefined) this.#listHead = head
    else if (head.status >= 300 && this.#mayBeAboutUs(head)) this.#hold(head, this.#changeOf(codings))
    else this.#beginAnswer(head, this.#changeOf(codings))
  }

  onData(piece: Buffer): void {
    if (this.#decoder === undefined) this.#pass(piece)
    else this.#decoder.write(piece)
  }

  onEnd(last: Buffer | undefined): void {
    if (this.#decoder === undefined) return this.#finish(last)
    if (last !== undefined) this.#decoder.write(last)
    this.#decoder.end()
  }

  onError(error: Error): void {
    this.#dropHeld()
    if (this.#mayRetry(error)) return this.#retry()
    this.#upload?.stop()
    this.#decoder?.stop()
    if (!this.#context.isAnswered) return this.#refuseFor(error)
    this.#ended = true
    this.#breakOff('upstream_died')
  }

  cut(reason: string): void {
    if (this.#ended) return
    this.#end()
    this.#bookCounts()
    if (this.#meter === undefined) this.#noteUncounted()
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
    this.#noteUncounted()
  }

  #send(): void {
    const context = this.#context
    const { config, headers, request, body } = context
    const target = this.#upstream.target(config)
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
    if (namesModelOnlyIn(context)) this.#modelWatch = new ModelWatch()
    if (!isStreamed) return this.#sendHeld(call, head, body)
    context.askForBody()
    this.#upload = new Upload({ request, call, head, chunked, onPiece: (piece) => this.#notePiece(piece) })
  }

  #sendHeld(call: Call, head: string, body: Buffer | undefined): void {
    this.#context.bytesIn = body?.length ?? 0
    if (body !== undefined) this.#watchModel(body)
    if (body === undefined || body.length <= SMALL_BYTES) call.write(head + (body?.toString('latin1') ?? ''))
    else {
      call.write(head)
      call.write(body)
    }
    call.markSent()
  }

  #beginAnswer({ status, lines, bodyLength }: AnswerHead, change: BodyChange): void {
    const context = this.#context
    const ours = clientHeaders(lines, context.id, change)
    sayHowLongKept(context, ours)
    if (!context.writeHead(status, ours)) return this.#end()
    this.#answer = new ClientAnswer(context.response)
    // A stream's head must not wait for its first token; most often both come at once and leave in one piece.
    if (bodyLength === CHUNKED || bodyLength === UNTIL_CLOSE) setImmediate(() => this.#flushHead())
  }

  /** A change of the body makes the upstream's length wrong. */
  #changeOf(codings: readonly Coding[] | undefined): BodyChange {
    if (codings !== undefined && codings.length > 0) return 'decoded'
    return this.#context.askedForUsage ? 'filtered' : 'none'
  }

  /** Takes a plain piece of the answer. */
  #pass(piece: Buffer): void {
    const context = this.#context
    if (context.firstByteAt === 0) context.firstByteAt = performance.now()
    if (this.#held !== undefined) {
      if (!this.#held.take(piece)) this.#judgeHeld()
      return
    }
    if (this.#list !== undefined) {
      if (!this.#list.take(piece)) this.#refuseAnswer('too long for a list of models')
      return
    }
    const out = this.#meter === undefined ? piece : this.#meter.write(piece)
    if (out === undefined || out.length === 0) return
    context.bytesOut += out.length
    if (this.#answer?.write(out) !== false) return
    const flow = this.#decoder ?? this.#call
    flow?.pause()
    this.#answer.onDrain(() => flow?.resume())
  }

  #finish(last: Buffer | undefined): void {
    const context = this.#context
    if (this.#held !== undefined) {
      if (last !== undefined) this.#held.take(last)
      if (this.#judgeHeld()) this.#finish(undefined)
      return
    }
    if (context.firstByteAt === 0) context.firstByteAt = performance.now()
    if (this.#list !== undefined && last !== undefined && !this.#list.take(last))
      return this.#refuseAnswer('too long for a list of models')
    this.#ended = true
    if (this.#listHead !== undefined) this.#beginAnswer(this.#listHead, 'decoded')
    const rest = this.#list === undefined ? this.#lastPiece(last) : this.#list.filtered()
    context.bytesOut += rest?.length ?? 0
    this.#bookCounts()
    this.#judgeOutcome(context.response.statusCode)
    this.#answer?.end(rest)
    if (!context.request.complete) this.#dropUnwantedUpload()
  }

  #lastPiece(last: Buffer | undefined): Buffer | undefined {
    const meter = this.#meter
    if (meter === undefined) return last
    const passed = last && meter.write(last)
    const held = meter.flush()
    if (passed === undefined || held === undefined) return passed ?? held
    return Buffer.concat([passed, held])
  }

  #openDecoder(codings: readonly Coding[]): AnswerDecoder {
    return new AnswerDecoder({
      codings,
      source: { pause: () => this.#call?.pause(), resume: () => this.#call?.resume() },
      onData: (piece) => this.#guard(() => this.#pass(piece)),
      onEnd: () => this.#guard(() => this.#finish(undefined)),
      onDamage: () => this.#guard(() => this.#refuseAnswer('damaged compression')),
    })
  }

  /** What no call runs: an error in it ends this exchange alone. */
  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#end()
      this.onFault(error)
    }
  }

  /** Ollama's own account is what its account routes are about: there its 401 is the answer. */
  #mayBeAboutUs(head: AnswerHead): boolean {
    const { route, config } = this.#context
    return route?.class !== 'account' && mayBeAboutUs(head, config)
  }

  #hold(head: AnswerHead, change: BodyChange): void {
    this.#held = new HeldAnswer({ head, change, onLate: () => this.#guard(() => this.#judgeHeld()) })
  }

  /** Nothing more comes of it, and nobody waits for it. */
  #dropHeld(): void {
    this.#held?.release()
    this.#held = undefined
  }

  /** False: it was about Latchkey, and the client has been told. */
  #judgeHeld(): boolean {
    const held = this.#held as HeldAnswer
    const body = held.release()
    this.#held = undefined
    const verdict = verdictOf(held.head, body, this.#context.config)
    if (verdict === undefined) {
      this.#beginAnswer(held.head, held.change)
      if (body.length > 0) this.#pass(body)
      return true
    }
    this.#end()
    refuse(this.#context, verdict, true)
    return false
  }

  #refuseFor(error: Error): void {
    const fault = this.#upstream.faultOf(error)
    const answer = (refused: UpstreamFault) => {
      this.#ended = true
      refuse(this.#context, { refused }, true)
    }
    if (typeof fault === 'string') answer(fault)
    // The client may leave in between.
    else void fault.then((found) => this.#ended || this.#guard(() => answer(found)))
  }

  /** An answer of the upstream that cannot be given: instead of it, or by breaking it off. */
  #refuseAnswer(detail: string): void {
    this.#end()
    const refused: UpstreamFault = 'upstream_unreadable'
    if (this.#context.isAnswered) this.#breakOff(refused)
    else refuse(this.#context, { refused, detail }, true)
  }

  /** Never a clean end for an answer that is not whole. */
  #breakOff(reason: string): void {
    const context = this.#context
    this.#bookCounts()
    context.outcome = 'cut_off'
    context.reason = reason
    context.metered = false
    context.response.destroy()
  }

  #notePiece(piece: Buffer): void {
    const context = this.#context
    context.bytesIn += piece.length
    if (context.bytesIn > STREAMED_LIMIT && context.route?.unbounded !== true)
      return this.refuseBody({ refused: 'body_too_large', detail: LIMIT_WORDS })
    this.#watchModel(piece)
  }

  #watchModel(piece: Buffer): void {
    if (this.#modelWatch === undefined) return
    this.#modelWatch.write(piece)
    this.#context.model = this.#modelWatch.model
  }

  /** The upstream answered without reading everything: the rest is read away, but not for ever. */
  #dropUnwantedUpload(): void {
    const { request } = this.#context
    this.#upload?.stop()
    discardBody(request, () => {
      if (!request.complete) request.destroy()
    })
  }

  #chooseFilter({ status, lines }: AnswerHead, isReadable: boolean): void {
    const { route, method, path, key, askedForUsage } = this.#context
    if (method === 'HEAD' || status >= 400) return
    const lists = key !== undefined && key.models !== null ? modelListAt(path) : undefined
    if (key !== undefined && lists !== undefined) {
      this.#list = new ModelListFilter(lists, (model) => this.#access.mayUseModel(key, model))
      return
    }
    const shape = isReadable ? (route?.meter ?? 'none') : 'none'
    if (shape !== 'none')
      this.#meter = createMeter({ shape, contentType: valueOf(lines, 'content-type') ?? '', asked: askedForUsage })
    else this.#noteUncounted()
  }

  /** A model may have worked, and nobody says how much. */
  #noteUncounted(): void {
    if (this.#context.route?.class === 'chat') this.#context.metered = false
  }

  #bookCounts(): void {
    const counts = this.#meter?.counts()
    if (counts === undefined) return
    const context = this.#context
    context.model = counts.model ?? context.model
    context.promptTokens = believable(counts.promptTokens)
    context.completionTokens = believable(counts.completionTokens)
    const isBelieved =
      context.promptTokens === counts.promptTokens && context.completionTokens === counts.completionTokens
    context.metered = counts.metered && isBelieved
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
    // Of the answer that broke off nothing may get into the next one.
    this.#decoder?.stop()
    this.#decoder = undefined
    this.#list = undefined
    this.#listHead = undefined
    this.#send()
  }

  /** Stops both sides: nobody waits for this answer any more. */
  #end(): void {
    this.#dropHeld()
    this.#ended = true
    this.#upload?.stop()
    this.#call?.abort()
    this.#decoder?.stop()
  }
}

/** More than any model can read or say is no count: sums of a few thousand such answers would be none any more. */
function believable(tokens: number | null): number | null {
  return tokens !== null && tokens > MOST_TOKENS ? null : tokens
}

/** The codings of an answer's body; undefined when they cannot be undone, as those of a part of it cannot. */
function codingsToUndo({ status, lines, contentEncoding = '' }: AnswerHead): Coding[] | undefined {
  return status === 206 || valueOf(lines, 'content-range') !== undefined ? undefined : codingsOf(contentEncoding)
}

/** Whether only the request says the model, in JSON that nobody has read yet. */
function namesModelOnlyIn({ route, headers, model }: ExchangeContext): boolean {
  if (route?.class !== 'chat' || route.meter !== 'none' || route.form) return false
  return model === null && headers['content-encoding'] === undefined
}
