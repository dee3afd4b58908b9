import { firstSchema } from './0001-first-schema.ts'
import { usage } from './0002-usage.ts'
import { limitShares } from './0003-limit-shares.ts'
import { forgotten } from './0004-forgotten.ts'
import { invitationPerson } from './0005-invitation-person.ts'
import { flows } from './0006-flows.ts'
import { limitQuestions } from './0007-limit-questions.ts'
import { pairings } from './0008-pairings.ts'
import type { Migration } from './migrate.ts'

/** In order. Never edit a released migration; add a new one instead. */
export const MIGRATIONS: readonly Migration[] = [
  firstSchema,
  usage,
  limitShares,
  forgotten,
  invitationPerson,
  flows,
  limitQuestions,
  pairings,
]
