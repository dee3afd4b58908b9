import type { AppEvent } from '#shared/console-api/events.ts'
import type { Log } from '../base/log.ts'

export type Listener = (event: AppEvent) => void

/** Delivers each event to all listeners of this process, at once and in order. */
export class Events {
  readonly #log: Log
  /** One entry per subscription, because the same function may be subscribed twice. */
  readonly #subscriptions = new Set<{ readonly listener: Listener }>()

  constructor({ log }: { log: Log }) {
    this.#log = log
  }

  emit(event: AppEvent): void {
    for (const { listener } of this.#subscriptions) this.#deliver(event, listener)
  }

  /** Returns a function that removes the listener. */
  subscribe(listener: Listener): () => void {
    const subscription = { listener }
    this.#subscriptions.add(subscription)
    return () => void this.#subscriptions.delete(subscription)
  }

  /** The number of listeners. */
  count(): number {
    return this.#subscriptions.size
  }

  /** An error of one listener must not reach the others, nor end the exchange that the event reports. */
  #deliver(event: AppEvent, listener: Listener): void {
    try {
      listener(event)
    } catch (err) {
      this.#log.error({ err, event: event.type }, 'a listener failed')
    }
  }
}
