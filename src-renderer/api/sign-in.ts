import { SIGN_IN_API, type SignInInput, type SignInOutput, type SignInRoute } from '#shared/console-api/sign-in-api.ts'
import { errorOf, requestOf } from './client.ts'
import { fetchFromCore, keepSession } from './session.ts'

/**
 * Calls one of the routes for people who are not signed in, and keeps the session that its answer opens. Rejects like
 * `call`.
 */
export async function callSignIn<R extends SignInRoute>(route: R, input: SignInInput<R>): Promise<SignInOutput<R>> {
  const response = await fetchFromCore(...requestOf(route, input))
  if (!response.ok) throw await errorOf(response)
  keepSession(response)
  return SIGN_IN_API[route].output.parse(await response.json()) as SignInOutput<R>
}

/** Goes to another service, which sends the browser back. `code`: the invitation to join with; null for none. */
export async function goToProvider(provider: string, code: string | null): Promise<void> {
  const { url } = await callSignIn('POST /api/sign-in/provider', { provider, code })
  location.assign(url)
}
