import type { ServerResponse } from 'node:http'
import { refusalResponse, SESSION_MISSING } from './refusal.ts'

/** A browser opens six connections at most; a person can have several tabs. */
const MOST_OF_A_SESSION = 64

interface Running {
  readonly outgoing: ServerResponse
  isAnswering: boolean
  isOver: boolean
}

/** The answers in progress of each session, which end with it: event streams, exports and whatever else takes time. */
export class RunningAnswers {
  readonly #running = new Map<string, Set<Running>>()

  /** Sends what `answer` resolves to, unless the session ends first. */
  async follow(id: string, outgoing: ServerResponse, answer: () => Promise<Response>): Promise<Response> {
    const all = this.#running.get(id) ?? new Set()
    if (all.size >= MOST_OF_A_SESSION) return refusalResponse(TOO_MANY)
    const running: Running = { outgoing, isAnswering: false, isOver: false }
    this.#running.set(id, all.add(running))
    outgoing.once('close', () => this.#leave(id, running))
    const response = await answer()
    const isResult =
      outgoing.req.method !== 'GET' && response.headers.get('Content-Type')?.startsWith('application/json')
    if (running.isOver && !isResult) {
      await response.body?.cancel()
      return refusalResponse(SESSION_MISSING)
    }
    running.isAnswering = true
    return response
  }

  /** Cuts the answers of a session that has ended. A change that is being made, such as the end itself, gets its result. */
  end(id: string): void {
    for (const running of this.#running.get(id) ?? []) {
      running.isOver = true
      if (running.isAnswering) running.outgoing.destroy()
    }
  }

  #leave(id: string, running: Running): void {
    const all = this.#running.get(id)
    all?.delete(running)
    if (all?.size === 0) this.#running.delete(id)
  }
}

const TOO_MANY = {
  status: 429,
  code: 'too_many_attempts',
  message: 'This session has too many open requests. Close some tabs of the console.',
}
