import type { AppEvent } from '#shared/console-api/events.ts'
import { fetchFromCore } from '../session.ts'
import { readEvents } from './event-stream.ts'

interface Follower {
  onOpen(): void
  onEvent(event: AppEvent): void
  /** The stream ended or could not be opened. The next attempt follows without a call. */
  onLost(): void
  /** The core answered that there is no session. Attempts continue, because another tab can open one. */
  onRefused(): void
  signal: AbortSignal
}

const FIRST_PAUSE_MS = 300
const LONGEST_PAUSE_MS = 3000

/**
 * Reads `/api/events` until aborted and reconnects when the connection is lost. Not an EventSource, which hides the
 * status of a refusal and does not work with the desktop's own scheme.
 */
export async function followEvents(follower: Follower): Promise<void> {
  let pause = FIRST_PAUSE_MS
  while (!follower.signal.aborted) {
    let refused = false
    try {
      const response = await fetchFromCore('/api/events', {
        headers: { Accept: 'text/event-stream' },
        signal: follower.signal,
        cache: 'no-store',
      })
      refused = response.status === 401
      if (response.ok && response.body !== null) {
        follower.onOpen()
        pause = FIRST_PAUSE_MS
        for await (const event of readEvents(response.body)) follower.onEvent(event)
      }
    } catch {
      // The core has stopped or is stopping; reported below.
    }
    if (follower.signal.aborted) return
    if (refused) follower.onRefused()
    else follower.onLost()
    await new Promise((resolve) => setTimeout(resolve, pause))
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
  }
}
