import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PairingRequest } from '#shared/pairing/pairing.ts'
import { runHere } from '../console/run-here.ts'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../support/postgres.ts'
import { type Serve, startServe } from '../support/serve.ts'
import { until } from '../support/until.ts'
import { DeviceApp } from './asking-app.ts'

const reason = whyNoPostgres()
if (reason !== undefined) console.warn(`pairing at processes on one database: skipped, because ${reason}`)

const SITE = 'https://chat.example'

describe.skipIf(reason !== undefined)('an app that asks one of three processes on one database', () => {
  let server: PostgresServer
  let serves: Serve[]
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.remove())
  beforeEach(async () => {
    const url = await server.createDatabase()
    serves = await Promise.all([1, 2, 3].map(() => startServe({ args: ['--demo', '--database', url] })))
  })
  afterEach(async () => {
    await Promise.all(serves.map((serve) => serve.stop()))
  })

  const at = (index: number): Serve => {
    const serve = serves[index]
    if (serve === undefined) throw new Error('no gateway')
    return serve
  }
  const open = (index: number) => at(index).call('GET /api/pairing', {})
  async function question(index: number): Promise<PairingRequest> {
    // The command line is answered with what the others had written before.
    const [request, another] = await open(index)
    if (request === undefined || another !== undefined) throw new Error('there is not exactly one request')
    return request
  }
  const approve = async (index: number) => {
    const { id, code } = await question(index)
    await at(index).call('POST /api/pairing/approve', { id, code, preset: 'models' })
  }
  /** Polls until the gateway has heard of the approval. */
  const keyFrom = (index: number, { deviceCode }: DeviceApp) =>
    until(async () => {
      const answer = await new DeviceApp(at(index).gateway).poll(deviceCode)
      return answer.status === 200 && answer
    }, 'the key')
  const kill = async (index: number) => {
    const ended = once(at(index).process, 'exit')
    at(index).process.kill('SIGKILL')
    await ended
  }

  it('gets its key from the third when the first is killed after the question and the second after the answer', async () => {
    const asking = new DeviceApp(at(0).gateway)
    await asking.ask()
    await kill(0)
    await approve(1)
    await kill(1)
    const { body } = await keyFrom(2, asking)
    const headers = { Authorization: `Bearer ${String(body['access_token'])}` }
    expect((await fetch(`${at(2).gateway}/v1/models`, { headers })).status).toBe(200)
    const entries = await at(2).call('GET /api/audit', { limit: 10 })
    expect(entries.map(({ action }) => action)).toEqual(expect.arrayContaining(['pairing.approve', 'key.create']))
  })

  it('is answered on the command line of another, and uses its key at all', async () => {
    const asking = new DeviceApp(at(0).gateway)
    const { body } = await asking.ask()
    const code = String(body['user_code'])
    expect((await runHere(at(1).dataDir, 'pair', 'approve', code)).code).toBe(0)
    const { body: fetched } = await keyFrom(2, asking)
    const headers = { Authorization: `Bearer ${String(fetched['access_token'])}` }
    for (const { gateway } of serves)
      await until(async () => (await fetch(`${gateway}/v1/models`, { headers })).status === 200, 'the key everywhere')
  })

  it('loses its requests everywhere when its site is blocked at any', async () => {
    const asking = new DeviceApp(at(0).gateway, { origin: SITE })
    await asking.ask()
    expect(await question(2)).toMatchObject({ asker: { origin: SITE } })
    await at(1).call('POST /api/origins/decide', { origin: SITE, status: 'blocked' })
    for (const index of [0, 1, 2])
      await until(async () => (await open(index)).length === 0, `no question at the gateway ${index}`)
    await at(2).call('POST /api/origins/decide', { origin: SITE, status: 'allowed' })
    const again = await until(async () => {
      const answer = await new DeviceApp(at(0).gateway, { origin: SITE }).poll(asking.deviceCode)
      return answer.headers.get('latchkey-refusal') === 'origin_blocked' ? false : answer
    }, 'the site to be let in again')
    expect(again.body['error']).toBe('expired_token')
  })

  it('waits for nobody any more when apps may not ask', async () => {
    await new DeviceApp(at(0).gateway).ask()
    expect(await open(1)).toHaveLength(1)
    await at(1).call('PATCH /api/settings', { pairing: false })
    for (const index of [0, 1, 2])
      await until(async () => (await open(index)).length === 0, `no question at the gateway ${index}`)
  })
})
