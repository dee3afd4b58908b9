import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { exchangeRaw } from '../support/raw-http.ts'

let gateway: TestGateway
let key: IssuedKey
let other: IssuedKey

beforeAll(async () => {
  gateway = await startGateway()
  key = await gateway.createKey({ allowInUrl: true })
  other = await gateway.createKey()
})
beforeEach(() => {
  gateway.received.length = 0
  gateway.records.length = 0
})
afterAll(() => gateway.close())

/** As a person may have pasted it; sent as UTF-8. */
const PASTED: readonly (readonly [name: string, paste: (secret: string) => string])[] = [
  ['with blanks around it', (secret) => `  ${secret}\t `],
  ['in capitals', (secret) => secret.toUpperCase()],
  ['in mixed case', (secret) => `SK-lk-${secret.slice(6)}`],
  ['in quotes', (secret) => `"${secret}"`],
  ['in single quotes', (secret) => `'${secret}'`],
  ['in back quotes', (secret) => `\`${secret}\``],
  ['in curly quotes', (secret) => `“${secret}”`],
  ['in angle brackets', (secret) => `<${secret}>`],
  ['with a line end spelt out', (secret) => `${secret}\\n`],
  ['with a comma', (secret) => `${secret},`],
  ['with a zero-width space', (secret) => `\u200b${secret}\u200b`],
  ['with a byte order mark', (secret) => `\ufeff${secret}`],
  ['with zero-width joiners inside', (secret) => `${secret.slice(0, 20)}\u200d\u2060${secret.slice(20)}`],
  ['with a soft hyphen inside', (secret) => `${secret.slice(0, 20)}\u00ad${secret.slice(20)}`],
  ['with a no-break space', (secret) => `\u00a0${secret}`],
  ['with a blank inside, as a terminal wraps it', (secret) => `${secret.slice(0, 30)} ${secret.slice(30)}`],
  ['with the hyphens of a word processor', (secret) => secret.replaceAll('-', '\u2011')],
]
const WITH_NAMES = [
  'Bearer ',
  'bearer ',
  'Bearer: ',
  'Bearer Bearer ',
  'Token ',
  'ApiKey ',
  'Key ',
  'Authorization: Bearer ',
]

describe.each(PASTED)('a key pasted %s', (_name, paste) => {
  it('works in every carrier', async () => {
    const pasted = paste(key.secret)
    const basic = Buffer.from(`user:${pasted}`).toString('base64')
    const lines = [`Authorization: Bearer ${pasted}`, `Authorization: ${pasted}`, `Authorization: Basic ${basic}`]
    for (const name of ['x-api-key', 'api-key', 'xi-api-key']) lines.push(`${name}: ${pasted}`)
    for (const line of lines) expect([line, await status([line])]).toEqual([line, 200])
    expect(await status([`Authorization: Bearer ${key.secret}`, `x-api-key: ${pasted}`])).toBe(200)
  })

  it('is the same key as any other spelling of it, and another than another', async () => {
    expect(await status([`Authorization: Bearer ${paste(key.secret)}`, `x-api-key: ${other.secret}`])).toBe(400)
    expect(gateway.received).toEqual([])
  })
})

describe('what is pasted along with a key', () => {
  it.each(WITH_NAMES)('“%s” is taken off in every header', async (before) => {
    for (const name of ['Authorization', 'x-api-key', 'api-key', 'xi-api-key'])
      expect([name, await status([`${name}: ${before}${key.secret}`])]).toEqual([name, 200])
    expect(JSON.stringify(gateway.received)).not.toContain(key.secret)
  })

  it('is taken off in the path as well', async () => {
    for (const around of ['%20', '%22', '%E2%80%8B', '%C2%A0'])
      expect(await status([], `/k/${around}${key.secret}${around}/api/tags`)).toBe(200)
    expect(await status([], `/k/${key.secret.toUpperCase()}/api/tags`)).toBe(200)
    expect(JSON.stringify([gateway.received, gateway.records])).not.toContain(key.secret.slice(6))
  })

  it('a line end inside Basic is taken off', async () => {
    expect(await status([`Authorization: Basic ${Buffer.from(`user:${key.secret}\r\n`).toString('base64')}`])).toBe(200)
    expect(await status([`Authorization: Basic ${key.secret}`])).toBe(200)
  })

  it('does not turn other text into a key', async () => {
    const refused = [
      `Digest ${key.secret}`,
      `Bearerx ${key.secret}`,
      `Bearer ${key.secret}${key.secret}`,
      `Bearer x${key.secret}`,
    ]
    for (const value of [...refused, `Bearer ${key.secret}, ${other.secret}`])
      expect([value, await status([`Authorization: ${value}`])]).toEqual([value, 401])
    expect(gateway.received).toEqual([])
    expect(JSON.stringify(gateway.records)).not.toContain(key.secret)
  })

  it.each(['Bearer', 'Bearer ', 'Bearer:', 'Bearer Bearer ', 'Token ', '""', 'Bearer ""', 'Bearer none', 'ollama'])(
    'without a key is no key: %s',
    async (value) => {
      expect(await status([`Authorization: ${value}`])).toBe(401)
      expect((await gateway.record()).reason).toBe('key_missing')
    },
  )
})

describe('a wrong key', () => {
  it('gets its own reason, however often it comes, even while a guesser must wait', async () => {
    const disabled = await gateway.createKey()
    await gateway.access.keys.update(disabled.id, { enabled: false })
    const old = await gateway.createKey()
    await gateway.access.keys.delete(old.id)
    const reasons = async (lines: readonly string[], times: number) => {
      gateway.records.length = 0
      for (let round = 0; round < times; round++) await status(lines)
      await gateway.record(times - 1)
      return [...new Set(gateway.records.map(({ reason }) => reason))]
    }
    expect(await reasons([`x-api-key: ${old.secret}`], 25)).toEqual(['key_unknown'])
    expect(await reasons(['x-api-key: mistyped'], 25)).toEqual(['key_malformed'])
    expect(await reasons([], 60)).toEqual(['key_missing'])
    for (let guess = 0; guess < 40; guess++) await status([`x-api-key: guess-${guess}`])
    expect(await reasons(['x-api-key: guess-41'], 1)).toEqual(['slow_down'])
    expect(await reasons([`x-api-key: ${disabled.secret}`], 5)).toEqual(['key_disabled'])
    expect(await reasons([], 5)).toEqual(['key_missing'])
    expect(await reasons([`x-api-key: ${key.secret}`], 1)).toEqual([null])
    expect(await reasons(['x-api-key: another', 'User-Agent: another-program/1'], 3)).toEqual(['key_malformed'])
    expect(await reasons(['x-api-key: another', 'Origin: https://another.example'], 3)).toEqual(['key_malformed'])
  })
})

async function status(lines: readonly string[], target = '/api/tags'): Promise<number> {
  const head = [`GET ${target} HTTP/1.1`, 'Host: localhost', ...lines, 'Connection: close']
  const bytes = Buffer.from(`${head.join('\r\n')}\r\n\r\n`).toString('latin1')
  return Number((await exchangeRaw(gateway.port, bytes)).slice(9, 12))
}
