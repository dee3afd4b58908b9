import type { FailureState } from '#shared/console-api/state.ts'
import type { Failures } from '../base/host.ts'
import type { Log } from '../base/log.ts'

/** Maximum number of logged stack frames. */
const MOST_FRAMES = 12
const LONGEST_MESSAGE = 500
/** Clients must not be able to fill the disk by causing errors. Above this limit errors are counted but not logged. */
const LOGGED_A_MINUTE = 30
const MINUTE_MS = 60_000

/** Counts and logs internal errors, and reports them to one listener. */
export class FailureLog implements Failures {
  readonly #log: Log
  readonly #now: () => number
  readonly #counts = { requests: 0, others: 0 }
  #last: FailureState['last'] = null
  #listener: () => void = () => undefined
  #minuteBegan = 0
  #loggedThisMinute = 0

  constructor({ log, now }: { log: Log; now: () => number }) {
    this.#log = log
    this.#now = now
  }

  note(error: unknown, exchange?: string): void {
    const time = this.#now()
    const frames = framesOf(error)
    this.#counts[exchange === undefined ? 'others' : 'requests'] += 1
    this.#last = { time, what: nameOf(error), where: locationOf(frames[0]) }
    if (this.#mayLog(time)) {
      const id = exchange === undefined ? {} : { id: exchange }
      this.#log.error({ ...id, error: nameOf(error), message: messageOf(error), stack: frames }, 'internal error')
    }
    this.#listener()
  }

  state(): FailureState {
    return { ...this.#counts, last: this.#last }
  }

  onNoted(listener: () => void): void {
    this.#listener = listener
  }

  #mayLog(time: number): boolean {
    if (time - this.#minuteBegan >= MINUTE_MS) {
      this.#minuteBegan = time
      this.#loggedThisMinute = 0
    }
    this.#loggedThisMinute += 1
    return this.#loggedThisMinute <= LOGGED_A_MINUTE
  }
}

/** The name only: an error of the HTTP parser contains the client's bytes, which may include a key. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  return 'code' in error && typeof error.code === 'string' ? `${error.name} ${error.code}` : error.name
}

/** The message without quoted text, which may be from a request or an answer. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  return error.message.slice(0, LONGEST_MESSAGE).replace(/(["'`]).*\1/gs, '$1…$1')
}

function framesOf(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
  return frames.slice(0, MOST_FRAMES).map((line) => line.trim().slice('at '.length))
}

/** `onData (forward.js:12)`: the function, the name of the file and the line. */
function locationOf(frame: string | undefined): string {
  if (frame === undefined) return 'an unknown location'
  const match = /^(?:(.*) \()?(?:.*[\\/])?([^\\/:]+):(\d+):\d+\)?$/.exec(frame)
  return match === null ? frame : `${match[1] ?? 'code'} (${match[2]}:${match[3]})`
}
