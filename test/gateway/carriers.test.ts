import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { exchangeRaw } from '../support/raw-http.ts'

let gateway: TestGateway
let key: IssuedKey
let inUrl: IssuedKey

beforeAll(async () => {
  gateway = await startGateway()
  key = await gateway.createKey()
  inUrl = await gateway.createKey({ allowInUrl: true })
})
beforeEach(() => {
  gateway.received.length = 0
  gateway.records.length = 0
  gateway.settings.cookieCarrier = false
})
afterAll(() => gateway.close())

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`

async function tags(headers: Record<string, string>, path = '/api/tags'): Promise<{ status: number; error: string }> {
  const answer = await fetch(gateway.url + path, { headers })
  const body = (await answer.json()) as { error?: string }
  return { status: answer.status, error: body.error ?? '' }
}

/** fetch sets Host and Cookie itself, so these go over a raw socket. */
async function rawTags(lines: readonly string[], target = '/api/tags'): Promise<number> {
  const answer = await exchangeRaw(
    gateway.port,
    `GET ${target} HTTP/1.1\r\n${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`,
  )
  return Number(answer.slice(9, 12))
}

describe('a key is taken from', () => {
  it.each([
    ['Authorization: Bearer', () => ({ authorization: `Bearer ${key.secret}` })],
    ['a bearer in other case', () => ({ authorization: `bearer  ${key.secret}` })],
    ['x-api-key', () => ({ 'x-api-key': key.secret })],
    ['api-key', () => ({ 'api-key': key.secret })],
    ['xi-api-key', () => ({ 'xi-api-key': key.secret })],
    ['Basic, as the password', () => ({ authorization: basic(`someone:${key.secret}`) })],
    ['Basic, as the user name with no password', () => ({ authorization: basic(`${key.secret}:`) })],
    ['two carriers that say the same', () => ({ authorization: `Bearer ${key.secret}`, 'x-api-key': key.secret })],
    ['one carrier beside a placeholder', () => ({ authorization: 'Bearer ollama', 'x-api-key': key.secret })],
  ])('%s', async (_name, headers) => {
    expect((await tags(headers())).status).toBe(200)
    expect(JSON.stringify(gateway.received)).not.toContain(key.secret)
    expect((await gateway.record()).keyId).toBe(key.id)
  })

  it('a path prefix, for keys that allow it, which the upstream never sees', async () => {
    expect((await tags({}, `/k/${inUrl.secret}/api/tags`)).status).toBe(200)
    expect(gateway.received[0]?.url).toBe('/api/tags')
    expect(JSON.stringify([gateway.received, gateway.records])).not.toContain(inUrl.secret)
  })

  it('a path prefix with nothing behind it, which is the root', async () => {
    for (const path of [`/k/${inUrl.secret}`, `/k/${inUrl.secret}/`]) {
      const answer = await fetch(gateway.url + path)
      expect([answer.status, await answer.text()]).toEqual([200, 'Ollama is running'])
    }
  })

  it('a host label, for keys that allow it', async () => {
    expect(await rawTags([`Host: ${inUrl.secret}.localhost:${gateway.port}`])).toBe(200)
    const label = `http://${inUrl.secret}.localhost:${gateway.port}`
    expect(await rawTags([`Host: ${inUrl.secret}.localhost`, `Origin: ${label}`])).toBe(200)
    expect(JSON.stringify([gateway.received, gateway.records])).not.toContain(inUrl.secret)
  })
})

describe('a key is not taken from', () => {
  it('an address, unless it allows that', async () => {
    expect(await tags({}, `/k/${key.secret}/api/tags`)).toMatchObject({ status: 401 })
    expect(await rawTags([`Host: ${key.secret}.localhost`])).toBe(401)
    expect(gateway.received).toEqual([])
  })

  it.each(['key', 'api_key', 'token', 'x'])('the query (%s), even beside a good key', async (name) => {
    const path = `/api/tags?${name}=${key.secret.replace('-', '%2D')}`
    const answer = await tags({ authorization: `Bearer ${key.secret}` }, path)
    expect(answer.status).toBe(401)
    expect(answer.error).toContain('query')
    expect(gateway.received).toEqual([])
    expect(JSON.stringify(gateway.records)).not.toContain(key.secret.slice(6))
  })

  it('the token cookie, unless that is switched on and no other site can have asked', async () => {
    const cookie = [`Host: localhost:${gateway.port}`, `Cookie: a=b; token=${key.secret}`]
    expect(await rawTags([...cookie, 'Sec-Fetch-Site: same-origin'])).toBe(401)
    gateway.settings.cookieCarrier = true
    expect(await rawTags([...cookie, 'Sec-Fetch-Site: same-origin'])).toBe(200)
    expect(await rawTags([...cookie, 'Sec-Fetch-Site: none'])).toBe(200)
    expect(await rawTags(cookie)).toBe(401)
    expect(await rawTags([...cookie, 'Sec-Fetch-Site: same-site'])).toBe(401)
    expect(await rawTags([...cookie, 'Sec-Fetch-Site: cross-site'])).toBe(401)
    expect(await rawTags([...cookie, 'Sec-Fetch-Site: same-origin', 'Origin: https://evil.example'])).toBe(401)
    expect(gateway.received).toHaveLength(2)
    expect(JSON.stringify(gateway.received)).not.toContain(key.secret)
  })
})

describe('what is refused, and with which word', () => {
  it.each(['', 'ollama', 'default-key', 'temp', 'lm-studio', 'sk-no-key-required', 'none', 'OLLAMA'])(
    'the placeholder “%s” means no key',
    async (word) => {
      await tags({ authorization: `Bearer ${word}` })
      expect((await gateway.record()).reason).toBe('key_missing')
    },
  )

  it.each([
    ['another scheme', () => `Digest ${key.secret}`],
    ['a scheme that only begins like one', () => `Bearerx ${key.secret}`],
    ['Basic that is no base64 of a key', () => 'Basic !!!!'],
  ])('an Authorization with %s is 401, and reaches nobody', async (_name, authorization) => {
    // From a site of its own: too many failures from one place are slowed down.
    const headers = { authorization: authorization(), origin: 'https://schemes.example' }
    expect((await tags(headers)).status).toBe(401)
    expect((await gateway.record()).reason).toMatch(/^key_(?:missing|malformed)$/)
    expect(gateway.received).toEqual([])
    expect(JSON.stringify(gateway.records)).not.toContain(key.secret)
  })

  it('two different keys are a conflict', async () => {
    const answer = await tags({ authorization: `Bearer ${key.secret}`, 'x-api-key': inUrl.secret })
    expect(answer.status).toBe(400)
    expect((await gateway.record()).reason).toBe('credentials_conflict')
    expect(gateway.received).toEqual([])
  })

  it('mistyped, unknown and disabled keys get different refusals', async () => {
    const disabled = await gateway.createKey()
    await gateway.access.keys.update(disabled.id, { enabled: false })
    const gone = await gateway.createKey()
    await gateway.access.keys.delete(gone.id)
    const expired = await gateway.createKey({ expiresAt: Date.now() - 1000 })
    const secrets = [
      `${key.secret.slice(0, -1)}${key.secret.endsWith('a') ? 'b' : 'a'}`,
      gone.secret,
      disabled.secret,
      expired.secret,
    ]
    for (const secret of secrets) expect((await tags({ 'x-api-key': secret })).status).toBe(401)
    await gateway.record(3)
    expect(gateway.records.map((record) => record.reason)).toEqual([
      'key_malformed',
      'key_unknown',
      'key_disabled',
      'key_expired',
    ])
    expect(gateway.received).toEqual([])
  })
})
