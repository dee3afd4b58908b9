import type { Refusal } from '#shared/gateway/decisions.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import type { BodyChange } from '../head/response-headers.ts'
import type { Counts, Meter } from '../meter/meter.ts'
import type { Access } from '../ports.ts'
import type { AnswerHead } from '../transport.ts'
import { AnswerDecoder, type Coding, codingsToUndo } from './answer-decoder.ts'
import { bookCounts, meterFor } from './answer-meter.ts'
import { beginClientAnswer, type ClientAnswer } from './client-answer.ts'
import { HeldAnswer } from './held-answer.ts'
import { listFilterFor, type ModelListFilter } from './model-list-filter.ts'
import { mayBeAboutUs, verdictOf } from './upstream-verdict.ts'

/** Whose answer it is: the exchange with the upstream. */
export interface AnswerOwner {
  /** Whether nobody waits for the answer any more, or it is whole. */
  readonly isEnded: boolean
  /** Stops the answer from coming, for backpressure. */
  pause(): void
  resume(): void
  /** The answer cannot be given: the client gets this instead, or is cut off where it has begun. */
  refuseAnswer(refusal: Refusal): void
  /** The client has left before its answer could begin. */
  end(): void
  /** All of the answer has come, and is about to be given. */
  onWhole(): void
  /** All of it has been given to the client. */
  onGiven(): void
  /** An error of Latchkey's own. The exchange is over. */
  breakWith(error: unknown): void
}

interface AnswerRelayOptions {
  readonly context: ExchangeContext
  readonly access: Access
  readonly owner: AnswerOwner
}

/**
 * One answer of the upstream on its way to the client: unpacked, held back where it may be about Latchkey, filtered where
 * the key may not see all of it, and metered as it passes.
 */
export class AnswerRelay {
  readonly #context: ExchangeContext
  readonly #access: Access
  readonly #owner: AnswerOwner
  #decoder: AnswerDecoder | undefined
  #held: HeldAnswer | undefined
  /** Holds its answer back, so that a list that cannot be read is no half answer. */
  #list: ModelListFilter | undefined
  #meter: Meter | undefined
  #answer: ClientAnswer | undefined

  constructor({ context, access, owner }: AnswerRelayOptions) {
    this.#context = context
    this.#access = access
    this.#owner = owner
  }

  /** What it has said of tokens so far; undefined where nobody reads it for that. */
  counts(): Readonly<Counts> | undefined {
    return this.#meter?.counts()
  }

