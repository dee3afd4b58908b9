import type { Provider } from '#shared/people/sign-in.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { providerProblem } from './provider-problem.ts'

type Named = Pick<Provider, 'name' | 'issuer'>

/** What the errors of the library and of `fetch` have in common. Their causes can contain personal data and secrets. */
interface LibraryError {
  readonly name?: unknown
  readonly code?: unknown
  /** The code of OAuth 2.0, such as `invalid_client`. */
  readonly error?: unknown
  readonly message?: unknown
  readonly cause?: unknown
}

const CERTIFICATE_CODE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)/
const NOT_A_PROVIDER = [
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
  'OAUTH_INVALID_RESPONSE',
]

/** The problem of a provider whose configuration could not be read. */
export function discoveryError(error: unknown, provider: Named): PersonError {
  const { name, issuer } = provider
  const { code } = fieldsOf(error)
  if (NOT_A_PROVIDER.includes(String(code)))
    return providerProblem('provider_not_found', { name, url: issuer ?? '' }, error)
  return providerError(error, provider)
}

/** The problem of a sign-in. */
export function providerError(error: unknown, { name }: Pick<Named, 'name'>): PersonError {
  if (error instanceof PersonError) return error
  const { name: kind, code, error: refusal } = fieldsOf(error)
  if (isUnreachable(error)) {
    const isUntrusted = CERTIFICATE_CODE.test(String(fieldsOf(fieldsOf(error).cause).code))
    return providerProblem(isUntrusted ? 'provider_untrusted' : 'provider_unreachable', { name }, error)
  }
  if (code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED') return providerProblem('provider_clock', { name }, error)
  if (isClientRefused(error)) return providerProblem('provider_secret_wrong', { name }, error)
  const isDenied = kind === 'AuthorizationResponseError' && refusal === 'access_denied'
  return providerProblem(isDenied ? 'provider_denied' : 'provider_failed', { name }, error)
}

/** For the log: no claims and no answers. */
export function describeError(error: unknown): object {
  const about = fieldsOf(error instanceof PersonError && error.cause !== undefined ? error.cause : error)
  const { name, code, error: refusal, message, cause } = about
  return { name, code, refusal, message, reason: fieldsOf(cause).code }
}

/** RFC 6749 section 5.2. Some providers say `unauthorized_client` for a wrong secret. */
export function isClientRefused(error: unknown): boolean {
  const { code, error: refusal, cause } = fieldsOf(error)
  // A bearer challenge is about an access token, not about the client.
  const challenges = code === 'OAUTH_WWW_AUTHENTICATE_CHALLENGE' ? (cause as readonly { scheme: string }[]) : []
  const isChallenged = challenges.some(({ scheme }) => scheme !== 'bearer')
  return isChallenged || refusal === 'invalid_client' || refusal === 'unauthorized_client'
}

function isUnreachable(error: unknown): boolean {
  const { code, message } = fieldsOf(error)
  return code === 'OAUTH_TIMEOUT' || (error instanceof TypeError && message === 'fetch failed')
}

function fieldsOf(error: unknown): LibraryError {
  return typeof error === 'object' && error !== null ? error : {}
}
