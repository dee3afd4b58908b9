import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../../support/postgres.ts'
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts'
import { storedKey } from '../fixtures.ts'
import { type Gateway, openGateway } from './gateways.ts'

const reason = whyNoPostgres()
if (reason !== undefined) console.warn(`changes that are unsure: skipped, because ${reason}`)

describe.skipIf(reason !== undefined)('a change whose COMMIT is not answered', () => {
  let server: PostgresServer
  let proxy: TcpProxy
  let gateway: Gateway
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.remove())
  beforeEach(async () => {
    proxy = await startTcpProxy(server.port)
    gateway = await openGateway(proxy.through(await server.createDatabase()))
    await gateway.write(storedKey('key', { name: 'Before' }))
  })
  afterEach(async () => {
    await gateway.store.close()
    await proxy.close()
  })

  const handedNames = () => gateway.handed.flatMap(({ keys }) => keys.put.map(({ key }) => key.name))

  test('is read again when it was committed', async () => {
    const swallowed = proxy.swallowAnswerTo('COMMIT\0')
    const changing = gateway.store.keys.replace(storedKey('key', { name: 'After' }))
    await expect(changing).rejects.toMatchObject({ code: 'database_unsure' })
    await swallowed
    await gateway.store.catchUp()
    expect(handedNames()).toEqual(['After'])
  })

  test('is read again when it was not committed, so that the rooms know how it is', async () => {
    const lost = proxy.loseRequest('COMMIT\0')
    const changing = gateway.store.keys.replace(storedKey('key', { name: 'After' }))
    await expect(changing).rejects.toMatchObject({ code: 'database_unsure' })
    await lost
    await gateway.store.catchUp()
    expect(handedNames()).toEqual(['Before'])
    await gateway.store.catchUp()
    expect(handedNames()).toEqual(['Before'])
    await gateway.write(storedKey('key', { name: 'Later' }))
  })

  test('of a new row that was not committed leaves no row', async () => {
    const lost = proxy.loseRequest('COMMIT\0')
    const making = gateway.store.keys.insert(storedKey('other'))
    await expect(making).rejects.toMatchObject({ code: 'database_unsure' })
    await lost
    await gateway.store.catchUp()
    expect([...gateway.keys.keys()]).toEqual(['key'])
    await gateway.write(storedKey('other'))
  })
})
