import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PairingRequest } from '#shared/pairing/pairing.ts'
import { type StartedApp, startApp } from '../console/started-app.ts'
import { until } from '../support/until.ts'
import { type Callback, openCallback } from './callback.ts'

// OAuth clients that others wrote, against a whole app. A plain http address is only for this computer.
const AS_HTTP = { [oauth.allowInsecureRequests]: true }

let app: StartedApp
let callback: Callback

beforeAll(async () => {
  app = await startApp()
  callback = await openCallback()
})
beforeEach(() => {
  app.events.length = 0
})
afterAll(async () => {
  await callback?.close()
  await app?.stop()
})

const question = (): Promise<PairingRequest> =>
  until(() => app.app.core.pairing.list()[0], 'a request that waits for the person')

async function approve({ id, code }: PairingRequest, preset: 'chat' | 'models' | 'all' = 'models'): Promise<void> {
  await app.call('POST /api/pairing/approve', { id, code, preset })
}

async function modelsWith(secret: string): Promise<number> {
  const answer = await fetch(`${app.gatewayUrl()}/v1/models`, { headers: { authorization: `Bearer ${secret}` } })
  return answer.status
}

async function discovered(clientId: string): Promise<client.Configuration> {
  return client.discovery(new URL(app.gatewayUrl()), clientId, undefined, client.None(), {
    algorithm: 'oauth2',
    execute: [client.allowInsecureRequests],
  })
}

describe('openid-client', () => {
  it('gets a key by the device grant', async () => {
    const config = await discovered('A command line')
    const asked = await client.initiateDeviceAuthorization(config, { scope: 'chat models' })
    const open = await question()
    expect(open.code).toBe(asked.user_code)
    expect(open.name).toBe('A command line')
    expect(open.asker).toMatchObject({ origin: null, claim: 'A command line' })
    const polled = client.pollDeviceAuthorizationGrant(config, asked)
    await approve(open)
    const { access_token: secret, token_type: type, scope } = await polled
    expect([type, scope]).toEqual(['bearer', 'chat models'])
    expect(await modelsWith(secret)).toBe(200)
    expect(app.app.core.pairing.list()).toEqual([])
  })

  it('gets a key by the code grant with PKCE', async () => {
    const config = await discovered('A desktop app')
    const [verifier, state] = [client.randomPKCECodeVerifier(), client.randomState()]
    const address = client.buildAuthorizationUrl(config, {
      redirect_uri: callback.url,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
    })
    const arrived = callback.browse(address)
    await approve(await question(), 'chat')
    const { access_token: secret } = await client.authorizationCodeGrant(config, await arrived, {
      pkceCodeVerifier: verifier,
      expectedState: state,
    })
    expect(await modelsWith(secret)).toBe(403)
    const key = (await app.call('GET /api/keys', {})).find(({ prefix }) => secret.startsWith(prefix))
    expect(key).toMatchObject({
      name: 'A desktop app',
      scopes: ['chat'],
      origins: null,
    })
  })
})

describe('oauth4webapi', () => {
  const self: oauth.Client = { client_id: 'oauth4webapi' }

  async function server(): Promise<oauth.AuthorizationServer> {
    const issuer = new URL(app.gatewayUrl())
    const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...AS_HTTP })
    return oauth.processDiscoveryResponse(issuer, answer)
  }

  it('reads each state of the device grant', async () => {
    const as = await server()
    const none = oauth.None()
    const asked = await oauth.processDeviceAuthorizationResponse(
      as,
      self,
      await oauth.deviceAuthorizationRequest(as, self, none, {}, AS_HTTP),
    )
    const poll = async () =>
      oauth.processDeviceCodeResponse(
        as,
        self,
        await oauth.deviceCodeGrantRequest(as, self, none, asked.device_code, AS_HTTP),
      )
    // It comes earlier than it was told to.
    await expect(poll()).rejects.toMatchObject({ error: 'slow_down' })
    await approve(await question())
    expect(await modelsWith((await poll()).access_token)).toBe(200)
    await expect(poll()).rejects.toMatchObject({ error: 'expired_token' })
  })

  it('checks the issuer and the state of the code grant, and gets a key', async () => {
    const as = await server()
    const [verifier, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState()]
    const address = new URL(as.authorization_endpoint ?? '')
    address.search = new URLSearchParams({
      response_type: 'code',
      client_id: self.client_id,
      redirect_uri: callback.url,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
    }).toString()
    const arrived = callback.browse(address)
    await approve(await question())
    const parameters = oauth.validateAuthResponse(as, self, await arrived, state)
    const grant = () =>
      oauth.authorizationCodeGrantRequest(as, self, oauth.None(), parameters, callback.url, verifier, AS_HTTP)
    const { access_token: secret } = await oauth.processAuthorizationCodeResponse(as, self, await grant())
    expect(await modelsWith(secret)).toBe(200)
    await expect(oauth.processAuthorizationCodeResponse(as, self, await grant())).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })
})

it("OpenRouter's shape gives a key to a client that changes one base URL", async () => {
  const verifier = oauth.generateRandomCodeVerifier()
  const address = new URL('/auth', app.gatewayUrl())
  address.searchParams.set('callback_url', callback.url)
  address.searchParams.set('code_challenge', await oauth.calculatePKCECodeChallenge(verifier))
  address.searchParams.set('code_challenge_method', 'S256')
  const arrived = callback.browse(address)
  const open = await question()
  const { origin: returnsTo, host } = new URL(callback.url)
  expect(open).toMatchObject({ name: host, asker: { returnsTo, claim: null } })
  await approve(open)
  const code = (await arrived).searchParams.get('code')
  const exchange = (body: object) =>
    fetch(`${app.gatewayUrl()}/api/v1/auth/keys`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
  const proof = { code, code_verifier: verifier, code_challenge_method: 'S256' }
  expect((await exchange({ ...proof, code_challenge_method: 'plain' })).status).toBe(400)
  const answer = await exchange(proof)
  expect(answer.status).toBe(200)
  const { key } = (await answer.json()) as { key: string }
  expect(await modelsWith(key)).toBe(200)
  expect((await exchange(proof)).status).toBe(403)
})

it('leaves the whole story in events and in the audit trail, and no secret anywhere', async () => {
  const config = await discovered('A story')
  const asked = await client.initiateDeviceAuthorization(config, {})
  const open = await question()
  await approve(open)
  const { access_token: secret } = await client.pollDeviceAuthorizationGrant(config, asked)
  const told = await until(() => {
    const changes = app.events.flatMap((event) => (event.type === 'pairing-change' ? [event.change] : []))
    return changes.length >= 2 ? changes : undefined
  }, 'both changes')
  const [key] = (await app.call('GET /api/keys', {})).filter(({ name }) => name === 'A story')
  expect(told).toEqual([
    { id: open.id, outcome: 'approved', keyId: null },
    { id: open.id, outcome: 'connected', keyId: key?.id },
  ])
  const { id, code } = open
  expect(app.events.filter(({ type }) => type === 'pairing-question')).toMatchObject([{ request: { id, code } }])
  expect((await app.call('GET /api/audit', { limit: 2 })).reverse()).toMatchObject([
    { action: 'pairing.approve', person: 'person_owner', label: 'A story' },
    { actor: 'pairing', action: 'key.create', subject: key?.id, label: 'A story' },
  ])
  for (const hidden of [secret, asked.device_code]) {
    expect(JSON.stringify(app.events)).not.toContain(hidden)
    expect(app.log()).not.toContain(hidden)
    expect(await app.bytesOnDisk()).not.toContain(hidden)
  }
})
