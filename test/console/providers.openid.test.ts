import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  CLIENT_SECRET,
  REDIRECT_URI,
  startOpenIdProvider,
  type TestProvider,
} from '../support/providers/openid-provider.ts'
import { openSignInStage, type SignInStage, stateOf, VISITOR } from '../support/providers/sign-in-stage.ts'

// A real provider (oidc-provider), whose ID tokens the test can change and sign again.

let openId: TestProvider
let stage: SignInStage
beforeEach(async () => {
  openId = await startOpenIdProvider()
  stage = await openSignInStage({ issuer: openId.issuer })
})
afterEach(async () => {
  await stage.close()
  await openId.close()
})

const begin = (code: string | null = null) => stage.providers.begin({ provider: 'work', code }, VISITOR)
const finish = (query: string, flow: string | undefined) =>
  stage.providers.finish({ provider: 'work', query, flow }, VISITOR)

/** The whole way: to the provider and back. */
async function signIn(code: string | null = null) {
  const { url, flow } = await begin(code)
  const back = await openId.walk(url)
  return finish(back.search.slice(1), flow)
}

/** Who came in. */
async function identity() {
  await signIn()
  return stage.admitted.at(-1)?.identity
}

async function refusal(way: Promise<unknown> = signIn()) {
  const error: unknown = await way.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(stage.admitted).toEqual([])
  expect(stage.log()).not.toContain(CLIENT_SECRET)
  return (error as { code?: string } | undefined)?.code
}

test('a person comes in as the account that the provider proves', async () => {
  expect(await signIn()).toEqual({ personId: 'person_anna', method: 'oidc' })
  expect(stage.admitted).toEqual([
    {
      identity: {
        kind: 'oidc',
        subject: `${openId.issuer} anna`,
        account: 'anna@example.org',
        name: 'Anna',
        email: 'anna@example.org',
        role: null,
      },
      code: null,
    },
  ])
})

test('the browser is sent with PKCE, state and nonce, and without the secret', async () => {
  const { url, flow } = await begin()
  const query = new URL(url).searchParams
  expect(Object.fromEntries(query)).toMatchObject({
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    code_challenge_method: 'S256',
    state: stateOf(flow),
  })
  expect(query.get('nonce')).toMatch(/^[\w-]{40,}$/)
  expect(query.get('code_challenge')).toMatch(/^[\w-]{43}$/)
  expect(url).not.toContain(flow)
  expect(url).not.toContain(encodeURIComponent(CLIENT_SECRET))
})

test('the invitation survives the way to the provider and back, and never leaves for it', async () => {
  const { url, flow } = await begin('an-invitation-code')
  expect(url).not.toContain('an-invitation-code')
  const back = await openId.walk(url)
  expect(back.href).not.toContain('an-invitation-code')
  await finish(back.search.slice(1), flow)
  expect(stage.admitted.map(({ code }) => code)).toEqual(['an-invitation-code'])
})

const now = () => Math.floor(Date.now() / 1000)

test.each<[string, TestProvider['spoil'], string]>([
  ['of another issuer', () => ({ claims: { iss: 'https://evil.example' } }), 'provider_failed'],
  ['for another client', () => ({ claims: { aud: 'another' } }), 'provider_failed'],
  [
    'for several clients, issued to another',
    () => ({ claims: { aud: ['latchkey', 'another'], azp: 'another' } }),
    'provider_failed',
  ],
  ['with another nonce', () => ({ claims: { nonce: 'another' } }), 'provider_failed'],
  ['without a nonce', () => ({ claims: { nonce: undefined } }), 'provider_failed'],
  ['without an account', () => ({ claims: { sub: undefined } }), 'provider_failed'],
  ['about an account with an endless id', () => ({ claims: { sub: 'a'.repeat(256) } }), 'provider_failed'],
  ['signed with a key that the provider does not publish', () => ({ strangersKey: true }), 'provider_failed'],
  ['with a key id that the provider does not publish', () => ({ header: { kid: 'another' } }), 'provider_failed'],
  ['without a signature', () => ({ header: { alg: 'none' }, signature: '' }), 'provider_failed'],
  ['signed with the client secret', () => ({ header: { alg: 'HS256' } }), 'provider_failed'],
  ['with a changed claim', () => ({ claims: { amr: ['another'] }, signature: 'AAAA' }), 'provider_failed'],
  ['that expired before the tolerance', () => ({ claims: { exp: now() - 70 } }), 'provider_clock'],
  ['that becomes valid after the tolerance', () => ({ claims: { nbf: now() + 70 } }), 'provider_clock'],
])('an ID token %s is refused', async (_, spoil, code) => {
  openId.spoil = spoil
  expect(await refusal()).toBe(code)
})

test('an ID token within the tolerance of clocks is accepted', async () => {
  openId.spoil = () => ({ claims: { iat: now() + 40, nbf: now() + 40 } })
  expect(await identity()).toMatchObject({ subject: `${openId.issuer} anna` })
  openId.spoil = () => ({ claims: { exp: now() - 40 } })
  expect(await identity()).toMatchObject({ subject: `${openId.issuer} anna` })
})

