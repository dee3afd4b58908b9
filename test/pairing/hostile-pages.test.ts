import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AskedGateway, startAskedGateway } from './asked-gateway.ts'

let gateway: AskedGateway

beforeEach(async () => {
  gateway = await startAskedGateway()
})
afterEach(() => gateway.close())

describe('another page', () => {
  it('that polls with a stolen device code is told what any wrong code is told, and its owner gets the key', async () => {
    const owner = gateway.page('https://chat.example')
    await owner.ask()
    gateway.approveOnly()
    const thief = gateway.page('https://evil.example')
    const stolen = await thief.poll(owner.deviceCode)
    const wrong = await thief.poll('nobody has this code')
    expect([stolen.status, stolen.body]).toEqual([wrong.status, wrong.body])
    expect(stolen.body['error']).toBe('expired_token')
    const program = await gateway.program().poll(owner.deviceCode)
    expect(program.body).toEqual(wrong.body)
    expect((await owner.poll()).body['token_type']).toBe('Bearer')
    expect(await gateway.access.keys.list()).toMatchObject([
      { origins: ['https://chat.example'], scopes: ['chat', 'models'] },
    ])
  })

  it('cannot use the key', async () => {
    const owner = gateway.page('https://chat.example')
    await owner.ask()
    gateway.approveOnly()
    const secret = String((await owner.poll()).body['access_token'])
    const chat = (origin: string) =>
      fetch(`${gateway.url}/api/chat`, {
        method: 'POST',
        headers: { origin, authorization: `Bearer ${secret}` },
        body: '{"model":"sample-small","stream":false,"messages":[]}',
      })
    expect((await chat('https://chat.example')).status).toBe(200)
    expect((await chat('https://evil.example')).headers.get('latchkey-refusal')).toBe('origin_not_allowed')
  })

  it('that replays a device code after its owner gets nothing, and no second key is made', async () => {
    const owner = gateway.page('https://chat.example')
    await owner.ask()
    gateway.approveOnly()
    expect((await owner.poll()).status).toBe(200)
    expect((await owner.poll()).body['error']).toBe('expired_token')
    expect(await gateway.access.keys.list()).toHaveLength(1)
  })

  it('that polls twice at once gets one key', async () => {
    const owner = gateway.page('https://chat.example')
    await owner.ask()
    gateway.approveOnly()
    const replies = await Promise.all(Array.from({ length: 20 }, () => owner.poll()))
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await gateway.access.keys.list()).toHaveLength(1)
  })

  it.each([
    ['a sandboxed frame', { origin: 'null' }],
    ['a form of another site, from a browser that names no origin', { 'sec-fetch-site': 'cross-site' }],
    ['a page on another port, without a name', { 'sec-fetch-site': 'same-site' }],
  ])('without a name may not ask: %s', async (_, headers) => {
    const { status, body, headers: answered } = await gateway.program(headers).ask()
    expect([status, answered.get('latchkey-refusal'), body['error']]).toEqual([403, 'pairing_origin', 'access_denied'])
    expect(gateway.openCount()).toBe(0)
    expect(await gateway.record()).toMatchObject({ outcome: 'refused', reason: 'pairing_origin', keyId: null })
  })

  it('cannot ask by a request that needs no preflight and has no form’s type', async () => {
    const headers = { origin: 'https://evil.example', 'Content-Type': 'text/plain' }
    expect((await gateway.program(headers).ask()).body['error']).toBe('invalid_request')
    expect(gateway.openCount()).toBe(0)
  })

  it('raises no more than a question under its own name', async () => {
    await gateway.page('https://evil.example').ask({ client_name: 'Page Assist' })
    expect(gateway.onlyRequest()).toMatchObject({
      name: 'Page Assist (evil.example)',
      asker: { origin: 'https://evil.example', originName: null, claim: 'Page Assist' },
    })
  })

  it('that is blocked cannot ask, and a request of a site ends when it is blocked', async () => {
    const site = gateway.page('https://evil.example')
    await site.ask()
    await gateway.access.origins.decide('https://evil.example', 'blocked')
    gateway.pairings.block('https://evil.example')
    expect(gateway.openCount()).toBe(0)
    const polled = fetch(`${gateway.url}/latchkey/token`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
    })
    expect((await polled).headers.get('access-control-allow-origin')).toBeNull()
    expect((await polled).headers.get('latchkey-refusal')).toBe('origin_blocked')
  })
})

it('a preflight is granted, so that a page can ask', async () => {
  const answer = await fetch(`${gateway.url}/latchkey/token`, {
    method: 'OPTIONS',
    headers: { origin: 'https://chat.example', 'access-control-request-method': 'POST' },
  })
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([204, '*'])
  const asked = await gateway.page('https://chat.example').ask()
  expect(asked.headers.get('access-control-allow-origin')).toBe('*')
})

it('a name keeps only what can be seen, and no key', async () => {
  await gateway.program().ask({ client_name: `\u202eevil\n\u0007sk-lk-${'a'.repeat(39)} ${'x'.repeat(200)}` })
  const { name, asker } = gateway.onlyRequest()
  expect(asker.claim).toMatch(/^evil sk-lk-redacted x+…$/)
  expect(name.length).toBeLessThanOrEqual(80)
})
