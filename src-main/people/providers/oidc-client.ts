import * as client from 'openid-client'
import type { Provider } from '#shared/people/sign-in.ts'
import { isThisComputer } from '../../base/loopback.ts'
import { type Claims, identityOf, lacksClaims } from './claims.ts'
import type { Identity } from './identity.ts'
import { CLOCK_TOLERANCE_S, type ProviderClient, type SignInRequest } from './provider-client.ts'
import { discoveryError, isClientRefused, providerError } from './provider-error.ts'
import { createProviderFetch, PROVIDER_TIMEOUT_S } from './provider-fetch.ts'
import { providerProblem } from './provider-problem.ts'

/** These offer to choose an account, so that nobody comes in as the one who used the browser before. */
const CHOOSING: readonly Provider['preset'][] = ['google', 'entra']

const TOO_MANY = 429

interface OidcOptions {
  readonly provider: Provider
  readonly issuer: URL
  /** null for a public client, which has none. */
  readonly secret: string | null
  readonly now: () => number
}

/**
 * A provider of OpenID Connect: the code flow with PKCE, state and nonce. The library checks issuer, audience, nonce,
 * times and, because we ask for it, the signature.
 */
export function createOidcClient(options: OidcOptions): ProviderClient {
  return {
    async begin(asked) {
      return begin(await configure(options), asked, options.provider)
    },
    async finish(asked, answer) {
      return finish(await configure(options), asked, answer, options.provider)
    },
    check: (redirectUri) => check(options, redirectUri),
  }
}

async function begin(config: client.Configuration, asked: SignInRequest, provider: Provider): Promise<string> {
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: asked.redirectUri,
    scope: scopeFor(provider, config),
    state: asked.state,
    nonce: asked.nonce,
    code_challenge: await client.calculatePKCECodeChallenge(asked.verifier),
    code_challenge_method: 'S256',
    ...(CHOOSING.includes(provider.preset) ? { prompt: 'select_account' } : {}),
  })
  return url.href
}

async function finish(
  config: client.Configuration,
  { redirectUri, state, verifier, nonce }: SignInRequest,
  query: URLSearchParams,
  provider: Provider,
): Promise<Identity> {
  const answer = new URL(`${redirectUri}?${query.toString()}`)
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }
  const tokens = await client.authorizationCodeGrant(config, answer, checks)
  const claims = tokens.claims()
  if (claims === undefined) throw new Error('no ID token')
  const more = lacksClaims(provider, claims) ? await userInfo(config, tokens.access_token, claims.sub) : null
  return identityOf(provider, claims, more)
}

/** The library checks that the answer is about the same account. null if the provider has no such endpoint. */
async function userInfo(config: client.Configuration, token: string, subject: string): Promise<Claims | null> {
  if (config.serverMetadata().userinfo_endpoint === undefined) return null
  return client.fetchUserInfo(config, token, subject)
}

/** Rejects with a PersonError. */
async function configure(options: OidcOptions, onDate?: (date: number) => void): Promise<client.Configuration> {
  const { provider, issuer, secret } = options
  const isLocal = isThisComputer(issuer.hostname)
  // An address with a password in it would be in the log.
  if (issuer.username !== '' || issuer.password !== '' || issuer.search !== '' || issuer.hash !== '')
    throw providerProblem('provider_not_found', { name: provider.name, url: issuer.host })
  if (issuer.protocol !== 'https:' && !isLocal) throw providerProblem('provider_needs_tls', { name: provider.name })
  const found = await discover(options, isLocal, createProviderFetch(onDate))
  const metadata = found.serverMetadata()
  checkIssuer(metadata.issuer, options)
  const config = new client.Configuration(
    metadata,
    provider.clientId,
    { ...(secret === null ? {} : { client_secret: secret }), [client.clockTolerance]: CLOCK_TOLERANCE_S },
    secret === null ? client.None() : authenticationFor(metadata, secret),
  )
  config.timeout = PROVIDER_TIMEOUT_S
  config[client.customFetch] = createProviderFetch()
  if (isLocal) client.allowInsecureRequests(config)
  // Without it the library trusts the connection to the token endpoint instead of the signature.
  client.enableNonRepudiationChecks(config)
  return config
}

