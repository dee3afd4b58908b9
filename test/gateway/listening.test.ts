import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { settingsSchema } from '#shared/settings/settings.ts'
import { ListenerControl } from '../../src-main/listeners/listener-control.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { ownAddress } from '../support/own-address.ts'
import { startOwnClock } from '../support/own-clock.ts'
import { exchangeRaw, openRaw, type RawConnection } from '../support/raw-http.ts'
import { until } from '../support/until.ts'

// Addresses of this computer that are not 127.0.0.1: Linux and Windows have all of 127/8, macOS has only the first.
const ONE = '127.0.0.2'
const OTHER = '127.0.0.3'
const LOOPBACK = ['127.0.0.1', '::1']
const OWN_ADDRESS = ownAddress()
const hasMany = await canListenOn(ONE)
if (!hasMany) console.log(`skipped: this computer has no address ${ONE}`)

let gateway: TestGateway

beforeEach(async () => {
  gateway = await startGateway({ chunkDelayMs: 60 })
})
afterEach(() => gateway.close())

async function canListenOn(host: string): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(0, host, () => server.close(() => resolve(true)))
  })
}

const isOpen = async (host: string, port = gateway.port) =>
  exchangeRaw(port, `GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`, 2_000, host).then(
    (answer) => answer.startsWith('HTTP/1.1 200 '),
    () => false,
  )

const CHAT = JSON.stringify({ model: 'sample-small', messages: [{ role: 'user', content: 'one two three four' }] })

/** A stream under way on a connection to `host`. */
async function stream(host: string, secret: string): Promise<RawConnection> {
  const connection = await openRaw(gateway.gateway.port, host)
  const before = gateway.received.length
  connection.send(
    `POST /api/chat HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\nContent-Length: ${CHAT.length}\r\n\r\n${CHAT}`,
  )
  await until(() => gateway.received.length > before && connection.socket.bytesRead > 0, 'the stream to begin')
  return connection
}

describe.runIf(hasMany)('a host added and taken away while the gateway runs', () => {
  const listen = (...hosts: string[]) => gateway.gateway.listen({ hosts: [...LOOPBACK, ...hosts], port: gateway.port })

  it('is opened and closed on the same port, and the others stay open', async () => {
    expect(await isOpen(ONE)).toBe(false)
    await listen(ONE, OTHER)
    expect([await isOpen(ONE), await isOpen(OTHER), await isOpen('127.0.0.1')]).toEqual([true, true, true])
    await listen(OTHER)
    expect([await isOpen(ONE), await isOpen(OTHER), await isOpen('127.0.0.1')]).toEqual([false, true, true])
    expect(gateway.gateway.hosts.filter((host) => host !== '::1')).toEqual(['127.0.0.1', OTHER])
  })

  it('ends its streams and its unused connections at once, and nobody else’s', async () => {
    const { secret } = await gateway.createKey()
    await listen(ONE)
    const [cut, unused, kept] = [
      await stream(ONE, secret),
      await openRaw(gateway.port, ONE),
      await stream('127.0.0.1', secret),
    ]
    const clock = startOwnClock()
    await listen()
    await until(() => cut.socket.destroyed && unused.socket.destroyed, 'both to be cut')
    expect(clock()).toBeLessThan(1_000)
    expect(await cut.readToEnd()).not.toContain('\r\n0\r\n\r\n')
    expect(await gateway.received[0]?.ended).toBe('cut')
    expect(await gateway.record()).toMatchObject({ outcome: 'cut_off', reason: 'address_closed' })
    expect((await kept.readResponse()).body).toContain('"done":true')
    kept.close()
  })

  it('ends them too where the port has changed in between', async () => {
    const { secret } = await gateway.createKey()
    await listen(ONE)
    const old = await stream(ONE, secret)
    const { port } = await gateway.gateway.listen({ hosts: [...LOOPBACK, ONE], port: 0 })
    expect([await isOpen(ONE, port), old.socket.destroyed]).toEqual([true, false])
    const clock = startOwnClock()
    await gateway.gateway.listen({ hosts: LOOPBACK, port })
    await until(() => old.socket.destroyed, 'the stream of the old port to be cut')
    expect(clock()).toBeLessThan(1_000)
  })

  it('stays as it was where the port is taken on one of the new ones', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(gateway.port, OTHER, resolve))
    await expect(listen(ONE, OTHER)).rejects.toMatchObject({ code: 'EADDRINUSE' })
    taken.close()
    expect([await isOpen(ONE), await isOpen('127.0.0.1')]).toEqual([false, true])
  })
})

