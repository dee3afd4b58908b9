import { PROVIDER_RETURN_PATH } from '#shared/console-api/sign-in-api.ts'
import { providerIdSchema } from '#shared/people/sign-in.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { Log } from '../base/log.ts'
import type { AttemptLimits } from './attempt-limits.ts'
import type { ConsoleSessions, SignIn, Visitor } from './ports.ts'
import { PLAIN_HEADERS } from './refusal.ts'
import { isWaiting } from './sign-in-routes.ts'

export interface Returning {
  readonly path: string
  readonly query: string
  /** The sealed sign-in from the browser's cookie. */
  readonly flow: string | undefined
  readonly visitor: Visitor
  /** The Set-Cookie header for the browser's part of the token; null removes the cookie. */
  readonly setFlow: (value: string | null) => string
}

export interface ProviderReturnOptions {
  readonly signIn: Pick<SignIn, 'finishProvider'>
  readonly sessions: Pick<ConsoleSessions, 'issueToken' | 'tokensKnown'>
  readonly attempts: AttemptLimits
  readonly log: Pick<Log, 'error'>
}

/** Of the 43 letters of a token. Each part has more than 120 random bits. */
const LETTERS_IN_FRAGMENT = 22

/**
 * A provider has sent the browser back. The page opens a session by a one-time token, half of which is in the fragment of
 * the address and half in a cookie of this browser, so that nobody can sign another person in as themselves by a link.
 */
export async function answerReturn(returning: Returning, options: ProviderReturnOptions): Promise<Response> {
  const { attempts } = options
  const { address } = returning.visitor
  if (!attempts.begin(address)) return sentTo(problemPage('too_many_attempts'), [])
  try {
    return await finish(returning, options)
  } catch (error) {
    attempts.failed(address)
    const isTheirs = error instanceof PersonError
    // The query contains the provider's code.
    if (!isTheirs) options.log.error({ err: error, path: returning.path }, 'a sign-in at a provider failed')
    return sentTo(problemPage(isTheirs ? error.code : 'internal'), [returning.setFlow(null)])
  }
}

async function finish(
  { path, query, flow, visitor, setFlow }: Returning,
  { signIn, sessions }: ProviderReturnOptions,
): Promise<Response> {
  const provider = providerIdSchema.safeParse(path.slice(PROVIDER_RETURN_PATH.length + 1)).data
  if (provider === undefined) return sentTo(problemPage('not_found'), [])
  const outcome = await signIn.finishProvider({ provider, query, flow }, visitor)
  if (isWaiting(outcome)) return sentTo(problemPage('sign_in_pending'), [setFlow(null)])
  const token = sessions.issueToken(outcome)
  // The browser brings it at once, perhaps to another gateway.
  await sessions.tokensKnown()
  return sentTo(`/#token=${token.slice(0, LETTERS_IN_FRAGMENT)}`, [setFlow(token.slice(LETTERS_IN_FRAGMENT))])
}

function problemPage(code: string): string {
  return `/sign-in#problem=${code}`
}

/** Always a page of this origin. */
function sentTo(page: string, cookies: readonly string[]): Response {
  const headers = new Headers({ ...PLAIN_HEADERS, Location: page })
  for (const cookie of cookies) headers.append('Set-Cookie', cookie)
  return new Response(null, { status: 303, headers })
}