test('rotated keys are found, also when they change during a sign-in', async () => {
  await signIn()
  openId.rotateKeys()
  await signIn()
  const { url, flow } = await begin()
  openId.rotateKeys()
  await finish((await openId.walk(url)).search.slice(1), flow)
  expect(stage.admitted).toHaveLength(3)
})

describe('the answer of the provider', () => {
  let back: URL
  let flow: string
  beforeEach(async () => {
    const begun = await begin()
    flow = begun.flow
    back = await openId.walk(begun.url)
  })
  const query = () => back.search.slice(1)

  test('is refused in a browser that did not begin the sign-in', async () => {
    expect(await refusal(finish(query(), undefined))).toBe('sign_in_over')
    const other = await begin()
    expect(await refusal(finish(query(), other.flow))).toBe('sign_in_over')
    // It was not used up by the attempts.
    await finish(query(), flow)
    expect(stage.admitted).toHaveLength(1)
  })

  test('is refused with another state', async () => {
    back.searchParams.set('state', 'another')
    expect(await refusal(finish(query(), flow))).toBe('sign_in_over')
    expect(await refusal(finish(query(), 'another'))).toBe('sign_in_over')
    back.searchParams.set('state', stateOf('another'))
    expect(await refusal(finish(query(), 'another'))).toBe('sign_in_over')
  })

  test('is refused at another provider', async () => {
    const other = stage.providers.finish({ provider: 'other', query: query(), flow }, VISITOR)
    expect(await refusal(other)).toBe('sign_in_over')
  })

  test('is refused from another issuer', async () => {
    back.searchParams.set('iss', 'https://evil.example')
    expect(await refusal(finish(query(), flow))).toBe('provider_failed')
  })

  test.each(['code', 'state', 'iss'])('is refused with two of %s', async (name) => {
    back.searchParams.append(name, 'another')
    expect(await refusal(finish(query(), flow))).toBe('provider_failed')
  })

  test('is refused a second time, also while the first is being checked', async () => {
    const both = await Promise.allSettled([finish(query(), flow), finish(query(), flow)])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    await expect(finish(query(), flow)).rejects.toMatchObject({ code: 'sign_in_over' })
    expect(stage.admitted).toHaveLength(1)
  })

  test('is refused with a code of another sign-in', async () => {
    const other = await begin()
    const stolen = await openId.walk(other.url)
    back.searchParams.set('code', stolen.searchParams.get('code') ?? '')
    expect(await refusal(finish(query(), flow))).toBe('provider_failed')
  })

  test('is refused with a code that was redeemed already', async () => {
    await finish(query(), flow)
    stage.admitted.length = 0
    const other = await begin()
    const replayed = await openId.walk(other.url)
    replayed.searchParams.set('code', back.searchParams.get('code') ?? '')
    expect(await refusal(finish(replayed.search.slice(1), other.flow))).toBe('provider_failed')
  })

  test('is refused after ten minutes', async () => {
    stage.later(10 * 60_000)
    expect(await refusal(finish(query(), flow))).toBe('sign_in_over')
  })

  test('is refused after the provider was changed or removed', async () => {
    stage.change({ name: 'Work again' })
    expect(await refusal(finish(query(), flow))).toBe('provider_gone')
  })
})

test('a person who cancels at the provider is told so', async () => {
  const { flow } = await begin()
  const query = new URLSearchParams({ error: 'access_denied', state: stateOf(flow), iss: openId.issuer })
  expect(await refusal(finish(`${query}`, flow))).toBe('provider_denied')
})

test('one address cannot end the sign-ins of others by beginning many', async () => {
  const { url, flow } = await begin()
  const flood = { ...VISITOR, address: '10.0.0.66' }
  for (let at = 0; at < 60; at += 1) await stage.providers.begin({ provider: 'work', code: null }, flood)
  await finish((await openId.walk(url)).search.slice(1), flow)
  expect(stage.admitted).toHaveLength(1)
})

test.each([
  ['not verified', { email_verified: false }],
  ['not said to be verified', { email_verified: undefined }],
  ['no address', { email: 'nobody' }],
  ['verified only by a word that means nothing', { email_verified: 'yes' }],
])('an e-mail address that is %s counts as none', async (_, claims) => {
  openId.account = { ...openId.account, ...claims }
  expect(await identity()).toMatchObject({ email: null, name: 'Anna' })
})

