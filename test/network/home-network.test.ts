import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type HomeNetwork, inNamespaces, type LanHost, startHomeNetwork } from '../support/namespaces.ts'

// The other tests of this folder rely on these facts.
inNamespaces(['curl', 'tcpdump', 'nft'], () => {
  let network: HomeNetwork
  let desk: LanHost
  let phone: LanHost

  beforeEach(() => {
    network = startHomeNetwork()
    desk = network.plugIn('desk')
    phone = network.plugIn('phone')
  })
  afterEach(() => network.remove())

  /** A program of Node in a host, once it has printed its first line; that line. */
  async function start(host: LanHost, script: string): Promise<{ readonly line: string; next(): Promise<string> }> {
    const child = host.spawn([process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines = createInterface({ input: child.stdout as Readable })
    const next = async () => ((await once(lines, 'line')) as [string])[0]
    return { line: await next(), next }
  }

  const SERVE = `require('node:http').createServer((_, answer) => answer.end(require('node:os').hostname()))
    .listen(8080, '::', () => console.log('ready'))`

  test('a host has its own name, and others reach it by both of its addresses and by its name', async () => {
    await start(desk, SERVE)
    phone.resolve({ 'desk.local': desk.address })
    for (const host of [desk.address, `[${desk.address6}]`, 'desk.local']) {
      expect(await phone.run(['curl', '-sS', `http://${host}:8080/`])).toMatchObject({ code: 0, stdout: 'desk' })
    }
  })

  test('multicast reaches the other host', async () => {
    const listener = await start(
      desk,
      `const s = require('node:dgram').createSocket({ type: 'udp4', reuseAddr: true })
      s.on('message', (text, from) => console.log(text + ' from ' + from.address))
      s.bind(5353, () => { s.addMembership('224.0.0.251', '${desk.address}'); console.log('ready') })`,
    )
    const heard = listener.next()
    const send = `const s = require('node:dgram').createSocket('udp4'); s.send('hello', 5353, '224.0.0.251', () => s.close())`
    await phone.run([process.execPath, '-e', send])
    expect(await heard).toBe(`hello from ${phone.address}`)
  })

  test('the capture holds what two hosts say to each other', async () => {
    await start(desk, SERVE)
    const capture = await network.capture()
    await phone.run(['curl', '-sS', `http://${desk.address}:8080/`, '-H', 'X-Canary: a-bird-in-a-mine'])
    expect((await capture.stop()).includes('a-bird-in-a-mine')).toBe(true)
  })

  test('a cable that loses half of the packets really does', async () => {
    await start(desk, SERVE)
    phone.lose(50)
    const fetches = Array.from({ length: 8 }, () =>
      phone.run(['curl', '-sS', '--max-time', '0.7', `http://${desk.address}:8080/`]),
    )
    // The first repetition of a packet comes after a second.
    expect((await Promise.all(fetches)).filter(({ code }) => code !== 0).length).toBeGreaterThan(1)
  })

  test('the internet and the computer around are out of reach, at once', async () => {
    const { code } = await phone.run(['curl', '-sS', '--max-time', '30', 'http://203.0.113.1/'])
    // 28 would be curl's timeout.
    expect(code).toBe(7)
  })
})
