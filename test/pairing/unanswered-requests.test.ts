import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AskedGateway, startAskedGateway } from './asked-gateway.ts'
import { CodeApp, DeviceApp, load } from './asking-app.ts'

let gateway: AskedGateway

beforeEach(async () => {
  gateway = await startAskedGateway()
})
afterEach(() => gateway.close())

describe('a person who says no', () => {
  it('and one who says nothing look alike to the app, from the first poll to the last', async () => {
    const story = async (asking: DeviceApp, answer: () => void) => {
      const told: unknown[] = []
      const look = async () => {
        const { status, body } = await asking.poll()
        told.push([status, body])
      }
      expect((await asking.ask()).status).toBe(200)
      answer()
      gateway.clocks.monotonic += 5_000
      await look()
      const again = new DeviceApp(gateway.url, { origin: 'https://evil.example' })
      told.push(Object.keys((await again.ask()).body), (await again.poll()).body['error'])
      await look()
      gateway.clocks.monotonic += 120_000
      await look()
      gateway.clocks.monotonic += 120_000
      return told
    }
    const declined = await story(gateway.page('https://evil.example'), () => gateway.declineOnly())
    const ignored = await story(gateway.page('https://evil.example'), () => undefined)
    expect(declined).toEqual(ignored)
  })

  it('is not asked again by the same site for two minutes', async () => {
    const site = gateway.page('https://evil.example')
    await site.ask()
    gateway.declineOnly()
    await site.ask()
    expect(gateway.openCount()).toBe(0)
    gateway.clocks.monotonic += 120_001
    await site.ask()
    expect(gateway.openCount()).toBe(1)
  })

  it('sends a page back with access_denied when its time is over', async () => {
    const asking = new CodeApp(gateway.url)
    await load(asking.address())
    gateway.declineOnly()
    expect((await load(asking.address())).status).toBe(200)
    gateway.clocks.monotonic += 120_001
    const { headers } = await load(asking.address())
    expect(headers.location).toMatch(/^http:\/\/127\.0\.0\.1:4321\/back\?error=access_denied&state=its\+state&iss=/)
    expect((await load(asking.address())).status).toBe(400)
    expect(gateway.openCount()).toBe(0)
  })
})

describe('time', () => {
  it('is not what the clock on the wall says', async () => {
    const owner = gateway.program()
    await owner.ask()
    const { endsAt, askedAt } = gateway.onlyRequest()
    expect(endsAt - askedAt).toBe(120_000)
    gateway.clocks.wall += 365 * 86_400_000
    expect(gateway.openCount()).toBe(1)
    expect(gateway.onlyRequest().endsAt - gateway.clocks.wall).toBe(120_000)
    gateway.clocks.wall -= 730 * 86_400_000
    gateway.clocks.monotonic += 120_001
    expect(gateway.openCount()).toBe(0)
    expect((await owner.poll()).body['error']).toBe('expired_token')
    expect(gateway.pairingChanges.at(-1)?.outcome).toBe('expired')
  })

  it('of an approved app ends after a minute, and no key is made', async () => {
    const owner = gateway.program()
    await owner.ask()
    gateway.approveOnly()
    gateway.clocks.monotonic += 60_001
    expect((await owner.poll()).body['error']).toBe('expired_token')
    expect(await gateway.access.keys.list()).toEqual([])
  })
})
