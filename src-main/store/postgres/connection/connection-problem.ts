import { PersonError } from '#shared/text/person-error.ts'
import { placeOf } from './address.ts'

interface Explanation {
  /** Fits the code of the error, or else its text. */
  readonly cause: RegExp
  readonly sentence: string
}

/** Why no connection could be made, for a person who starts Latchkey. All others are that the database is away. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    cause: /does not support SSL/,
    sentence:
      'It does not encrypt connections. Turn on TLS in PostgreSQL (ssl = on). Only if the network between is your own, add ?sslmode=disable to the address.',
  },
  {
    cause: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    sentence:
      'Its certificate is for another name. Use the name in the certificate, or make a certificate for this name.',
  },
  {
    cause: /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/,
    sentence: 'Its certificate has expired, or is not valid yet. Renew it, and check the clocks.',
  },
  {
    cause: /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_[A-Z_]+|CERT_[A-Z_]+)$/,
    sentence:
      'Its certificate is signed by nobody whom this computer trusts. Add ?sslrootcert=FILE to the address, with the certificate of the authority.',
  },
  {
    cause: /must be a string/,
    sentence: 'It asks for a password. Put it into a file, and name it with --database-password-file.',
  },
  { cause: /^(ENOTFOUND|EAI_AGAIN)$/, sentence: 'There is no computer of this name. Check the address.' },
  { cause: /^ECONNREFUSED$/, sentence: 'Nothing answers there. Check that PostgreSQL runs, and the port.' },
  {
    cause: /^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$|timeout/,
    sentence: 'It does not answer. Check the address and the firewalls.',
  },
]

/** A PersonError with what to do, for an error while the first connection is made. */
export function connectionProblem(error: unknown, url: string): unknown {
  const cause = error instanceof PersonError ? error.cause : error
  if (!(cause instanceof Error)) return error
  const texts = ['code' in cause ? String(cause.code) : '', cause.message]
  const found = EXPLANATIONS.find((one) => texts.some((text) => one.cause.test(text)))
  if (found === undefined) return error
  return new PersonError('database_away', `Latchkey cannot use the database at ${placeOf(url)}. ${found.sentence}`, {
    cause,
  })
}
