import { PersonError } from '#shared/text/person-error.ts'
import type { Stage } from './life.ts'

/** The error for an answer to a request that is no longer open. A second window shows how it was answered. */
export function refusalOf(stage: Stage | undefined): PersonError {
  switch (stage) {
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
