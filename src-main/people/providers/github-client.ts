import * as client from 'openid-client'
import { z } from 'zod'
import type { Provider } from '#shared/people/sign-in.ts'
import { isThisComputer } from '../../base/loopback.ts'
import { mailOf, textOf } from './claims.ts'
import type { Identity } from './identity.ts'
import { CLOCK_TOLERANCE_S, type ProviderClient, type SignInRequest } from './provider-client.ts'
import { providerError } from './provider-error.ts'
import { createProviderFetch, PROVIDER_TIMEOUT_S } from './provider-fetch.ts'
import { providerProblem } from './provider-problem.ts'

/** https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps */
export interface GithubEndpoints {
  readonly authorization: string
  readonly token: string
  /** The account: https://docs.github.com/en/rest/users/users */
  readonly user: string
  /** Its addresses: https://docs.github.com/en/rest/users/emails */
  readonly emails: string
}

export const GITHUB: GithubEndpoints = {
  authorization: 'https://github.com/login/oauth/authorize',
  token: 'https://github.com/login/oauth/access_token',
  user: 'https://api.github.com/user',
  emails: 'https://api.github.com/user/emails',
}

const ISSUER = 'https://github.com/login/oauth'
const API_HEADERS = { Accept: 'application/vnd.github+json', 'X-GitHub-Api-Version': '2022-11-28' }

/** The id stays when the login is changed and then taken by somebody else. */
const userSchema = z.object({ id: z.number().int().positive(), login: z.string().min(1), name: z.string().nullish() })
const emailsSchema = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }))

interface GithubOptions {
  readonly provider: Provider
  readonly secret: string
  readonly endpoints: GithubEndpoints
  readonly now: () => number
}

/** GitHub has OAuth 2.0 with PKCE, but no OpenID Connect: its API says who signed in. */
export function createGithubClient(options: GithubOptions): ProviderClient {
  return {
    begin: (asked) => begin(options, asked),
    finish: (asked, answer) => finish(options, asked, answer),
    check: (redirectUri) => check(options, redirectUri),
  }
}

async function begin(options: GithubOptions, { redirectUri, state, verifier }: SignInRequest): Promise<string> {
  const url = client.buildAuthorizationUrl(configure(options), {
    redirect_uri: redirectUri,
    scope: 'user:email',
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    prompt: 'select_account',
  })
  return url.href
}

async function finish(
  options: GithubOptions,
  { redirectUri, state, verifier }: SignInRequest,
  query: URLSearchParams,
): Promise<Identity> {
  const config = configure(options)
  const answer = new URL(`${redirectUri}?${query.toString()}`)
  const checks = { pkceCodeVerifier: verifier, expectedState: state }
  const tokens = await client.authorizationCodeGrant(config, answer, checks)
  return identityWith(config, tokens.access_token, options.endpoints)
}

function configure({ provider, secret, endpoints }: GithubOptions): client.Configuration {
  const metadata = {
    issuer: ISSUER,
    authorization_endpoint: endpoints.authorization,
    token_endpoint: endpoints.token,
  }
  const config = new client.Configuration(metadata, provider.clientId, secret, client.ClientSecretPost(secret))
  config.timeout = PROVIDER_TIMEOUT_S
  config[client.customFetch] = createProviderFetch()
  if (isThisComputer(new URL(endpoints.token).hostname)) client.allowInsecureRequests(config)
  return config
}

async function identityWith(config: client.Configuration, token: string, from: GithubEndpoints): Promise<Identity> {
  const { id, login, name } = userSchema.parse(await read(config, token, from.user))
  // Without the scope, which a person can take away, the addresses are refused.
  const emails = emailsSchema.safeParse(await read(config, token, from.emails)).data ?? []
  return {
    kind: 'github',
    subject: `${ISSUER} ${id}`,
    account: textOf(login),
    name: textOf(name) || textOf(login),
    email: mailOf(emails.find(({ primary, verified }) => primary && verified)?.email) ?? null,
    role: null,
  }
}

async function read(config: client.Configuration, token: string, url: string): Promise<unknown> {
  const headers = new Headers(API_HEADERS)
  const answer = await client.fetchProtectedResource(config, token, new URL(url), 'GET', undefined, headers)
  return answer.ok ? await answer.json() : undefined
}

/**
 * Redeems a code that does not exist. GitHub judges the client before the code, with status 200 or 404:
 * https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
 */
async function check({ provider, secret, endpoints, now }: GithubOptions, redirectUri: string | null): Promise<void> {
  let difference = 0
  const fetch = createProviderFetch((date) => (difference = Math.abs(now() - date)))
  const fields = new URLSearchParams({
    client_id: provider.clientId,
    client_secret: secret,
    code: client.randomState(),
  })
  if (redirectUri !== null) fields.set('redirect_uri', redirectUri)
  const answer = await fetch(endpoints.token, {
    method: 'POST',
    headers: { Accept: 'application/json' },
    body: fields,
    redirect: 'manual',
    signal: AbortSignal.timeout(PROVIDER_TIMEOUT_S * 1000),
  }).catch((error: unknown) => {
    throw providerError(error, provider)
  })
  if (difference > CLOCK_TOLERANCE_S * 1000) throw providerProblem('provider_clock', { name: provider.name })
  if (answer.status >= 500) throw providerProblem('provider_unreachable', { name: provider.name })
  const said = z.object({ error: z.string() }).safeParse(await answer.json().catch(() => undefined)).data?.error
  if (said === 'redirect_uri_mismatch')
    throw providerProblem('provider_refuses_address', { name: provider.name, url: redirectUri ?? '' })
  if (said !== 'bad_verification_code') throw providerProblem('provider_secret_wrong', { name: provider.name })
}