  begin(head: AnswerHead): void {
    const codings = codingsToUndo(head)
    this.#list = listFilterFor(this.#context, head, this.#access)
    if (this.#list !== undefined && codings === undefined) return this.#refuse('compressed in an unknown way')
    if (codings !== undefined && codings.length > 0 && head.bodyLength !== 0) this.#decoder = this.#openDecoder(codings)
    if (this.#list !== undefined) return
    this.#meter = meterFor(this.#context, head, codings !== undefined)
    if (head.status >= 300 && this.#mayBeAboutUs(head)) this.#hold(head, this.#changeOf(codings))
    else this.#beginAnswer(head, this.#changeOf(codings))
  }

  /** Takes a piece as the upstream sent it. */
  take(piece: Buffer): void {
    if (this.#decoder === undefined) this.#pass(piece)
    else this.#decoder.write(piece)
  }

  /** The upstream has sent everything; `last` is what `take` was not given. */
  end(last: Buffer | undefined): void {
    if (this.#decoder === undefined) return this.#finish(last)
    if (last !== undefined) this.#decoder.write(last)
    this.#decoder.end()
  }

  /** Nobody waits for the rest. */
  stop(): void {
    this.#held?.release()
    this.#held = undefined
    this.#decoder?.stop()
  }

  #openDecoder(codings: readonly Coding[]): AnswerDecoder {
    return new AnswerDecoder({
      codings,
      source: this.#owner,
      onData: (piece) => this.#guard(() => this.#pass(piece)),
      onEnd: () => this.#guard(() => this.#finish(undefined)),
      onDamage: () => this.#guard(() => this.#refuse('damaged compression')),
    })
  }

  /** Ollama's own account is what its account routes are about: there its 401 is the answer. */
  #mayBeAboutUs(head: AnswerHead): boolean {
    const { route, config } = this.#context
    return route?.class !== 'account' && mayBeAboutUs(head, config)
  }

  #hold(head: AnswerHead, change: BodyChange): void {
    this.#held = new HeldAnswer({ head, change, onLate: () => this.#guard(() => this.#judgeHeld()) })
  }

  /** False: it was about Latchkey, and the client has been told. */
  #judgeHeld(): boolean {
    const held = this.#held as HeldAnswer
    const body = held.release()
    this.#held = undefined
    const verdict = verdictOf(held.head, body, this.#context.config)
    if (verdict !== undefined) {
      this.#owner.refuseAnswer(verdict)
      return false
    }
    this.#beginAnswer(held.head, held.change)
    if (body.length > 0) this.#pass(body)
    return true
  }

  /** A change of the body makes the upstream's length wrong. */
  #changeOf(codings: readonly Coding[] | undefined): BodyChange {
    if (codings !== undefined && codings.length > 0) return 'decoded'
    return this.#context.askedForUsage ? 'filtered' : 'none'
  }

  #beginAnswer(head: AnswerHead, change: BodyChange): void {
    this.#answer = beginClientAnswer(this.#context, { head, change, waiting: this.#owner })
    if (this.#answer === undefined) this.#owner.end()
  }

  /** Takes a plain piece. */
  #pass(piece: Buffer): void {
    const context = this.#context
    if (context.firstByteAt === 0) context.firstByteAt = performance.now()
    if (this.#held !== undefined) {
      if (!this.#held.take(piece)) this.#judgeHeld()
    } else if (this.#list !== undefined) {
      if (!this.#list.take(piece)) this.#refuse('too long for a list of models')
    } else {
      this.#give(this.#meter === undefined ? piece : this.#meter.write(piece))
    }
  }

  #give(piece: Buffer | undefined): void {
    if (piece === undefined || piece.length === 0) return
    this.#context.bytesOut += piece.length
    if (this.#answer?.write(piece) !== false) return
    const flow = this.#decoder ?? this.#owner
    flow.pause()
    this.#answer.onDrain(() => flow.resume())
  }

  #finish(last: Buffer | undefined): void {
    if (this.#held === undefined) return this.#finishGiven(last)
    if (last !== undefined) this.#held.take(last)
    if (this.#judgeHeld()) this.#finishGiven(undefined)
  }

  #finishGiven(last: Buffer | undefined): void {
    const context = this.#context
    if (context.firstByteAt === 0) context.firstByteAt = performance.now()
    if (this.#list !== undefined && last !== undefined && !this.#list.take(last))
      return this.#refuse('too long for a list of models')
    this.#owner.onWhole()
    if (this.#list !== undefined) this.#beginAnswer(this.#list.head, 'decoded')
    const rest = this.#restOf(last)
    context.bytesOut += rest?.length ?? 0
    this.#book()
    this.#answer?.end(rest)
    this.#owner.onGiven()
  }

  #restOf(last: Buffer | undefined): Buffer | undefined {
    if (this.#list !== undefined) return this.#list.filtered()
    return this.#meter === undefined ? last : this.#meter.end(last)
  }

  #book(): void {
    const context = this.#context
    if (this.#meter !== undefined) bookCounts(context, this.#meter.counts())
    const status = context.response.statusCode
    if (status < 400) return
    context.outcome = 'upstream_error'
    context.reason = `upstream_${status}`
  }

  #refuse(detail: string): void {
    this.#owner.refuseAnswer({ refused: 'upstream_unreadable', detail })
  }

  /** What no call runs: an error in it ends this exchange alone. */
  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#owner.breakWith(error)
    }
  }
}
