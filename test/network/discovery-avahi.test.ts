import { afterEach, beforeEach, expect, test } from 'vitest'
import { inNamespaces, type LanHost } from '../support/namespaces.ts'
import { until } from '../support/until.ts'
import { type Avahi, startAvahi } from './avahi.ts'
import { DiscoverableHome, discoveryOf, find, nameOf } from './discoverable.ts'

/** Together with the responder that most Linux systems have. */
inNamespaces(['avahi-daemon', 'avahi-browse', 'avahi-resolve', 'dbus-daemon'], () => {
  let home: DiscoverableHome
  let running: Avahi[]

  beforeEach(() => {
    home = new DiscoverableHome()
    running = []
  })
  afterEach(async () => {
    await Promise.all(running.map((avahi) => avahi.stop()))
    await home.remove()
  })

  async function avahiOn(host: LanHost): Promise<Avahi> {
    const avahi = await startAvahi(host)
    running.push(avahi)
    return avahi
  }

  test('avahi-browse on another computer sees it come and go', async () => {
    const phone = await avahiOn(home.phone)
    const serve = await home.serve(home.desk)
    await nameOf(serve)
    const [seen] = await until(async () => {
      const rows = await phone.browse('IPv4')
      return rows.length > 0 && rows
    }, 'avahi-browse to see it')
    expect(seen).toMatchObject({ name: 'Latchkey on desk', host: 'desk.local', port: serve.port })
    expect([home.desk.address, home.desk.address6]).toContain(seen?.address)
    expect(seen?.text).toMatch(/"txtvers=1"/)
    expect(seen?.text).toMatch(/"tls=1"/)
    expect(await phone.resolve('desk.local')).toBe(home.desk.address)
    await serve.call('PATCH /api/settings', { discovery: false })
    await until(async () => (await phone.browse('IPv4')).length === 0, 'avahi-browse to forget it')
  })

  test('shares the name of its computer with the responder there, and leaves it to it', async () => {
    const desk = await avahiOn(home.desk)
    const phone = await avahiOn(home.phone)
    const serve = await home.serve(home.desk)
    expect(await nameOf(serve)).toBe('Latchkey on desk')
    expect(await find(home.phone)).toMatchObject([
      { host: 'desk.local', addresses: [home.desk.address, home.desk.address6] },
    ])
    await serve.call('PATCH /api/settings', { discovery: false })
    await until(async () => (await phone.browse('IPv4')).length === 0, 'avahi-browse to forget it')
    expect(await phone.resolve('desk.local')).toBe(home.desk.address)
    expect(await desk.hostName()).toBe('desk')
  })

  test('a responder that starts later keeps the name of the computer too', async () => {
    const phone = await avahiOn(home.phone)
    const serve = await home.serve(home.desk)
    await nameOf(serve)
    const desk = await avahiOn(home.desk)
    expect(await desk.hostName()).toBe('desk')
    expect(await discoveryOf(serve)).toMatchObject({ state: 'announced', name: 'Latchkey on desk' })
    // Its goodbye names the same address, which the responder must defend.
    await serve.stop()
    await until(async () => (await phone.resolve('desk.local')) === home.desk.address, 'the name to be kept')
    expect(await desk.hostName()).toBe('desk')
  })

  test('takes the name that the responder of its computer took after a conflict', async () => {
    const twin = home.plugInTwin()
    await avahiOn(home.desk)
    const other = await avahiOn(twin)
    expect(await until(async () => (await other.hostName()) === 'Desk-2' && 'Desk-2', 'the conflict')).toBe('Desk-2')
    const serve = await home.serve(twin)
    await nameOf(serve)
    expect((await find(home.phone)).map(({ host }) => host)).toEqual(['desk-2.local'])
  })
})
