import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inNamespaces, skipReason } from '../support/namespaces.ts'
import type { Serve } from '../support/serve.ts'
import { until } from '../support/until.ts'
import { DiscoverableHome, discoveryOf, find, nameOf } from './discoverable.ts'
import { announces, type Heard, recordsIn, startMdnsPeer, withdraws } from './mdns-peer.ts'

inNamespaces([], () => {
  let home: DiscoverableHome

  beforeEach(() => {
    home = new DiscoverableHome()
  })
  afterEach(() => home.remove())

  test('is off until asked: nothing is sent', async () => {
    const peer = await startMdnsPeer(home.phone)
    const serve = await home.start(home.desk)
    await serve.call('PATCH /api/settings', { lan: 'all' })
    expect(await discoveryOf(serve)).toEqual({ state: 'off', name: null, problem: null })
    // Then the other way round: nobody is let in.
    await serve.call('PATCH /api/settings', { lan: [], discovery: true })
    expect(await discoveryOf(serve)).toEqual({ state: 'off', name: null, problem: null })
    expect(await find(home.phone)).toEqual([])
    expect(peer.heard.filter(({ from }) => from === home.desk.address)).toEqual([])
  })

  test('another computer finds it, with its name, addresses and whether it has TLS', async () => {
    const serve = await home.serve(home.desk)
    expect(await nameOf(serve)).toBe('Latchkey on desk')
    const [found, ...others] = await find(home.phone)
    expect(others).toEqual([])
    expect(found).toEqual({
      name: 'Latchkey on desk',
      host: 'desk.local',
      addresses: [home.desk.address, home.desk.address6],
      port: serve.port,
      tls: true,
      version: 1,
      url: `https://desk.local:${serve.port}`,
    })
  })

  test('so does a program of the same computer', async () => {
    await nameOf(await home.serve(home.desk))
    expect((await find(home.desk)).map(({ name }) => name)).toEqual(['Latchkey on desk'])
  })

  test('announces nothing about the person, the version or the path of anything', async () => {
    const peer = await startMdnsPeer(home.phone)
    const serve = await home.serve(home.desk)
    const said = recordsIn(await peer.hear(announces('Latchkey on desk'), 'the announcement'))
    const texts = said.flatMap(({ type, data }) => (type === 'TXT' ? data.map(String) : []))
    expect(texts).toEqual(['txtvers=1', 'path=/', 'tls=1'])
    expect(new Set(said.map(({ ttl }) => ttl))).toEqual(new Set([120]))
    expect(serve.dataDir).not.toBe('')
  })

  test('announces the console as well, while other devices can open it', async () => {
    const peer = await startMdnsPeer(home.phone)
    const serve = await home.serve(home.desk)
    await nameOf(serve)
    const isConsole = ({ name, data }: { name: string; data: unknown }) =>
      name === '_https._tcp.local' && data === 'Latchkey on desk._https._tcp.local'
    expect(peer.heard.flatMap(recordsIn).filter(isConsole)).toEqual([])
    await serve.call('POST /api/people', { name: 'Anna' })
    await serve.call('PATCH /api/settings', { shareConsole: true })
    const heard = await peer.hear((message) => recordsIn(message).some(isConsole), 'the console’s announcement')
    const port = Number(new URL(serve.console).port)
    const server = recordsIn(heard).find(({ name, type }) => type === 'SRV' && name.endsWith('._https._tcp.local'))
    expect(server?.data).toEqual({ port, target: 'desk.local' })
    expect((await serve.call('GET /api/state', {})).sharedConsole.urls[0]).toBe(`https://desk.local:${port}`)
    await serve.call('PATCH /api/settings', { shareConsole: false })
    const isGone = (message: Heard) => message.answers.some((record) => isConsole(record) && record.ttl === 0)
    await peer.hear(isGone, 'the console’s goodbye')
    expect((await find(home.phone)).map(({ name }) => name)).toEqual(['Latchkey on desk'])
  })

  test('announces only where others are let in', async () => {
    home.desk.ip('link', 'add', 'guest', 'type', 'veth', 'peer', 'name', 'nobody')
    home.desk.ip('addr', 'add', '192.168.99.1/24', 'dev', 'guest')
    home.desk.ip('link', 'set', 'guest', 'up')
    home.desk.ip('link', 'set', 'nobody', 'up')
    const serve = await home.start(home.desk)
    await serve.call('PATCH /api/settings', { lan: [home.desk.address], discovery: true })
    await nameOf(serve)
    const [found] = await find(home.phone)
    expect(found?.addresses).toEqual([home.desk.address])
    await serve.call('PATCH /api/settings', { lan: ['192.168.99.1'] })
    await until(async () => (await find(home.phone)).length === 0, 'the first network to forget it')
  })

  describe('is withdrawn with a goodbye', () => {
    test.each([
      ['when discovery is switched off', (serve: Serve) => serve.call('PATCH /api/settings', { discovery: false })],
      ['when nobody else is let in any more', (serve: Serve) => serve.call('PATCH /api/settings', { lan: [] })],
      ['when Latchkey ends', async (serve: Serve) => void (await serve.stop())],
    ])('%s', async (_when, end) => {
      const peer = await startMdnsPeer(home.phone)
      const serve = await home.serve(home.desk)
      await peer.hear(announces('Latchkey on desk'), 'the announcement')
      await end(serve)
      const { answers } = await peer.hear(withdraws('Latchkey on desk'), 'the goodbye')
      expect(answers.map(({ type, ttl }) => `${type} ${ttl}`).sort()).toEqual([
        'A 0',
        'AAAA 0',
        'PTR 0',
        'SRV 0',
        'TXT 0',
      ])
      expect(await find(home.phone)).toEqual([])
    })

    test('but not when it is paused', async () => {
      const peer = await startMdnsPeer(home.phone)
      const serve = await home.serve(home.desk)
      await nameOf(serve)
      await serve.call('PATCH /api/settings', { paused: true })
      expect(await find(home.phone)).toHaveLength(1)
      expect(peer.heard.filter(withdraws('Latchkey on desk'))).toEqual([])
    })
  })

  test('after a kill nobody answers, and nothing was announced for longer than two minutes', async () => {
    const peer = await startMdnsPeer(home.phone)
    const serve = await home.serve(home.desk)
    await nameOf(serve)
    serve.process.kill('SIGKILL')
    await until(() => serve.process.signalCode === 'SIGKILL', 'its end')
    expect(await find(home.phone)).toEqual([])
    const lives = peer.heard.filter(({ from }) => from === home.desk.address).flatMap(recordsIn)
    expect(Math.max(...lives.map(({ ttl }) => ttl))).toBe(120)
  })

  test('says so while another program keeps the port to itself, and tries again', async () => {
    const script = `require('node:dgram').createSocket('udp6').bind(5353, () => console.log('bound'))`
    const holder = home.desk.spawn([process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(holder.stdout ?? holder, 'data')
    const serve = await home.serve(home.desk)
    const failed = await until(async () => {
      const state = await discoveryOf(serve)
      return state.state === 'failed' && state
    }, 'the failure')
    expect(failed).toMatchObject({ name: null, problem: { code: 'discovery_port_taken' } })
    holder.kill('SIGKILL')
    expect(await nameOf(serve)).toBe('Latchkey on desk')
  })

  test('says so while nothing can be sent, and tries again', async ({ skip }) => {
    const reason = skipReason('nft')
    if (reason !== undefined) skip(reason)
    const rule = 'type filter hook output priority 0; udp dport 5353 drop;'
    await home.desk.run(['nft', `table inet closed { chain leaving { ${rule} }; }`])
    const serve = await home.serve(home.desk)
    const failed = await until(async () => {
      const state = await discoveryOf(serve)
      return state.state === 'failed' && state
    }, 'the failure')
    expect(failed).toMatchObject({ name: null, problem: { code: 'discovery_no_network' } })
    await home.desk.run(['nft', 'delete table inet closed'])
    expect(await nameOf(serve)).toBe('Latchkey on desk')
  })

  test('follows a new port at once', async () => {
    const peer = await startMdnsPeer(home.phone)
    const serve = await home.serve(home.desk)
    await nameOf(serve)
    const heard = peer.heard.length
    const gatewayPort = 11_600
    await serve.call('PATCH /api/settings', { gatewayPort })
    const said = await peer.hear(announces('Latchkey on desk', home.desk.address), 'the new announcement', heard)
    const ports = recordsIn(said).flatMap(({ type, data }) => (type === 'SRV' ? [data.port] : []))
    expect(ports).toEqual([gatewayPort])
    expect((await find(home.phone)).map(({ name, port }) => [name, port])).toEqual([['Latchkey on desk', gatewayPort]])
  })

  test('follows a new address and a change to plain HTTP', async () => {
    const serve = await home.serve(home.desk)
    await nameOf(serve)
    home.desk.ip('addr', 'del', `${home.desk.address}/24`, 'dev', 'eth0')
    home.desk.ip('addr', 'add', '192.168.77.200/24', 'dev', 'eth0')
    const withNew = await until(
      async () => (await find(home.phone)).find(({ addresses }) => addresses.includes('192.168.77.200')),
      'the new address',
    )
    expect(withNew.addresses).toEqual(['192.168.77.200', home.desk.address6])
    await serve.call('PATCH /api/settings', { lanTls: 'off' })
    await until(async () => (await find(home.phone)).some(({ tls }) => tls === false), 'the change to plain HTTP')
  })
})
