import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AskedGateway, startAskedGateway } from './asked-gateway.ts'
import { choiceOf } from './asking-app.ts'

let gateway: AskedGateway

beforeEach(async () => {
  gateway = await startAskedGateway()
})
afterEach(() => gateway.close())

describe('a flood', () => {
  it('by one site is one question, and after five requests in two minutes none', async () => {
    const site = gateway.page('https://evil.example')
    for (let time = 0; time < 5; time++) expect((await site.ask()).status).toBe(200)
    expect(gateway.openCount()).toBe(1)
    const refused = await site.ask()
    expect([refused.status, refused.body['error'], refused.headers.get('retry-after')]).toEqual([
      429,
      'temporarily_unavailable',
      '120',
    ])
    gateway.clocks.monotonic += 121_000
    expect((await site.ask()).status).toBe(200)
  })

  it('by many sites leaves five questions, and room when one is answered', async () => {
    const ask = (at: number) => gateway.page(`https://${at}.evil.example`).ask()
    for (let at = 0; at < 5; at++) expect((await ask(at)).status).toBe(200)
    expect((await ask(5)).headers.get('latchkey-refusal')).toBe('pairing_busy')
    expect(gateway.openCount()).toBe(5)
    const [first] = gateway.pairings.list()
    if (first !== undefined) await gateway.pairings.decline(choiceOf(first))
    expect((await ask(6)).status).toBe(200)
    expect(gateway.openCount()).toBe(5)
  })

  it('that is refused for want of room uses up nobody’s turn', async () => {
    const ask = (at: number) => gateway.page(`https://${at}.evil.example`).ask()
    for (let at = 0; at < 40; at++) await ask(at)
    expect(gateway.openCount()).toBe(5)
    gateway.declineAll()
    expect((await gateway.page('https://chat.example').ask()).status).toBe(200)
  })

  it('by sites that are each declined ends after twenty requests in two minutes', async () => {
    const statuses: number[] = []
    for (let at = 0; at < 21; at++) {
      statuses.push((await gateway.page(`https://${at}.evil.example`).ask()).status)
      gateway.declineAll()
    }
    expect(statuses).toEqual([...Array<number>(20).fill(200), 429])
  })

  it('of guesses neither finds nor disturbs a request', async () => {
    const owner = gateway.page('https://chat.example')
    await owner.ask()
    const replies = await Promise.all(Array.from({ length: 300 }, (_, at) => owner.poll(`guess ${at}`)))
    expect(new Set(replies.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(gateway.records).toEqual([])
    gateway.approveOnly()
    expect((await owner.poll()).status).toBe(200)
  })

  it('of polls is told to slow down, more each time', async () => {
    const owner = gateway.program()
    await owner.ask()
    gateway.clocks.monotonic += 2_000
    expect((await owner.poll()).body['error']).toBe('authorization_pending')
    gateway.clocks.monotonic += 1_000
    expect((await owner.poll()).body).toEqual({ error: 'slow_down', error_description: 'Ask only every 7 seconds.' })
  })
})
