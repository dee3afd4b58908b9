import type { Page } from 'playwright'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { type DesktopServices, startDesktopServices } from './desktop-services.ts'
import { holdLongTimers, type LongTimers } from './long-timers.ts'
import { type RealDesktop, reasonToSkip, startRealDesktop } from './real-desktop.ts'

const FIVE_MINUTES_MS = 300_000
const SITE = 'https://chat.example'

const reason =
  reasonToSkip() ?? (process.platform === 'linux' ? undefined : 'panels are reached by D-Bus on Linux only')

// One app, as one person uses it: the tests below go on from one another.
describe('a window that was closed five minutes ago', () => {
  let services: DesktopServices
  let desktop: RealDesktop
  let timers: LongTimers
  let gateway: string
  let secret: string
  beforeAll(async () => {
    if (reason !== undefined) return
    services = await startDesktopServices()
    desktop = await startRealDesktop({ settings: { unknownOrigins: 'ask' } })
    timers = await holdLongTimers(desktop.app)
    gateway = await desktop.gateway()
    secret = await desktop.createKey()
  })
  beforeEach((context) => context.skip(reason !== undefined, reason))
  afterAll(async () => {
    await desktop?.stop()
    services?.close()
  })

  /** A page is there before its window is shown, and a person closes what they see. */
  const close = async () => {
    await until(desktop.isVisible, 'the window')
    await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  }
  const pageProcesses = () =>
    desktop.app.evaluate(({ app }) => app.getAppMetrics().filter(({ type }) => type === 'Tab').length)
  const knock = async (origin: string) =>
    (await fetch(`${gateway}/api/tags`, { headers: { Authorization: `Bearer ${secret}`, Origin: origin } })).status
  /** Closes the window and lets it go. */
  const letGo = async () => {
    await close()
    expect(await timers.goOff(FIVE_MINUTES_MS)).toBe(1)
    await until(async () => (await pageProcesses()) === 0, 'the process of the page to end')
    await until(() => desktop.app.windows().length === 0, 'the window to go')
  }
  /** The page of the window that `open` brings. */
  const pageAfter = async (open: () => Promise<unknown>): Promise<Page> => {
    const next = desktop.app.waitForEvent('window')
    await open()
    return next
  }

  test('is still there when it is opened before', async () => {
    await close()
    await services.clickIcon()
    await until(desktop.isVisible, 'the window')
    expect(await timers.goOff(FIVE_MINUTES_MS)).toBe(0)
    expect(desktop.app.windows()).toEqual([desktop.page])
  })

  test('is gone with its process, and comes back on its page, in its place and its language', async () => {
    const { page } = desktop
    await page.evaluate(async () => {
      const headers = { 'Content-Type': 'application/json' }
      await fetch('/api/settings', { method: 'PATCH', headers, body: '{"language":"de","theme":"dark"}' })
      location.hash = '#/usage'
    })
    await page.getByRole('heading', { level: 1, name: 'Nutzung' }).waitFor()
    const bounds = () =>
      desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds())
    await desktop.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.setBounds({ x: 40, y: 50, width: 900, height: 640 }),
    )
    const before = await bounds()
    await letGo()
    const next = await pageAfter(() => services.clickIcon())
    await next.getByRole('heading', { level: 1, name: 'Nutzung' }).waitFor()
    expect(next.url()).toBe('app://console/#/usage')
    expect(await next.evaluate(() => document.documentElement.dataset['mantineColorScheme'])).toBe('dark')
    await until(desktop.isVisible, 'the window')
    expect(await bounds()).toEqual(before)
  })

  test('has a question of a new site asked without it; the notification opens it on the page where that is answered', async () => {
    await letGo()
    expect(await knock(SITE)).toBe(403)
    const shown = await until(() => services.notifications.find((one) => one.title.includes(SITE)), 'the notification')
    const page = await pageAfter(async () => services.answer(shown.id, 'default'))
    expect(page.url()).toBe('app://console/#/sites')
    await page.getByText(SITE).first().waitFor()
  })

  test('opens on the page of a link', async () => {
    await letGo()
    const page = await pageAfter(async () => {
      expect(await desktop.startAgain('latchkey://connect/lumos')).toBe(0)
    })
    expect(page.url()).toBe('app://console/#/connect/lumos')
    await page.getByRole('radio', { name: /^Lumos/, checked: true }).waitFor()
  })

  test('shows what came in while it was gone', async () => {
    await letGo()
    expect(await knock('https://later.example')).toBe(403)
    const page = await pageAfter(() => desktop.clickTray('Latchkey öffnen'))
    await page.evaluate(() => {
      location.hash = '#/sites'
    })
    await page.getByText('https://later.example').first().waitFor()
  })
})