/** Discovery is not cached: it is one request, and each sign-in then knows the provider's newest keys and addresses. */
async function discover(
  { provider, issuer }: OidcOptions,
  isLocal: boolean,
  fetch: client.CustomFetch,
): Promise<client.Configuration> {
  try {
    return await client.discovery(issuer, provider.clientId, undefined, undefined, {
      [client.customFetch]: fetch,
      timeout: PROVIDER_TIMEOUT_S,
      execute: isLocal ? [client.allowInsecureRequests] : [],
    })
  } catch (error) {
    const said = issuerIn(error)
    throw said === undefined ? discoveryError(error, provider) : differs(said, provider.name)
  }
}

/** The library makes exceptions for some hosts. We make none. */
function checkIssuer(said: string, { provider, issuer }: OidcOptions): void {
  if (URL.parse(said)?.href !== issuer.href) throw differs(said, provider.name)
}

function differs(said: string, name: string) {
  // Entra ID's `common` and `organizations`. Anybody could make an organisation and give themselves a role in it.
  if (said.includes('{')) return providerProblem('provider_issuer_for_all', { name })
  return providerProblem('provider_issuer_differs', { name, issuer: said.slice(0, 500) })
}

/** What the provider calls itself, if the library found that it is not what we expect. */
function issuerIn(error: unknown): string | undefined {
  const { cause } = error as { cause?: { attribute?: unknown; body?: { issuer?: unknown } } }
  return cause?.attribute === 'issuer' && typeof cause.body?.issuer === 'string' ? cause.body.issuer : undefined
}

/** `client_secret_basic` is what a provider must have if it does not say what it has. */
function authenticationFor(metadata: client.ServerMetadata, secret: string): client.ClientAuth {
  const methods = metadata.token_endpoint_auth_methods_supported
  const isPost = methods !== undefined && !methods.includes('client_secret_basic')
  return isPost ? client.ClientSecretPost(secret) : client.ClientSecretBasic(secret)
}

/** Some providers tell groups only to those who ask for the scope `groups`, and others refuse unknown scopes. */
function scopeFor({ roleClaim }: Provider, config: client.Configuration): string {
  const hasGroups = config.serverMetadata().scopes_supported?.includes('groups') === true
  return roleClaim === 'groups' && hasGroups ? 'openid profile email groups' : 'openid profile email'
}

async function check(options: OidcOptions, redirectUri: string | null): Promise<void> {
  const { provider, now } = options
  let difference = 0
  const config = await configure(options, (date) => (difference = Math.abs(now() - date)))
  if (difference > CLOCK_TOLERANCE_S * 1000) throw providerProblem('provider_clock', { name: provider.name })
  if (redirectUri !== null) await checkRedirect(config, redirectUri, provider)
  await checkSecret(config, redirectUri ?? 'https://latchkey.invalid/', provider)
}

/**
 * Asks for a sign-in without anybody signed in. A provider refuses a redirect address that it does not know with an error
 * page, and sends the browser to one that it knows.
 */
async function checkRedirect(config: client.Configuration, redirectUri: string, provider: Provider): Promise<void> {
  const url = new URL(await begin(config, newRequest(redirectUri), provider))
  url.searchParams.set('prompt', 'none')
  const fetch = createProviderFetch()
  const signal = AbortSignal.timeout(PROVIDER_TIMEOUT_S * 1000)
  const options = { method: 'GET', headers: {}, body: undefined, redirect: 'manual', signal } as const
  const answer = await fetch(url.href, options).catch((error: unknown) => {
    throw providerError(error, provider)
  })
  const isRefused = answer.status >= 400 && answer.status < 500 && answer.status !== TOO_MANY
  if (isRefused) throw providerProblem('provider_refuses_address', { name: provider.name, url: redirectUri })
}

/** A request that only tests the provider. No sign-in follows. */
function newRequest(redirectUri: string): SignInRequest {
  return {
    redirectUri,
    state: client.randomState(),
    verifier: client.randomPKCECodeVerifier(),
    nonce: client.randomNonce(),
  }
}

/** Redeems a code that does not exist. A provider judges the client before the code. */
async function checkSecret(config: client.Configuration, redirectUri: string, provider: Provider): Promise<void> {
  const invented = {
    code: client.randomState(),
    redirect_uri: redirectUri,
    code_verifier: client.randomPKCECodeVerifier(),
  }
  try {
    await client.genericGrantRequest(config, 'authorization_code', invented)
  } catch (error) {
    if (isClientRefused(error)) throw providerProblem('provider_secret_wrong', { name: provider.name })
    const refusal = (error as { error?: unknown }).error
    if (refusal === undefined) throw providerError(error, provider)
  }
}
