import { afterEach, beforeEach, expect, test } from 'vitest'
import { type GithubDouble, startGithubDouble } from '../support/providers/github-double.ts'
import { CLIENT_SECRET, REDIRECT_URI } from '../support/providers/openid-provider.ts'
import { openSignInStage, type SignInStage, stateOf, VISITOR } from '../support/providers/sign-in-stage.ts'

let github: GithubDouble
let stage: SignInStage
beforeEach(async () => {
  github = await startGithubDouble()
  stage = await openSignInStage({ preset: 'github', name: 'GitHub' }, github.endpoints)
})
afterEach(async () => {
  await stage.close()
  await github.close()
})

async function signIn(change: (back: URL) => void = () => undefined) {
  const { url, flow } = await stage.providers.begin({ provider: 'work', code: 'an-invitation-code' }, VISITOR)
  const back = github.walk(url)
  change(back)
  return stage.providers.finish({ provider: 'work', query: back.search.slice(1), flow }, VISITOR)
}

test('a person comes in as their account at GitHub, with the primary verified address', async () => {
  expect(await signIn()).toEqual({ personId: 'person_anna', method: 'github' })
  expect(stage.admitted).toEqual([
    {
      identity: {
        kind: 'github',
        subject: 'https://github.com/login/oauth 583231',
        account: 'octocat',
        name: 'The Octocat',
        email: 'octocat@example.org',
        role: null,
      },
      code: 'an-invitation-code',
    },
  ])
})

test('the browser is sent to GitHub with PKCE and state, and asks only for addresses', async () => {
  const { url, flow } = await stage.providers.begin({ provider: 'work', code: 'an-invitation-code' }, VISITOR)
  expect(url.startsWith('https://github.com/login/oauth/authorize?')).toBe(true)
  expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
    redirect_uri: REDIRECT_URI,
    scope: 'user:email',
    code_challenge_method: 'S256',
    prompt: 'select_account',
    state: stateOf(flow),
  })
  expect(url).not.toContain('an-invitation-code')
})

test.each<[string, Partial<GithubDouble>]>([
  ['is not verified', { emails: [{ email: 'octocat@example.org', primary: true, verified: false }] }],
  ['is not primary', { emails: [{ email: 'octocat@example.org', primary: false, verified: true }] }],
  ['was not granted', { emails: undefined }],
  ['has another shape', { emails: [{ email: 1 }] }],
])('an address that %s counts as none', async (_, fields) => {
  Object.assign(github, fields)
  await signIn()
  expect(stage.admitted[0]?.identity).toMatchObject({ email: null, subject: 'https://github.com/login/oauth 583231' })
})

test('an account without a name is called by its login, and one without a visible name too', async () => {
  github.user = { id: 1, login: 'octocat', name: null }
  await signIn()
  github.user = { id: 1, login: 'octocat', name: '\u202e\u200b' }
  await signIn()
  expect(stage.admitted.map(({ identity }) => identity.name)).toEqual(['octocat', 'octocat'])
})

test.each<[string, (back: URL) => void, string]>([
  ['a wrong code', (back) => back.searchParams.set('code', 'another'), 'provider_failed'],
  ['no code', (back) => back.searchParams.delete('code'), 'provider_failed'],
  ['another state', (back) => back.searchParams.set('state', 'another'), 'sign_in_over'],
  ['another issuer', (back) => back.searchParams.set('iss', 'https://evil.example'), 'provider_failed'],
])('an answer with %s is refused', async (_, change, code) => {
  await expect(signIn(change)).rejects.toMatchObject({ code })
  expect(stage.admitted).toEqual([])
})

test.each<[string, object]>([
  ['without an id', { login: 'octocat' }],
  ['with an id of another type', { id: '583231', login: 'octocat' }],
])('an account %s is refused', async (_, user) => {
  github.user = user
  await expect(signIn()).rejects.toMatchObject({ code: 'provider_failed' })
})

test('errors of GitHub are refusals that log no secret', async () => {
  for (const status of [401, 403, 500]) {
    github.status = status
    await expect(signIn()).rejects.toMatchObject({ code: 'provider_failed' })
  }
  expect(stage.log()).not.toContain(CLIENT_SECRET)
  expect(stage.log()).not.toContain('gho_token')
})

test('a check finds a wrong secret, client ID or redirect address, and GitHub out of reach', async () => {
  expect(await stage.providers.check('work')).toBe(true)
  stage.origin = 'https://other.local'
  await expect(stage.providers.check('work')).rejects.toMatchObject({ code: 'provider_refuses_address' })
  await stage.providers.setSecret('work', 'wrong')
  await expect(stage.providers.check('work')).rejects.toMatchObject({ code: 'provider_secret_wrong' })
  await stage.providers.setSecret('work', CLIENT_SECRET)
  stage.change({ clientId: 'wrong' })
  await expect(stage.providers.check('work')).rejects.toMatchObject({ code: 'provider_secret_wrong' })
  github.status = 503
  await expect(stage.providers.check('work')).rejects.toMatchObject({ code: 'provider_unreachable' })
  await stage.providers.setSecret('work', null)
  await expect(stage.providers.check('work')).rejects.toMatchObject({ code: 'provider_secret_missing' })
})
