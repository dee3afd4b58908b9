import { PAIRING_MS, type PairingOutcome } from '#shared/pairing/pairing.ts'
import { PersonError } from '#shared/text/person-error.ts'

/**
 * After “no”, requests of the same app raise no question for this time. The app cannot distinguish that from a person
 * who is away.
 */
const SILENCE_MS = PAIRING_MS
/** Number of ended requests whose outcome is kept, so that a second window can show it. */
const MOST_REMEMBERED = 50

/** Remembers for a while how the person answered, for a second window and for an app that asks again after “no”. */
export class RecentAnswers {
  readonly #monotonic: () => number
  /** Until when requests of an asker raise no question, by slot. */
  readonly #silent = new Map<string, number>()
  /** By the request's id, oldest first. */
  readonly #ended = new Map<string, PairingOutcome>()

  constructor(options: { readonly monotonic: () => number }) {
    this.#monotonic = options.monotonic
  }

  remember(id: string, outcome: PairingOutcome): void {
    this.#ended.set(id, outcome)
    const oldest = this.#ended.keys().next()
    if (this.#ended.size > MOST_REMEMBERED && !oldest.done) this.#ended.delete(oldest.value)
  }

  /** Returns the error for an answer to a request that is no longer open. */
  refusalOf(id: string): PersonError {
    return answered(this.#ended.get(id))
  }

  silence(slot: string): void {
    this.#silent.set(slot, this.#monotonic() + SILENCE_MS)
  }

  isSilent(slot: string): boolean {
    return (this.#silent.get(slot) ?? 0) > this.#monotonic()
  }

  /** Forgets the askers whose silence is over. */
  sweep(): void {
    const now = this.#monotonic()
    for (const [slot, until] of this.#silent) if (now >= until) this.#silent.delete(slot)
  }
}

function answered(outcome: PairingOutcome | undefined): PersonError {
  switch (outcome) {
    case 'approved':
    case 'connected':
    case 'abandoned':
      return new PersonError('pairing_answered', 'This request was already approved in another window.', {
        parts: { so: 'approved' },
      })
    case 'declined':
      return new PersonError('pairing_answered', 'This request was already declined in another window.', {
        parts: { so: 'declined' },
      })
    default:
      return new PersonError('pairing_answered', 'This request is over. Let the app ask again.', {
        parts: { so: 'over' },
      })
  }
}
