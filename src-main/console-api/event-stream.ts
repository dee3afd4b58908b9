import type { AppEvent } from '#shared/console-api/events.ts'
import type { ConsolePorts } from './ports.ts'

const HEARTBEAT_MS = 15_000
/**
 * Maximum number of events that wait for one reader. A busy minute fits, and a reader that stopped reading uses no more
 * memory.
 */
const QUEUE_LIMIT = 256

/**
 * Server-sent events (WHATWG HTML, section 9.2): the state first, then each event as it occurs, and regular comments
 * that reveal a dead connection. A reader that falls behind gets `replaced` instead of the missed events, and reads
 * everything again. Only `cancel` ends the stream, because Electron does not tell a handler that its page closed.
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

/**
 * The events that bring a reader up to date, whatever it missed. Not one per kind of event, because a new kind would be
 * forgotten.
 */
function freshStart(ports: Pick<ConsolePorts, 'state'>): AppEvent[] {
  return [{ type: 'state', state: ports.state() }, { type: 'replaced' }]
}

function eventText(event: AppEvent): string {
  return `data: ${JSON.stringify(event)}\n\n`
}
