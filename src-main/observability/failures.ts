import type { FailureState } from '#shared/console-api/state.ts'
import type { Failures } from '../base/host.ts'
import type { Log } from '../base/log.ts'

/** Maximum number of logged stack frames. */
const MOST_FRAMES = 12
const LONGEST_MESSAGE = 500
/** Clients must not be able to fill the disk by causing errors. Above this limit errors are counted but not logged. */
const LOGGED_A_MINUTE = 30
const MINUTE_MS = 60_000

export function createFailures({ log, now }: { log: Log; now: () => number }): Failures {
  const counts = { requests: 0, others: 0 }
  let last: FailureState['last'] = null
  let listener: () => void = () => undefined
  let minute = 0
  let logged = 0

  function mayLog(time: number): boolean {
    if (time - minute >= MINUTE_MS) {
      minute = time
      logged = 0
    }
    logged += 1
    return logged <= LOGGED_A_MINUTE
  }

  return {
    note(error, exchange) {
      const time = now()
      const frames = framesOf(error)
      counts[exchange === undefined ? 'others' : 'requests'] += 1
      last = { time, what: nameOf(error), where: locationOf(frames[0]) }
      if (mayLog(time)) {
        const id = exchange === undefined ? {} : { id: exchange }
        log.error({ ...id, error: nameOf(error), message: messageOf(error), stack: frames }, 'internal error')
      }
      listener()
    },
    state: () => ({ ...counts, last }),
    onNoted(told) {
      listener = told
    },
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
