import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeCertificate } from '../support/certificates.ts'
import { isPrivateFile } from '../support/private-file.ts'
import {
  CLIENT_SECRET,
  PAGE_ORIGIN,
  REDIRECT_URI,
  startOpenIdProvider,
  type TestProvider,
} from '../support/providers/openid-provider.ts'
import { openSignInStage, type SignInStage } from '../support/providers/sign-in-stage.ts'

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

const problem = () =>
  stage.providers.check('work').then(
    () => null,
    ({ code, parts }: { code: string; parts: object }) => [code, parts],
  )

test('a provider that people can use passes, and an unknown one is reported', async () => {
  expect(await problem()).toBe(null)
  expect(await stage.providers.check('another')).toBe(false)
})

test('a redirect address that the provider does not know is named', async () => {
  stage.origin = 'https://other.local'
  const url = REDIRECT_URI.replace(PAGE_ORIGIN, 'https://other.local')
  expect(await problem()).toEqual(['provider_refuses_address', { name: 'Work', url }])
})

test('a client ID that the provider does not know is found', async () => {
  stage.change({ clientId: 'another' })
  expect(await problem()).toEqual(['provider_refuses_address', { name: 'Work', url: REDIRECT_URI }])
})

test('while the console has no address for others, the rest is checked', async () => {
  stage.origin = null
  expect(await problem()).toBe(null)
  await stage.providers.setSecret('work', 'wrong')
  expect(await problem()).toEqual(['provider_secret_wrong', { name: 'Work' }])
})

test('a wrong and a missing client secret are found', async () => {
  await stage.providers.setSecret('work', 'wrong')
  expect(await problem()).toEqual(['provider_secret_wrong', { name: 'Work' }])
  await stage.providers.setSecret('work', null)
  expect(await problem()).toEqual(['provider_secret_wrong', { name: 'Work' }])
})

test.each([-70_000, 70_000])('a clock that is wrong by %i ms is found', async (clockError) => {
  stage.clockError = clockError
  expect(await problem()).toEqual(['provider_clock', {}])
})

test('an old answer from a cache does not look like a wrong clock', async () => {
  openId.intercept = ({ url }, response) => {
    if (url === '/.well-known/openid-configuration')
      response.setHeader('Date', new Date(Date.now() - 1_800_000).toUTCString()).setHeader('Age', '1800')
    return false
  }
  expect(await problem()).toBe(null)
})

test('a provider that is asked too often does not refuse the redirect address', async () => {
  openId.intercept = ({ url }, response) => {
    if (url?.startsWith('/auth') !== true) return false
    response.writeHead(429).end()
    return true
  }
  expect(await problem()).toBe(null)
})

test('a provider out of reach is found', async () => {
  await openId.close()
  expect(await problem()).toEqual(['provider_unreachable', { name: 'Work' }])
  openId = await startOpenIdProvider()
})

test.each([
  ['text/html', '<!doctype html>'],
  ['application/json', '{'],
  ['application/json', '[]'],
  ['application/json', '{}'],
])('a server that is no provider is found: %s %s', async (type, body) => {
  openId.intercept = (_, response) => {
    response.setHeader('Content-Type', type).end(body)
    return true
  }
  expect(await problem()).toEqual(['provider_not_found', { name: 'Work', url: openId.issuer }])
})

test('a redirect of the configuration is not followed', async () => {
  const other = await startOpenIdProvider()
  openId.intercept = (_, response) => {
    response.writeHead(302, { Location: `${other.issuer}/.well-known/openid-configuration` }).end()
    return true
  }
  expect(await problem()).toEqual(['provider_not_found', { name: 'Work', url: openId.issuer }])
  expect(other.asked).toEqual([])
  await other.close()
})

test('a provider whose certificate is not trusted is found', async () => {
  const { cert, key } = await makeCertificate()
  const server = createServer({ cert, key })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stage.change({ issuer: `https://127.0.0.1:${(server.address() as AddressInfo).port}` })
  await stage.providers.setSecret('work', CLIENT_SECRET)
  expect(await problem()).toEqual(['provider_untrusted', { name: 'Work' }])
  server.close()
})

test('a provider without an issuer is found', async () => {
  stage.change({ issuer: null })
  await stage.providers.setSecret('work', CLIENT_SECRET)
  expect(await problem()).toEqual(['provider_issuer_missing', { name: 'Work' }])
})

test('the secret is in one private file, bound to its issuer, and is never read back', async () => {
  expect(isPrivateFile(join(stage.dataDir, 'provider-secrets'))).toBe(true)
  expect(await readFile(join(stage.dataDir, 'provider-secrets'), 'utf8')).toContain(openId.issuer)
  const [state] = await stage.providers.list()
  expect(state).toMatchObject({ id: 'work', hasSecret: true, redirectUrl: REDIRECT_URI })
  expect(JSON.stringify(state)).not.toContain(CLIENT_SECRET)
  stage.change({ issuer: 'https://another.example' })
  expect(await stage.providers.list()).toMatchObject([{ hasSecret: false }])
  expect(await problem()).toEqual(['provider_secret_for_another', { name: 'Work' }])
})

test('secrets of removed providers are removed with the next change', async () => {
  stage.change({ id: 'second' })
  expect(await stage.providers.setSecret('work', 'x')).toBe(undefined)
  expect(await stage.providers.setSecret('second', 'second secret')).toMatchObject({ hasSecret: true })
  const kept = await readFile(join(stage.dataDir, 'provider-secrets'), 'utf8')
  expect(kept).not.toContain(CLIENT_SECRET)
  await stage.providers.setSecret('second', null)
  await expect(readFile(join(stage.dataDir, 'provider-secrets'))).rejects.toThrow('ENOENT')
})
