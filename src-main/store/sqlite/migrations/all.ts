import { firstSchema } from './0001-first-schema.ts'
import { timesRoutesAudit } from './0002-times-routes-audit.ts'
import { sumsWritten } from './0003-sums-written.ts'
import { boundedTexts } from './0004-bounded-texts.ts'
import { online } from './0005-online.ts'
import { keyApp } from './0006-key-app.ts'
import { persons } from './0007-persons.ts'
import { signIn } from './0008-sign-in.ts'
import { invitationPerson } from './0009-invitation-person.ts'
import type { Migration } from './migrate.ts'

/** In order. Never edit a released migration; add a new one instead. */
export const MIGRATIONS: readonly Migration[] = [
  firstSchema,
  timesRoutesAudit,
  sumsWritten,
  boundedTexts,
  online,
  keyApp,
  persons,
  signIn,
  invitationPerson,
]
