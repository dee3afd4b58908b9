import { createSign, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js'

export const CLIENT_ID = 'latchkey'
export const CLIENT_SECRET = 'a secret of the client, which nobody may see'
export const PAGE_ORIGIN = 'https://box.local:11501'
export const REDIRECT_URI = `${PAGE_ORIGIN}/api/sign-in/return/work`

type Claims = Record<string, unknown>

export interface SpoiledToken {
  readonly header?: Claims
  readonly claims?: Claims
  /** Signed with a key that the provider does not publish. */
  readonly strangersKey?: true
  readonly signature?: string
}

export interface TestProvider {
  readonly issuer: string
  /** Who is signed in there. `sub` names the account. */
  account: Claims & { sub: string }
  /** Changes each ID token, after the library has made it. */
  spoil: (claims: Claims) => SpoiledToken | undefined
  /** Answers a request before the library does; true if it has. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean
  /** The paths that were asked for. */
  readonly asked: string[]
  /** Replaces the keys that sign. */
  rotateKeys(): void
  /** Goes to `url` as a browser does. Resolves to the address on the page's origin to which it is sent back. */
  walk(url: string): Promise<URL>
  close(): Promise<void>
}

/** A real provider of OpenID Connect on a free port, at which everybody is signed in at once. */
export async function startOpenIdProvider(): Promise<TestProvider> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let key = FIRST_KEY
  const started: TestProvider = {
    issuer,
    account: { sub: 'anna', email: 'anna@example.org', email_verified: true, name: 'Anna' },
    spoil: () => undefined,
    intercept: () => false,
    asked: [],
    rotateKeys() {
      key = freshKey()
      library = createLibrary(issuer, key, started)
    },
    walk: (url) => walk(new URL(url), issuer),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  let library = createLibrary(issuer, key, started)
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? ''
    started.asked.push(path.split('?')[0] ?? '')
    if (started.intercept(request, response)) return
    if (!path.startsWith('/interaction/')) return library.callback()(request, response)
    void library.interactionFinished(request, response, { login: { accountId: started.account.sub } })
  })
  return started
}

/** A class of its own, because the library warns of its default. */
class InMemory extends MemoryAdapter {}

/** Making one takes a fifth of a second. */
const FIRST_KEY = freshKey()
const STRANGERS_KEY = freshKey()

interface SigningKey {
  readonly private: KeyObject
  readonly kid: string
}

function freshKey(): SigningKey {
  return { private: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, kid: randomUUID() }
}

function createLibrary(issuer: string, key: SigningKey, test: TestProvider): Provider {
  const library = new Provider(issuer, {
    clients: [{ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uris: [REDIRECT_URI] }],
    jwks: { keys: [{ ...key.private.export({ format: 'jwk' }), kid: key.kid, use: 'sig', alg: 'RS256' }] },
    adapter: InMemory,
    cookies: { keys: ['only for tests'] },
    claims: {
      openid: ['sub', 'realm_access'],
      email: ['email', 'email_verified', 'xms_edov'],
      profile: ['name', 'nickname', 'preferred_username'],
      groups: ['groups'],
    },
    scopes: ['openid', 'email', 'profile', 'groups'],
    features: { devInteractions: { enabled: false } },
    renderError: (context: { body: unknown }, { error }: { error: string }) => {
      context.body = error
    },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ ...test.account, sub: id }) }),
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    async loadExistingGrant({ oidc }: Required<Parameters<Parameters<Provider['use']>[0]>[0]>) {
      const { client, session, provider } = oidc
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
      grant.addOIDCScope('openid email profile groups')
      await grant.save()
      return grant
    },
  })
  library.use(async (context, next) => {
    await next()
    const { body } = context
    if (context.oidc?.route !== 'token' || typeof body !== 'object' || body === null || !('id_token' in body)) return
    context.body = { ...body, id_token: spoiled(String(body.id_token), key, test) }
  })
  return library
}

function spoiled(token: string, key: SigningKey, test: TestProvider): string {
  const [header = '', claims = ''] = token.split('.')
  const spoils = test.spoil(decoded(claims))
  if (spoils === undefined) return token
  const head = { ...decoded(header), ...spoils.header }
  const input = [head, { ...decoded(claims), ...spoils.claims }].map(encoded).join('.')
  const signer = spoils.strangersKey === true ? STRANGERS_KEY : key
  const signature = spoils.signature ?? createSign('RSA-SHA256').update(input).sign(signer.private, 'base64url')
  return `${input}.${signature}`
}

function decoded(part: string): Claims {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Claims
}

function encoded(part: Claims): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

/** Follows the provider's redirects with its cookies. */
async function walk(from: URL, issuer: string): Promise<URL> {
  const cookies = new Map<string, string>()
  let at = from
  for (let step = 0; step < 10 && at.origin === issuer; step += 1) {
    const cookie = Array.from(cookies, ([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(at, { redirect: 'manual', headers: { cookie } })
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      cookies.set(name, value)
    }
    const location = answer.headers.get('location')
    if (location === null) throw new Error(`the provider answered ${answer.status}: ${await answer.text()}`)
    await answer.body?.cancel()
    at = new URL(location, at)
  }
  return at
}