describe.runIf(hasMany)('the door that follows the networks', () => {
  let own: string[]
  let door: ListenerControl
  // Bypasses the schema, which refuses loopback addresses. Here they represent network addresses.
  const settings = (lan: 'all' | string[], gatewayPort = gateway.port) => ({
    ...settingsSchema.parse({ gatewayPort }),
    lan,
  })

  beforeEach(async () => {
    own = [ONE]
    door = new ListenerControl({ gateway: gateway.gateway, ownAddresses: () => own, refuseLoop: () => undefined })
    await door.open(settings([]))
  })

  it('lets nobody in from other computers unless told to', async () => {
    await door.look()
    expect([door.lan, await isOpen(ONE)]).toEqual([[], false])
  })

  it('opens on all addresses, and on those of the next network when there is one', async () => {
    await door.follow(settings('all'), settings([]))
    expect([door.lan, await isOpen(ONE)]).toEqual([[ONE], true])
    own = [OTHER]
    await door.look()
    expect([door.lan, door.lanProblem]).toEqual([[OTHER], null])
    expect([await isOpen(ONE), await isOpen(OTHER)]).toEqual([false, true])
  })

  it('says which chosen address is not there, and opens on it when it is back', async () => {
    await door.follow(settings([OTHER]), settings([]))
    expect([door.lan, door.lanProblem]).toEqual([[], expect.objectContaining({ parts: { addresses: OTHER } })])
    own = [ONE, OTHER]
    await door.look()
    expect([door.lan, door.lanProblem, await isOpen(OTHER)]).toEqual([[OTHER], null, true])
  })

  it('keeps this computer’s programs in when the port is taken in a network at the start, and says so', async () => {
    const taken = createServer()
    const port = await freePort()
    await new Promise<void>((resolve) => taken.listen(port, ONE, resolve))
    await door.open(settings('all', port))
    expect([door.port, door.lan, door.problem]).toEqual([port, [], null])
    expect(door.lanProblem?.message).toContain(String(port))
    await new Promise((resolve) => taken.close(resolve))
    await door.look()
    expect([door.lan, door.lanProblem]).toEqual([[ONE], null])
  })

  it('opens by itself when the program that held its port has ended', async () => {
    const { port } = gateway.gateway
    await door.close(0)
    const taken = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve))
    await door.open(settings([], port))
    expect([door.port, door.problem]).toEqual([
      0,
      expect.objectContaining({ parts: { port: String(port), by: 'other' } }),
    ])
    await new Promise((resolve) => taken.close(resolve))
    await door.look()
    expect([door.port, door.problem]).toEqual([port, null])
  })

  it('closes at once when told so', async () => {
    await door.follow(settings('all'), settings([]))
    await door.follow(settings([]), settings('all'))
    expect([door.lan, await isOpen(ONE), await isOpen('127.0.0.1')]).toEqual([[], false, true])
  })

  it('stays closed when it is closed in the middle of a move', async () => {
    const moving = door.follow(settings('all'), settings([]))
    await door.close(0)
    await moving
    expect([door.port, door.lan, await isOpen(ONE, gateway.port), await isOpen('127.0.0.1')]).toEqual([
      0,
      [],
      false,
      false,
    ])
  })

  async function freePort(): Promise<number> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, ONE, resolve))
    const address = server.address()
    await new Promise((resolve) => server.close(resolve))
    return typeof address === 'object' && address !== null ? address.port : 0
  }
})

describe('another computer', () => {
  it.runIf(OWN_ADDRESS !== undefined)('gets nothing without a key, not even the two open answers', async () => {
    const host = OWN_ADDRESS as string
    gateway.settings.hosts = new Set([host])
    await gateway.gateway.listen({ hosts: [...LOOPBACK, host], port: gateway.port })
    const url = `http://${host}:${gateway.port}`
    for (const path of ['/', '/healthz', '/api/tags', '/v1/models', '/api/version']) {
      expect([path, (await fetch(url + path)).status]).toEqual([path, 401])
    }
    expect(gateway.received).toEqual([])
    const { secret } = await gateway.createKey()
    expect((await fetch(`${url}/api/tags`, { headers: { 'x-api-key': secret } })).status).toBe(200)
  })
})
