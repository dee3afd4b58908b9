import type { Refusal } from '#shared/gateway/decisions.ts'
import type { UpstreamFault } from '#shared/gateway/refusals.ts'
import { discardBody } from '../client/request-body.ts'
import type { ExchangeContext, ForwardedExchange } from '../exchange-context.ts'
import type { Access } from '../ports.ts'
import { refuse } from '../refuse.ts'
import type { AnswerHead, Call, CallListener } from '../transport.ts'
import { noteUncounted, recordCounts } from './answer-meter.ts'
import { type AnswerOwner, AnswerRelay } from './answer-relay.ts'
import { RequestRelay, requestTo } from './request-relay.ts'
import type { Upstream } from './upstream.ts'
import { isStaleConnection } from './upstream-errors.ts'

interface ForwardingOptions {
  readonly context: ExchangeContext
  readonly access: Access
  readonly upstream: Upstream
}

/**
 * One exchange with the upstream: sends the request, passes its answer to a relay, and decides how the exchange ends.
 * Pieces are passed on as they arrive, with backpressure. If one side disconnects, the other side is ended too.
 */
export class Forwarding implements CallListener, ForwardedExchange, AnswerOwner {
  readonly #context: ExchangeContext
  readonly #access: Access
  readonly #upstream: Upstream
  #call: Call | undefined
  #request: RequestRelay | undefined
  #answer: AnswerRelay | undefined
  #ended = false
  #isRepeated = false

  constructor(options: ForwardingOptions) {
    this.#context = options.context
    this.#access = options.access
    this.#upstream = options.upstream
  }

  get isEnded(): boolean {
    return this.#ended
  }

  start(): void {
    this.#context.forwarding = this
    this.#send()
  }

  onHead(head: AnswerHead): void {
    this.#answer = new AnswerRelay({ context: this.#context, access: this.#access, owner: this })
    this.#answer.begin(head)
  }

  onData(piece: Buffer): void {
    this.#answer?.take(piece)
  }

  onEnd(last: Buffer | undefined): void {
    this.#answer?.end(last)
  }

  onError(error: Error): void {
    this.#answer?.stop()
    if (this.#mayRepeat(error)) return this.#repeat()
    this.#request?.stop()
    if (!this.#context.isAnswered) return this.#refuseFor(error)
    this.#ended = true
    this.#breakOff('upstream_died')
  }

  onFault(error: unknown): void {
    this.#context.fail(error)
  }

  pause(): void {
    this.#call?.pause()
  }

  resume(): void {
    this.#call?.resume()
  }

  cut(reason: string): void {
    if (this.#ended) return
    this.end()
    if (!this.#recordCounts()) noteUncounted(this.#context)
    this.#context.outcome = 'cut_off'
    this.#context.reason = reason
    this.#context.response.destroy()
  }

  refuseBody(refusal: Refusal): void {
    if (this.#ended) return
    this.end()
    if (this.#context.isAnswered) this.#recordCounts()
    refuse(this.#context, refusal)
  }

  refuseAnswer(refusal: Refusal): void {
    this.end()
    if (this.#context.isAnswered) this.#breakOff(refusal.refused)
    else refuse(this.#context, refusal, true)
  }

  breakWith(error: unknown): void {
    this.end()
    this.onFault(error)
  }

  onClientClosed(): void {
    if (this.#ended) return
    this.end()
    this.#recordCounts()
    const counts = this.#answer?.counts()
    // OpenAI's SDK disconnects at `[DONE]`, before the connection ends. It has received the whole answer.
    if (counts?.complete && counts.metered) return
    this.#context.outcome = 'client_aborted'
    this.#context.reason = null
    noteUncounted(this.#context)
  }

  onWhole(): void {
    this.#ended = true
  }

  /** The upstream may answer without reading the whole request body. The rest is read and dropped, up to a limit. */
  onGiven(): void {
    const { request } = this.#context
    if (request.complete) return
    this.#request?.stop()
    discardBody(request, () => {
      if (!request.complete) request.destroy()
    })
  }

  /** Stops both sides, because the client no longer waits for the answer. */
  end(): void {
    this.#ended = true
    this.#request?.stop()
    this.#call?.abort()
    this.#answer?.stop()
  }

  #send(): void {
    const context = this.#context
    const target = this.#upstream.target(context.config)
    const call = target.transport.call(requestTo(target, context, this.#isRepeated), this)
    this.#call = call
    this.#request = new RequestRelay({ context, call, onRefused: (refusal) => this.refuseBody(refusal) })
    this.#request.start()
  }

  #refuseFor(error: Error): void {
    const fault = this.#upstream.faultOf(error)
    const answer = (refused: UpstreamFault) => {
      this.#ended = true
      refuse(this.#context, { refused }, true)
    }
    if (typeof fault === 'string') return answer(fault)
    const answerLater = (found: UpstreamFault) => {
      try {
        // The client may have left meanwhile.
        if (!this.#ended) answer(found)
      } catch (thrown) {
        this.breakWith(thrown)
      }
    }
    void fault.then(answerLater)
  }

  /** Cuts the client's connection, so that an incomplete answer never looks complete. */
  #breakOff(reason: string): void {
    const context = this.#context
    this.#recordCounts()
    context.outcome = 'cut_off'
    context.reason = reason
    context.metered = false
    context.response.destroy()
  }

  /** Returns false if the answer is not metered. */
  #recordCounts(): boolean {
    const counts = this.#answer?.counts()
    if (counts !== undefined) recordCounts(this.#context, counts)
    return counts !== undefined
  }

  /** Never repeats a POST, because the upstream may have acted on it (docs/decisions/0008-no-repeat-of-a-post.md). */
  #mayRepeat(error: Error): boolean {
    const { method, hasBody, isAnswered } = this.#context
    const isSafe = (method === 'GET' || method === 'HEAD') && !hasBody
    return isSafe && !this.#isRepeated && !isAnswered && isStaleConnection(error)
  }

  #repeat(): void {
    this.#isRepeated = true
    // The next answer must not contain anything of the broken one.
    this.#answer = undefined
    this.#send()
  }
}
