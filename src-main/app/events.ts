import type { AppEvent } from '#shared/console-api/events.ts'
import type { Log } from '../base/log.ts'

export type Listener = (event: AppEvent) => void

/** Tells everyone in this process what happens, at once and in order. */
export interface Events {
  emit(event: AppEvent): void
  /** Returns the call that ends the subscription. */
  subscribe(listener: Listener): () => void
  /** How many listen. */
  count(): number
}

export function createEvents({ log }: { log: Log }): Events {
  // One entry per subscription: the same function may be subscribed twice.
  const subscriptions = new Set<{ readonly listener: Listener }>()
  return {
    emit(event) {
      for (const { listener } of subscriptions) tell(listener, event, log)
    },
    subscribe(listener) {
      const subscription = { listener }
      subscriptions.add(subscription)
      return () => void subscriptions.delete(subscription)
    },
    count: () => subscriptions.size,
  }
}

/** One listener's failure is not the others', nor that of the exchange it is told about. */
function tell(listener: Listener, event: AppEvent, log: Log): void {
  try {
    listener(event)
  } catch (error) {
    log.error({ err: error, event: event.type }, 'a listener failed')
  }
}
