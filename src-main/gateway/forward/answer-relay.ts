import type { Refusal } from '#shared/gateway/decisions.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import type { BodyChange } from '../head/response-headers.ts'
import type { Counts, Meter } from '../meter/meter.ts'
import type { Access } from '../ports.ts'
import type { AnswerHead } from '../transport.ts'
import { AnswerDecoder, type Coding, codingsToUndo } from './answer-decoder.ts'
import { meterFor, recordCounts } from './answer-meter.ts'
import { beginClientAnswer, type ClientAnswer } from './client-answer.ts'
import { HeldAnswer } from './held-answer.ts'
import { listFilterFor, type ModelListFilter } from './model-list-filter.ts'
import { mayBeAboutUs, verdictOf } from './upstream-verdict.ts'

/** The exchange to which the answer belongs. */
export interface AnswerOwner {
  /** True if the answer is complete or its client has left. */
  readonly isEnded: boolean
  /** Pauses the upstream's answer, for backpressure. */
  pause(): void
  resume(): void
  /** The answer cannot be forwarded. The client gets this refusal, or is cut off if its answer has begun. */
  refuseAnswer(refusal: Refusal): void
  /** The client left before its answer could begin. */
  end(): void
  /** The whole answer has arrived and will now be sent. */
  onWhole(): void
  /** The client has received the whole answer. */
  onGiven(): void
  /** An internal error. It ends the exchange. */
  breakWith(error: unknown): void
}

interface AnswerRelayOptions {
  readonly context: ExchangeContext
  readonly access: Access
  readonly owner: AnswerOwner
}

/**
 * Passes one answer of the upstream to the client: decompresses it, holds it back if it may report a fault of
 * Latchkey's access, removes list entries that the key may not see, and meters it.
 */
export class AnswerRelay {
  readonly #context: ExchangeContext
  readonly #access: Access
  readonly #owner: AnswerOwner
  #decoder: AnswerDecoder | undefined
  #held: HeldAnswer | undefined
  /** Holds a model list back until it is complete, so that the client never gets part of an unreadable list. */
  #list: ModelListFilter | undefined
  #meter: Meter | undefined
  #answer: ClientAnswer | undefined

  constructor({ context, access, owner }: AnswerRelayOptions) {
    this.#context = context
    this.#access = access
    this.#owner = owner
  }

  /** The token counts so far; undefined if the answer is not metered. */
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

  /** The upstream has sent the whole answer; `last` is the piece that `take` did not get. */
  end(last: Buffer | undefined): void {
    if (this.#decoder === undefined) return this.#finish(last)
    if (last !== undefined) this.#decoder.write(last)
    this.#decoder.end()
  }

  /** Drops the rest of the answer. */
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

  /** On account routes a 401 is the answer itself, because it concerns the account at Ollama. */
  #mayBeAboutUs(head: AnswerHead): boolean {
    const { route, config } = this.#context
    return route?.class !== 'account' && mayBeAboutUs(head, config)
  }

  #hold(head: AnswerHead, change: BodyChange): void {
    this.#held = new HeldAnswer({ head, change, onLate: () => this.#guard(() => this.#judgeHeld()) })
  }

  /** Returns false if the answer reported a fault of Latchkey's access, and the client got a refusal. */
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

  /** The upstream's Content-Length is wrong once the body is changed. */
  #changeOf(codings: readonly Coding[] | undefined): BodyChange {
    if (codings !== undefined && codings.length > 0) return 'decoded'
    return this.#context.askedForUsage ? 'filtered' : 'none'
  }

  #beginAnswer(head: AnswerHead, change: BodyChange): void {
    this.#answer = beginClientAnswer(this.#context, { head, change, waiting: this.#owner })
    if (this.#answer === undefined) this.#owner.end()
  }

  /** Takes an uncompressed piece. */
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
    if (this.#meter !== undefined) recordCounts(context, this.#meter.counts())
    const status = context.response.statusCode
    if (status < 400) return
    context.outcome = 'upstream_error'
    context.reason = `upstream_${status}`
  }

  #refuse(detail: string): void {
    this.#owner.refuseAnswer({ refused: 'upstream_unreadable', detail })
  }

  /** Runs work outside of a call's handlers, so that an error ends only this exchange. */
  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#owner.breakWith(error)
    }
  }
}
