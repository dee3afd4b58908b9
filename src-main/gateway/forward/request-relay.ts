import type { Refusal } from '#shared/gateway/decisions.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import { passOn, upstreamHeaders } from '../head/request-headers.ts'
import { ModelWatch } from '../meter/model-watch.ts'
import type { Call, CallRequest } from '../transport.ts'
import type { Target } from './upstream.ts'

/** The limit for a streamed body without an announced length. Some routes have no limit. */
const STREAMED_LIMIT = 256 * 1024 * 1024
const LIMIT_WORDS = '256 MB'

interface RequestRelayOptions {
  readonly context: ExchangeContext
  readonly call: Call
  /** The body cannot be forwarded any further. */
  readonly onRefused: (refusal: Refusal) => void
}

/** Forwards the body of one request, held or streamed, with backpressure and a limit, and reads its model on the way. */
export class RequestRelay {
  readonly #context: ExchangeContext
  readonly #call: Call
  readonly #onRefused: (refusal: Refusal) => void
  readonly #modelWatch: ModelWatch | undefined
  #stopped = false

  constructor({ context, call, onRefused }: RequestRelayOptions) {
    this.#context = context
    this.#call = call
    this.#onRefused = onRefused
    if (namesModelOnlyIn(context)) this.#modelWatch = new ModelWatch()
  }

  start(): void {
    const context = this.#context
    if (isStreamed(context)) {
      context.askForBody()
      context.request.on('data', this.#pass).on('end', this.#end)
      return
    }
    const { body } = context
    context.bytesIn = body?.length ?? 0
    if (body !== undefined) this.#watchModel(body)
    this.#call.end(body)
  }

  /** Stops sending. Other code discards the rest of the body. */
  stop(): void {
    this.#stopped = true
    this.#context.request.off('data', this.#pass).off('end', this.#end)
  }

  readonly #pass = (piece: Buffer): void => {
    this.#note(piece)
    if (this.#stopped || this.#call.write(piece)) return
    const { request } = this.#context
    request.pause()
    this.#call.onDrain(() => request.resume())
  }

  readonly #end = (): void => this.#call.end()

  #note(piece: Buffer): void {
    const context = this.#context
    context.bytesIn += piece.length
    if (context.bytesIn > STREAMED_LIMIT && context.route?.unbounded !== true)
      return this.#onRefused({ refused: 'body_too_large', detail: LIMIT_WORDS })
    this.#watchModel(piece)
  }

  #watchModel(piece: Buffer): void {
    if (this.#modelWatch === undefined) return
    this.#modelWatch.write(piece)
    this.#context.model = this.#modelWatch.model
  }
}

/** The head of the request to the upstream. `isRepeat` is true if a kept connection was found dead. */
export function requestTo({ host, prefix }: Target, context: ExchangeContext, isRepeat: boolean): CallRequest {
  const { config, headers, body, method, path, query } = context
  const lines = upstreamHeaders(headers, { host, credential: config.upstreamCredential })
  if (isStreamed(context)) passOn(lines, 'content-encoding', headers['content-encoding'])
  const bodyLength = body?.length ?? announcedLength(context)
  return { method, target: prefix + path + query, lines, bodyLength, needsNewConnection: isRepeat }
}

function announcedLength({ headers, hasBody }: ExchangeContext): CallRequest['bodyLength'] {
  const length = headers['content-length']
  if (length !== undefined) return Number(length)
  return hasBody ? 'chunked' : undefined
}

function isStreamed({ body, hasBody }: ExchangeContext): boolean {
  return body === undefined && hasBody
}

/** True if only the request contains the model, in JSON that no step has read. */
function namesModelOnlyIn({ route, headers, model }: ExchangeContext): boolean {
  if (route?.class !== 'chat' || route.meter !== 'none' || route.form) return false
  return model === null && headers['content-encoding'] === undefined
}
