import type { Log } from '../base/log.ts'

const LOOK_EVERY_MS = 10_000

/** Checks regularly whether the computer's networks changed, because not every system reports this by an event. */
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
    look().then(onLooked, (err: unknown) => log.error({ err }, 'could not adapt to a change of networks'))
  return {
    start() {
      timer = setInterval(() => void lookNow(), LOOK_EVERY_MS)
      timer.unref()
    },
    stop: () => clearInterval(timer),
  }
}
