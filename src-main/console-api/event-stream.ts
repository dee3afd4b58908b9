import type { AppEvent } from '#shared/console-api/events.ts'
import type { ConsolePorts } from './ports.ts'

const HEARTBEAT_MS = 15_000
/** Events that may wait for one reader. A busy minute fits; a reader that stopped reading costs no more than this. */
const QUEUE_LIMIT = 256

/**
 * Server-sent events (WHATWG HTML, section 9.2): the state first, then each event as it comes, and a comment now and
 * then that shows a dead connection for what it is. A reader that falls behind is told to read everything anew in place
 * of what it missed. The stream ends by `cancel` alone: Electron does not tell a handler's request that its page went away.
 */
export function openEventStream(ports: Pick<ConsolePorts, 'state' | 'subscribe'>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let queue: string[] = []
  let end: () => void = () => undefined

  function drain(controller: ReadableStreamDefaultController<Uint8Array>) {
    while (queue.length > 0 && (controller.desiredSize ?? 0) > 0) {
      controller.enqueue(encoder.encode(queue.shift()))
    }
  }

  return new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => {
        queue.push(text)
        if (queue.length > QUEUE_LIMIT) queue = freshStart(ports).map(eventText)
        drain(controller)
      }
      send(eventText({ type: 'state', state: ports.state() }))
      const unsubscribe = ports.subscribe((event) => send(eventText(event)))
      const heartbeat = setInterval(() => queue.length === 0 && send(': heartbeat\n\n'), HEARTBEAT_MS)
      heartbeat.unref()
      end = () => {
        unsubscribe()
        clearInterval(heartbeat)
      }
    },
    pull: drain,
    cancel: () => end(),
  })
}

/** What makes a reader right again whatever it missed. Not a word for each event: the next kind would be forgotten. */
function freshStart(ports: Pick<ConsolePorts, 'state'>): AppEvent[] {
  return [{ type: 'state', state: ports.state() }, { type: 'replaced' }]
}

function eventText(event: AppEvent): string {
  return `data: ${JSON.stringify(event)}\n\n`
}
