import type { AppEvent } from '#shared/console-api/events.ts'
import { fetchFromCore } from '../session.ts'
import { readEvents } from './event-stream.ts'

interface Follower {
  onOpen(): void
  onEvent(event: AppEvent): void
  /** The stream ended or could not be opened; another attempt follows by itself. */
  onLost(): void
  /** The core answered, and said no: there is no session. One may be opened elsewhere, so attempts go on. */
  onRefused(): void
  signal: AbortSignal
}

const FIRST_PAUSE_MS = 300
const LONGEST_PAUSE_MS = 3000

/**
 * Follows `/api/events` until aborted, connecting again whenever it is lost. Not an EventSource: that one hides the
 * status of a refusal, and the desktop's own scheme serves fetch only.
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
      // The core is gone or going; told below.
    }
    if (follower.signal.aborted) return
    if (refused) follower.onRefused()
    else follower.onLost()
    await new Promise((resolve) => setTimeout(resolve, pause))
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
  }
}
