import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AskedGateway, startAskedGateway } from './asked-gateway.ts'
import { CodeApp, load } from './asking-app.ts'

let gateway: AskedGateway

beforeEach(async () => {
  gateway = await startAskedGateway()
})
afterEach(() => gateway.close())

describe('a code', () => {
  async function approvedCode(redirectUri?: string): Promise<{ asking: CodeApp; code: string }> {
    const asking = new CodeApp(gateway.url, redirectUri === undefined ? {} : { redirectUri })
    await load(asking.address())
    gateway.approveOnly()
    return { asking, code: await asking.code() }
  }

  it('with another app’s verifier is refused and spent, and the other app gets its key', async () => {
    const one = await approvedCode('http://127.0.0.1:4001/')
    const other = await approvedCode('http://127.0.0.1:4002/')
    const mixed = await one.asking.fetchKey(one.code, { code_verifier: other.asking.verifier })
    expect(mixed.body['error']).toBe('invalid_grant')
    expect((await one.asking.fetchKey(one.code)).body).toEqual(mixed.body)
    expect((await other.asking.fetchKey(other.code)).status).toBe(200)
    expect(await gateway.access.keys.list()).toHaveLength(1)
  })

  it.each([
    ['address', { redirect_uri: 'http://127.0.0.1:4001/elsewhere' }, {}],
    ['client', { client_id: 'another app' }, {}],
    ['site', {}, { origin: 'https://evil.example' }],
  ])('from another %s is refused', async (_, form, headers) => {
    const { asking, code } = await approvedCode()
    expect((await asking.fetchKey(code, form, headers)).body['error']).toBe('invalid_grant')
    expect(await gateway.access.keys.list()).toEqual([])
    expect(gateway.pairingChanges.at(-1)?.outcome).toBe('abandoned')
  })

  it('that is used twice gives one key', async () => {
    const { asking, code } = await approvedCode()
    const replies = await Promise.all([asking.fetchKey(code), asking.fetchKey(code)])
    expect(replies.map(({ status }) => status).sort((one, other) => one - other)).toEqual([200, 400])
    expect(await gateway.access.keys.list()).toHaveLength(1)
  })

  it('is worth nothing after a minute, and leaves no key', async () => {
    const { asking, code } = await approvedCode()
    gateway.clocks.monotonic += 60_001
    expect((await asking.fetchKey(code)).body['error']).toBe('invalid_grant')
    expect(await gateway.access.keys.list()).toEqual([])
    expect(gateway.pairingChanges.at(-1)?.outcome).toBe('abandoned')
  })

  it('of an extension works only in that extension, and so does its key', async () => {
    const id = 'abcdefghijklmnopabcdefghijklmnop'
    const { asking, code } = await approvedCode(`https://${id}.chromiumapp.org/back`)
    expect((await asking.fetchKey(code, {}, { origin: `chrome-extension://${id}` })).status).toBe(200)
    expect(await gateway.access.keys.list()).toMatchObject([{ origins: [`chrome-extension://${id}`] }])
    const another = await approvedCode(`https://${id}.chromiumapp.org/`)
    expect((await another.asking.fetchKey(another.code)).body['error']).toBe('invalid_grant')
  })
})
