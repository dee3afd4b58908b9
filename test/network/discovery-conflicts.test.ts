import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { inNamespaces } from '../support/namespaces.ts'
import { until } from '../support/until.ts'
import { DiscoverableHome, discoveryOf, find, nameOf } from './discoverable.ts'
import { type Heard, startMdnsPeer } from './mdns-peer.ts'

const HASTY = fileURLToPath(new URL('hasty-discovery.child.ts', import.meta.url))
const SQUATTER = fileURLToPath(new URL('mdns-squatter.child.ts', import.meta.url))

inNamespaces(['curl'], () => {
  let home: DiscoverableHome

  beforeEach(() => {
    home = new DiscoverableHome()
  })
  afterEach(() => home.remove())

  test('of two computers with one name, the second gets a number, and the first name when it is free again', async () => {
    const twin = home.plugInTwin()
    const first = await home.serve(home.desk)
    expect(await nameOf(first)).toBe('Latchkey on desk')
    const second = await home.serve(twin)
    expect(await nameOf(second)).toBe('Latchkey on desk (2)')
    expect((await find(home.phone)).map(({ name, host, addresses }) => [name, host, addresses[0]])).toEqual([
      ['Latchkey on desk', 'desk.local', home.desk.address],
      ['Latchkey on desk (2)', 'desk-2.local', twin.address],
    ])
    expect(await nameOf(first)).toBe('Latchkey on desk')
    await first.stop()
    await until(async () => (await discoveryOf(second)).name === 'Latchkey on desk', 'the first name')
  })

  test('the second asks for the first name every ten minutes, in case that its holder left without a word', async () => {
    const twin = home.plugInTwin()
    const peer = await startMdnsPeer(home.phone)
    const first = await home.serve(home.desk)
    expect(await nameOf(first)).toBe('Latchkey on desk')
    const second = twin.spawn([process.execPath, HASTY, 'Latchkey on desk', 'desk.local', twin.address], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    second.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text))
    await until(() => said === 'Latchkey on desk (2)\n', 'the second name')
    const asks = ({ isQuery, from, questions, authorities }: Heard) =>
      isQuery &&
      from === twin.address &&
      authorities.length === 0 &&
      questions.some(({ name }) => name === 'Latchkey on desk._latchkey._tcp.local')
    await until(() => peer.heard.filter(asks).length >= 2, 'two questions for the first name')
    expect(said).toBe('Latchkey on desk (2)\n')
    first.process.kill('SIGKILL')
    await until(() => said === 'Latchkey on desk (2)\nLatchkey on desk\n', 'the first name')
    expect((await find(home.phone)).map(({ name, host }) => [name, host])).toEqual([['Latchkey on desk', 'desk.local']])
  })

  test('both find a name when they start at the same moment', async () => {
    const twin = home.plugInTwin()
    const both = await Promise.all([home.start(home.desk), home.start(twin)])
    await Promise.all(both.map((serve) => serve.call('PATCH /api/settings', { lan: 'all', discovery: true })))
    const names = () => Promise.all(both.map(async (serve) => (await discoveryOf(serve)).name ?? ''))
    await until(async () => new Set(await names()).size === 2 && !(await names()).includes(''), 'two names')
    expect((await names()).sort()).toEqual(['Latchkey on desk', 'Latchkey on desk (2)'])
    const found = await find(home.phone)
    expect(new Set(found.map(({ host }) => host))).toEqual(new Set(['desk.local', 'desk-2.local']))
  })

  test('two on one computer share its name and address', async () => {
    const first = await home.serve(home.desk)
    await nameOf(first)
    const second = await home.serve(home.desk)
    expect(await nameOf(second)).toBe('Latchkey on desk (2)')
    const found = await find(home.phone)
    expect(found.map(({ host, port }) => [host, port])).toEqual([
      ['desk.local', first.port],
      ['desk.local', second.port],
    ])
    // Its goodbye must not take the address of the other.
    await first.stop()
    const [left, ...others] = await find(home.phone)
    expect(others).toEqual([])
    expect(left?.addresses).toEqual([home.desk.address, home.desk.address6])
  })

  test('it can be found while it goes back to its first name', async () => {
    const first = await home.serve(home.desk)
    await nameOf(first)
    const second = await home.serve(home.desk)
    await nameOf(second)
    await first.stop()
    while ((await discoveryOf(second)).name !== 'Latchkey on desk') {
      expect((await find(home.phone)).map(({ port }) => port)).toEqual([second.port])
    }
    await until(async () => (await find(home.phone)).map(({ name }) => name).join() === 'Latchkey on desk', 'its name')
  })

  test('other devices may use the name with the number, and no other', async () => {
    const twin = home.plugInTwin()
    await nameOf(await home.serve(home.desk))
    const serve = await home.serve(twin)
    await nameOf(serve)
    const status = async (host: string) => {
      const options = ['-s', '-o', '/dev/null', '-w', '%{http_code}', '-H', `Host: ${host}:${serve.port}`]
      return (await twin.run(['curl', ...options, `${serve.gateway}/healthz`])).stdout
    }
    expect(await status('desk-2.local')).toBe('200')
    expect(await status('desk-3.local')).toBe('403')
    await until(
      async () => (await serve.call('GET /api/lan', {})).certificate?.names.includes('desk-2.local'),
      'the name in the certificate',
    )
  })

  test('somebody who claims every name gets neither an endless conversation nor the name for ever', async () => {
    const peer = await startMdnsPeer(home.phone)
    const squatter = home.phone.spawn([process.execPath, SQUATTER, home.phone.address], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(squatter.stdout ?? squatter, 'data')
    const serve = await home.serve(home.desk)
    const failed = await until(async () => {
      const state = await discoveryOf(serve)
      return state.state === 'failed' && state
    }, 'Latchkey to give up')
    expect(failed).toMatchObject({
      name: null,
      problem: { code: 'discovery_name_taken', parts: { name: 'Latchkey on desk' } },
    })
    const own = peer.heard.filter(({ from }) => from === home.desk.address)
    // Ten names, up to three probes each.
    expect(own.length).toBeLessThanOrEqual(33)
    expect(own.every(({ isQuery }) => isQuery)).toBe(true)
    squatter.kill('SIGKILL')
    expect(await nameOf(serve)).toBe('Latchkey on desk')
    expect(serve.stderr()).not.toMatch(/Error:|at .*\.js:/)
  })
})
