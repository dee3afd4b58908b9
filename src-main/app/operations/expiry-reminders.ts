import { dueReminder } from '#shared/keys/expiry.ts'
import type { Key } from '#shared/keys/key.ts'

interface ExpiryRemindersOptions {
  readonly keys: () => Promise<readonly Key[]>
  readonly now: () => number
  readonly remind: (key: Key) => void
}

/** Reminds of keys that expire soon: once for each key, date and reminder since the start. */
export class ExpiryReminders {
  readonly #options: ExpiryRemindersOptions
  #reminded = new Set<string>()

  constructor(options: ExpiryRemindersOptions) {
    this.#options = options
  }

  /** Rejects if the keys cannot be read. */
  async look(): Promise<void> {
    const { keys, now, remind } = this.#options
    const before = this.#reminded
    // Rebuilt at each look, so that deleted keys do not make it grow.
    this.#reminded = new Set()
    for (const key of await keys()) {
      const due = dueReminder(key, now())
      if (due === null) continue
      const reminder = `${key.id} ${key.expiresAt} ${due}`
      this.#reminded.add(reminder)
      if (!before.has(reminder)) remind(key)
    }
  }
}
