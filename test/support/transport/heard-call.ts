import type { AnswerHead, Call, CallListener, CallRequest, Transport } from '../../../src-main/gateway/transport.ts'
import { until } from '../until.ts'

/** Everything that a listener was told of one call. */
export class HeardCall implements CallListener {
  head: AnswerHead | undefined
  ended = false
  error: Error | undefined
  readonly faults: unknown[] = []
  readonly #pieces: Buffer[] = []

  onHead(head: AnswerHead): void {
    this.#expectRunning()
    if (this.head !== undefined) throw new Error('a second head')
    this.head = head
  }

  onData(piece: Buffer): void {
    this.#expectRunning()
    this.#pieces.push(piece)
  }

  onEnd(last: Buffer | undefined): void {
    this.#expectRunning()
    if (last !== undefined) this.#pieces.push(last)
    this.ended = true
  }

  onError(error: Error): void {
    this.#expectRunning()
    this.error = error
  }

  onFault(error: unknown): void {
    this.faults.push(error)
  }

  get bytes(): number {
    return this.#pieces.reduce((sum, piece) => sum + piece.length, 0)
  }

  /** One character per byte. */
  get body(): string {
    return Buffer.concat(this.#pieces).toString('latin1')
  }

  get isOver(): boolean {
    return this.ended || this.error !== undefined || this.faults.length > 0
  }

  #expectRunning(): void {
    if (this.isOver) throw new Error('an event behind the last one')
  }
}

export interface Made {
  readonly call: Call
  readonly heard: HeardCall
}

/** Makes a call; one without a body is sent at once. */
export function make(transport: Transport, request: Partial<CallRequest> = {}): Made {
  const heard = new HeardCall()
  const lines = request.lines ?? ['host', 'localhost', 'connection', 'keep-alive']
  const whole: CallRequest = {
    method: 'GET',
    target: '/',
    bodyLength: undefined,
    needsNewConnection: false,
    ...request,
    lines,
  }
  const call = transport.call(whole, heard)
  if (whole.bodyLength === undefined) call.end()
  return { call, heard }
}

/** Waits for the end of a call and returns its result. */
export async function outcomeOf({ heard }: Made): Promise<HeardCall> {
  await until(() => heard.isOver, 'the end of a call')
  return heard
}