test.each([
  ['of an allowed domain', { email: 'anna@Example.ORG' }, undefined],
  ['of a subdomain', { email: 'anna@sub.example.org' }, 'provider_mail_domain'],
  ['of a domain that ends alike', { email: 'anna@evilexample.org' }, 'provider_mail_domain'],
  ['with the domain before the @', { email: 'example.org@evil.example' }, 'provider_mail_domain'],
  ['that is not verified', { email_verified: false }, 'provider_mail_unverified'],
  ['that is missing', { email: undefined }, 'provider_mail_unverified'],
])('with allowed domains, an account with an address %s is judged', async (_, claims, code) => {
  stage.change({ domains: ['example.org'] })
  openId.account = { ...openId.account, ...claims }
  if (code === undefined) expect(await identity()).toMatchObject({ subject: `${openId.issuer} anna` })
  else expect(await refusal()).toBe(code)
})

test.each([
  ['google', 'select_account'],
  ['entra', 'select_account'],
  ['other', null],
])('with the preset %s the person chooses an account: %s', async (preset, prompt) => {
  stage.change({ preset })
  expect(new URL((await begin()).url).searchParams.get('prompt')).toBe(prompt)
  expect(await stage.providers.check('work')).toBe(true)
})

const ROLES = [
  { value: 'staff', role: 'member' },
  { value: 'bosses', role: 'admin' },
]
test.each<[string, string, object, string | null]>([
  ['a list of groups', 'groups', { groups: ['staff', 'others'] }, 'member'],
  ['the highest of several', 'groups', { groups: ['staff', 'bosses'] }, 'admin'],
  ['one text', 'groups', { groups: 'bosses' }, 'admin'],
  ['a path', 'realm_access.roles', { realm_access: { roles: ['staff'] } }, 'member'],
  ['no known value', 'groups', { groups: ['others'] }, null],
  ['no claim', 'groups', {}, null],
  ['what every object has', '__proto__.constructor', { groups: ['staff'] }, null],
])('the role comes from a claim: %s', async (_, roleClaim, claims, role) => {
  stage.change({ roleClaim, roles: ROLES })
  openId.account = { ...openId.account, ...claims }
  expect(await identity()).toMatchObject({ role })
})

test('a provider with http on another computer is refused before anything is sent', async () => {
  stage.change({ issuer: 'http://provider.example' })
  await stage.providers.setSecret('work', CLIENT_SECRET)
  expect(await refusal(begin())).toBe('provider_needs_tls')
})

test('an issuer with a password or a query is refused, and the password is not logged', async () => {
  for (const issuer of [
    'https://anna:password@provider.example',
    'https://provider.example/?password',
    'https://provider.example/#password',
  ]) {
    stage.change({ issuer })
    await stage.providers.setSecret('work', CLIENT_SECRET)
    expect(await refusal(begin())).toBe('provider_not_found')
  }
  expect(stage.log()).not.toContain('password')
})

test('the secret is not sent to another issuer than the one it was set for', async () => {
  const other = await startOpenIdProvider()
  stage.change({ issuer: other.issuer })
  expect(await refusal(begin())).toBe('provider_secret_for_another')
  expect(other.asked).toEqual([])
  await other.close()
})

test.each([
  ['another issuer', { issuer: 'https://evil.example' }, 'provider_issuer_differs'],
  ['an issuer for every organisation', { issuer: 'https://login.example/{tenantid}/v2.0' }, 'provider_issuer_for_all'],
  ['an address that runs a script', { authorization_endpoint: 'javascript:alert(1)' }, 'provider_failed'],
  ['no address for browsers', { authorization_endpoint: undefined }, 'provider_failed'],
])('a configuration with %s is refused', async (_, fields, code) => {
  openId.intercept = ({ url }, response) => {
    if (url !== '/.well-known/openid-configuration') return false
    const configuration = {
      issuer: openId.issuer,
      authorization_endpoint: `${openId.issuer}/auth`,
      token_endpoint: `${openId.issuer}/token`,
      jwks_uri: `${openId.issuer}/jwks`,
      ...fields,
    }
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(configuration))
    return true
  }
  expect(await refusal(begin())).toBe(code)
})

test('user info about another account is refused', async () => {
  openId.intercept = ({ url }, response) => {
    if (url !== '/me') return false
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ sub: 'owner', email_verified: true }))
    return true
  }
  expect(await refusal()).toBe('provider_failed')
})

test('an endless answer of the provider is given up', async () => {
  openId.intercept = ({ url }, response) => {
    if (url !== '/me') return false
    response.setHeader('Content-Type', 'application/json')
    response.end(`{"sub":"anna","padding":"${'a'.repeat(2_000_000)}"}`)
    return true
  }
  expect(await refusal()).toBe('provider_failed')
})

test('nothing of an account or of the protocol is logged', async () => {
  openId.spoil = () => ({ claims: { aud: 'another' } })
  const { url, flow } = await begin('an-invitation-code')
  const back = await openId.walk(url)
  await refusal(finish(back.search.slice(1), flow))
  const code = back.searchParams.get('code') ?? 'none'
  expect(stage.log()).toContain('"provider":"work"')
  for (const secret of ['anna', 'an-invitation-code', flow, stateOf(flow), code])
    expect(stage.log()).not.toContain(secret)
})
