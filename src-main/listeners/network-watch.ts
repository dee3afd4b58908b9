import type { Log } from '../base/log.ts'

const LOOK_EVERY_MS = 10_000

/** Looks now and then whether this computer has come into another network: not every system tells of it by an event. */
export interface NetworkWatch {
  start(): void
  stop(): void
}

export interface NetworkWatchOptions {
  readonly look: () => Promise<void>
  readonly onLooked: () => void
  readonly log: Log
}

export function createNetworkWatch({ look, onLooked, log }: NetworkWatchOptions): NetworkWatch {
  let timer: NodeJS.Timeout | undefined
  const lookNow = () =>
    look().then(onLooked, (err: unknown) => log.error({ err }, 'the networks could not be followed'))
  return {
    start() {
      timer = setInterval(() => void lookNow(), LOOK_EVERY_MS)
      timer.unref()
    },
    stop: () => clearInterval(timer),
  }
}
