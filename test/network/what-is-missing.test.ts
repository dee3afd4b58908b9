import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshLink, goTo, openConsole } from '../support/console-page.ts'
import { inNamespaces, type LanHost } from '../support/namespaces.ts'
import { chromiumIn } from './clients.ts'
import { type Home, startHome } from './home.ts'

const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1'
const DAY_S = 86_400

/** Devices that fail, and what the console and the command line say about them. */
inNamespaces(['curl', 'openssl', 'certutil'], () => {
  let home: Home
  let browser: Browser
  let console: Page
  let plugged = 0

  beforeAll(async () => {
    home = await startHome()
    browser = await chromiumIn(home.desk, home)
    console = await openConsole(browser, await freshLink(home.serve), { viewport: { width: 1280, height: 1800 } })
    await goTo(console, '/settings/devices', 'Settings')
  })
  afterAll(async () => {
    await browser?.close()
    await home?.remove()
  })

  const curl = (device: LanHost, ...args: string[]) => device.run(['curl', '-sS', '-o', '/dev/null', ...args])
  const address = () => `${home.desk.address}:${home.serve.port}`

  /** As a device that trusts the authority, with its clock so many days ahead. */
  async function handshake(device: LanHost, days: number): Promise<void> {
    const at = Math.floor(Date.now() / 1_000) + days * DAY_S
    const check = ['-CAfile', home.authorityFile, '-verify_return_error', '-attime', String(at)]
    await device.run(['openssl', 's_client', '-connect', address(), ...check])
  }

  test.each<[string, (device: LanHost) => Promise<unknown>, what: string, next: string]>([
    [
      'an iPhone on which the certificate is installed and not switched on',
      async (device) => {
        await curl(device, '-A', IPHONE, `http://${address()}/trust`)
        await curl(device, home.url())
      },
      'Perhaps it is installed and not switched on yet.',
      'Certificate Trust Settings',
    ],
    [
      'a device that uses a name which is not in the certificate',
      async (device) => {
        device.resolve({ 'my-router-name.example': home.desk.address })
        await curl(device, '--cacert', home.authorityFile, home.url('my-router-name.example'))
      },
      'It used a name or an address that the certificate does not contain.',
      'Enter one of the addresses that Latchkey shows, letter for letter.',
    ],
    [
      'a device whose clock is half a year ahead',
      (device) => handshake(device, 180),
      'For its clock, the certificate is not valid yet or has expired.',
      'Set the date and time of the device',
    ],
    [
      'an app whose address begins with http://',
      (device) => curl(device, `http://${address()}/v1/models`),
      'It used an address that begins with http://.',
      'so that it begins with https://.',
    ],
  ])('%s', async (_which, fail, what, next) => {
    const device = home.network.plugIn(`device${++plugged}`)
    await fail(device)
    const row = console.getByRole('listitem').filter({ hasText: device.address })
    await row.getByText('Not secure yet').waitFor()
    await row.getByText(what).waitFor()
    await row.getByText(next).waitFor()
    const said = (await home.serve.run('lan')).stdout
    const [, own = ''] = said.split(`(${device.address}): `)
    expect(own.split('\n\n')[0]).toContain(what)
    expect(own.split('\n\n')[0]).toContain(next)
    // Set right, nothing is missing any more.
    await curl(device, '--cacert', home.authorityFile, `${home.url()}/v1/models`)
    await row.getByText('Secure', { exact: true }).waitFor()
    expect(await row.innerText()).not.toContain(what)
  })
})
