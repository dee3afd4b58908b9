import { PersonError } from '#shared/text/person-error.ts'

/** The code of PostgreSQL or of the system, which says nothing about contents. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : 'unknown'
}

/** The same, of the error that caused one for people. */
export function causeCodeOf(error: unknown): string {
  return codeOf((error instanceof Error ? error.cause : undefined) ?? error)
}

/**
 * Of a failed statement. `57P`: the server shuts down; `57014`: it was too slow; `08`: the connection broke; `53`: it has no room;
 * `58`: its disk fails; `25P`: it ended a silent session; `25006`: it is a standby. A
 * certificate that does not fit is a server that cannot be reached, too.
 */
const AWAY =
  /^(57P0[1-5]|57014|08\w{3}|53\w{3}|58\w{3}|25P0[34]|25006|E[A-Z]+|ERR_TLS_\w+|CERT_\w+|DEPTH_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+)$/
const AWAY_TEXT = /timeout|terminated|Connection ended|not queryable|closed/i
/** The password is wrong, or the role or the database does not exist. */
const REFUSED = /^(28\w{3}|3D000|42501)$/

export function isConnectionError(error: unknown): boolean {
  if (error instanceof PersonError) return error.code === 'database_away' || error.code === 'database_unsure'
  return AWAY.test(codeOf(error)) || (codeOf(error) === 'unknown' && AWAY_TEXT.test((error as Error).message))
}

export function databaseAway(cause?: unknown): PersonError {
  const sentence = 'Latchkey cannot reach its database, so nothing was changed. Try again when it is back.'
  return new PersonError('database_away', sentence, { cause })
}

export function databaseUnsure(cause: unknown): PersonError {
  const sentence =
    'Latchkey lost its database while it saved, so it is not certain whether this was changed. Look at it when the database is back.'
  return new PersonError('database_unsure', sentence, { cause })
}

export function explain(error: unknown): unknown {
  if (error instanceof PersonError) return error
  if (isConnectionError(error)) return databaseAway(error)
  if (REFUSED.test(codeOf(error))) {
    const sentence = 'The database does not let Latchkey in. Check the user, the password and the name of the database.'
    return new PersonError('database_refused', sentence, { cause: error })
  }
  return error
}
