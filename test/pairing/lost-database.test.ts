import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../support/postgres.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import { until } from '../support/until.ts'
import { CodeApp, choiceOf, DeviceApp, load } from './asking-app.ts'
import { outcomesAt, questionAt, type SharingGateway, startSharingGateway } from './sharing-gateways.ts'

const reason = whyNoPostgres()
if (reason !== undefined) console.warn(`pairing without the database: skipped, because ${reason}`)

describe.skipIf(reason !== undefined)('an app that asks while the shared database is away', () => {
  let server: PostgresServer
  let proxy: TcpProxy
  let gateway: SharingGateway
  let other: SharingGateway
  let beforeKey: () => void
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.remove())
  beforeEach(async () => {
    const url = await server.createDatabase()
    proxy = await startTcpProxy(server.port)
    beforeKey = () => undefined
    gateway = await startSharingGateway({ url: proxy.through(url), beforeKey: () => beforeKey() })
    other = await startSharingGateway({ url })
  })
  afterEach(async () => {
    await gateway.close()
    await other.close()
    await proxy.close()
  })

  const lose = async () => {
    proxy.mode('refuse')
    proxy.cut()
    await until(() => gateway.shared.store.isAway, 'the gateway to notice')
  }
  const findAgain = async () => {
    proxy.mode('pass')
    await until(() => !gateway.shared.store.isAway, 'the database to be back')
  }
  /** When both have heard of the request. */
  const approve = async () => {
    await questionAt(other)
    await gateway.pairings.approve({ ...choiceOf(await questionAt(gateway)), preset: 'models' })
  }

  it('is told to try again, in the words of each route, and nothing fails', async () => {
    const asked = new DeviceApp(gateway.url)
    await asked.ask()
    const choice = choiceOf(await questionAt(gateway))
    await lose()
    const refused = await new DeviceApp(gateway.url, { origin: 'https://chat.example' }).ask()
    const answer = [refused.status, refused.body['error'], refused.headers.get('latchkey-refusal')]
    expect(answer).toEqual([503, 'temporarily_unavailable', 'gateway_busy'])
    // It knows this one, and cannot say that it knows no other.
    expect((await asked.poll()).body['error']).toMatch(/^(authorization_pending|slow_down)$/)
    expect((await asked.poll('unknown')).status).toBe(503)
    const page = new CodeApp(gateway.url)
    expect((await load(page.address())).headers.location).toContain('error=temporarily_unavailable')
    expect((await page.fetchKey('unknown')).status).toBe(503)
    await expect(gateway.pairings.approve({ ...choice, preset: 'models' })).rejects.toMatchObject({
      code: 'database_away',
    })
    await expect(gateway.pairings.decline(choice)).rejects.toMatchObject({ code: 'database_away' })
    expect(gateway.failures).toEqual([])
    await findAgain()
    await gateway.pairings.approve({ ...choice, preset: 'models' })
    expect((await asked.poll()).status).toBe(200)
  })

  it('after the approval gets its key when it is back', async () => {
    const asked = new DeviceApp(gateway.url)
    await asked.ask()
    await approve()
    await lose()
    expect((await asked.poll()).status).toBe(503)
    expect(await gateway.access.keys.list()).toEqual([])
    await findAgain()
    expect((await asked.poll()).status).toBe(200)
  })

  it('and has its key already: all learn of it later', async () => {
    const asked = new DeviceApp(gateway.url)
    await asked.ask()
    await approve()
    beforeKey = () => {
      proxy.mode('refuse')
      proxy.cut()
    }
    expect((await asked.poll()).status).toBe(200)
    await until(() => gateway.shared.store.isAway, 'the gateway to notice')
    await findAgain()
    expect(await outcomesAt([gateway, other], 'connected')).toEqual([
      ['approved', 'connected'],
      ['approved', 'connected'],
    ])
  })

  it('is approved, or not, if the answer to the approval is lost: both say which', async () => {
    const asked = new DeviceApp(gateway.url)
    await asked.ask()
    await questionAt(other)
    const choice = choiceOf(await questionAt(gateway))
    // The next COMMIT must be that of the approval.
    await gateway.shared.store.catchUp()
    const lost = proxy.swallowAnswerTo('COMMIT\0')
    const approval = gateway.pairings.approve({ ...choice, preset: 'models' })
    await expect(approval).rejects.toMatchObject({ code: 'database_unsure' })
    await lost
    await outcomesAt([gateway, other], 'approved')
    expect((await asked.poll()).status).toBe(200)
    expect(await gateway.access.keys.list()).toHaveLength(1)
  })
})
