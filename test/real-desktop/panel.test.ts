import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { TRAY_STATES } from '../../src-main/desktop/tray/tray-state.ts'
import { askForKey } from '../support/ask-for-key.ts'
import { until } from '../support/until.ts'
import { type DesktopServices, type PanelIcon, type PanelRow, startDesktopServices } from './desktop-services.ts'
import { type RealDesktop, reasonToSkip, startRealDesktop } from './real-desktop.ts'

const SITE = 'https://chat.example'
const OTHER = 'https://other.example'
const SITES = 'Sites & extensions'

const reason =
  reasonToSkip() ?? (process.platform === 'linux' ? undefined : 'panels are reached by D-Bus on Linux only')

// Reads and clicks the panel like a person, over the desktop's protocols. These tests do not ask Electron.
describe('in the panel of a desktop', () => {
  let services: DesktopServices
  let desktop: RealDesktop
  let secret: string
  beforeAll(async () => {
    if (reason !== undefined) return
    services = await startDesktopServices()
    desktop = await startRealDesktop({ settings: { unknownOrigins: 'ask' } })
    secret = await desktop.createKey()
  })
  beforeEach((context) => context.skip(reason !== undefined, reason))
  afterAll(async () => {
    await desktop?.stop()
    services?.close()
  })

  const row = async (...labels: string[]): Promise<PanelRow | undefined> => {
    let rows = (await services.trayRows()) ?? []
    let found: PanelRow | undefined
    for (const label of labels) {
      found = rows.find((one) => one.label === label)
      rows = found?.rows ?? []
    }
    return found
  }
  const icons = new Map<string, PanelIcon>()
  const keepIcon = async (state: (typeof TRAY_STATES)[number]) =>
    icons.set(state, (await services.trayIcon()) as PanelIcon)

  test('an icon with a menu and a tip appears', async () => {
    await until(() => row('Quit Latchkey'), 'the menu')
    await until(async () => (await services.trayTip()) === 'Latchkey is running', 'the tip')
    expect(await row('Latchkey is running')).toMatchObject({ enabled: false })
    expect((await desktop.state()).gateway.address).toBe(
      (await row(`http://localhost:${new URL(await desktop.gateway()).port}`))?.label,
    )
    await keepIcon('running')
  })

  test('a new site becomes a question in a notification, in the menu and in the icon', async () => {
    expect(await desktop.knock(secret, SITE)).toBe(403)
    const shown = await until(() => services.notifications.at(-1), 'the notification')
    expect(shown).toMatchObject({ title: `Let ${SITE} in?`, closed: false })
    await until(() => row(`Let ${SITE} in?`, 'Allow'), 'the question in the menu')
    await keepIcon('question')
  })

  test('a click on the notification opens the page where the person decides', async () => {
    services.answer(1, 'default')
    await desktop.page.waitForURL((url) => url.hash === '#/sites')
    await desktop.page.getByRole('heading', { level: 1 }).waitFor()
  })

  test('the answer in the menu lets the site in, and takes the notification away', async () => {
    await services.clickRow(`Let ${SITE} in?`, 'Allow')
    await until(async () => (await row(SITES, SITE))?.checked, 'the site among those let in')
    expect(await desktop.knock(secret, SITE)).toBe(200)
    expect(await row(`Let ${SITE} in?`)).toBeUndefined()
  })

  test('the notification of a question that was answered elsewhere is taken away', async () => {
    expect(await desktop.knock(secret, OTHER)).toBe(403)
    const shown = await until(() => services.notifications.find((one) => one.title.includes(OTHER)), 'the notification')
    await until(() => row(`Let ${OTHER} in?`, 'Block'), 'the question in the menu')
    await services.clickRow(`Let ${OTHER} in?`, 'Block')
    await until(() => shown.closed, 'the notification to go')
    expect(await desktop.knock(secret, OTHER)).toBe(403)
  })

  test('an app that asks for a key has its code in the notification and in the menu, where it is answered', async () => {
    const app = await askForKey(await desktop.gateway(), { name: 'Chatbox' })
    const title = `Chatbox asks for a key: ${app.code}`
    const shown = await until(() => services.notifications.find((one) => one.title === title), 'the notification')
    await until(() => row(title, 'Allow chats and models'), 'the question in the menu')
    expect(await row(title, `Allow it only if the app shows ${app.code}.`)).toMatchObject({ enabled: false })
    await services.clickRow(title, 'Allow chats and models')
    await until(() => shown.closed, 'the notification to go')
    expect((await app.fetchKey()).body['scope']).toBe('chat models')
    await desktop.page.getByText('“Chatbox” is connected').waitFor()
    await desktop.page.getByRole('region').getByRole('button', { name: 'Close' }).click()
    await until(async () => (await row(title)) === undefined, 'the question to leave the menu')
  })

  test('a click on the check mark of a site blocks it at the gateway', async () => {
    await services.clickRow(SITES, SITE)
    await until(async () => (await row(SITES, SITE))?.checked === false, 'the check mark to go')
    expect(await desktop.knock(secret, SITE)).toBe(403)
  })

  test('a decision that cannot be saved puts the check mark back and tells the person', async () => {
    const told = services.notifications.length
    const other = new Database(join(desktop.dataDir, 'latchkey.db'))
    // Another program locks the file, and the store waits without success.
    other.exec('BEGIN IMMEDIATE')
    await services.clickRow(SITES, SITE)
    const shown = await until(() => services.notifications[told], 'the notification of the failure')
    expect(shown.title).toBe('Latchkey could not save your decision about the site')
    await until(async () => (await row(SITES, SITE))?.checked === false, 'the check mark as it was')
    other.exec('ROLLBACK')
    other.close()
    await services.clickRow(SITES, SITE)
    await until(async () => (await row(SITES, SITE))?.checked, 'the check mark')
    expect(await desktop.knock(secret, SITE)).toBe(200)
  })

  test('a pause that cannot be saved is reported, and nothing is paused', async () => {
    const told = services.notifications.length
    chmodSync(desktop.dataDir, 0o500)
    await services.clickRow('Pause until I resume')
    const shown = await until(() => services.notifications[told], 'the notification of the failure')
    chmodSync(desktop.dataDir, 0o700)
    expect(shown.title).toBe('Latchkey could not save the pause')
    expect(await row('Resume')).toBeUndefined()
    expect(await desktop.knock(secret, SITE)).toBe(200)
  })

  test('the panel pauses and resumes the gateway', async () => {
    await services.clickRow('Pause until I resume')
    await until(() => row('Resume'), 'the offer to resume')
    await until(async () => (await services.trayTip()) === 'Paused', 'the tip')
    expect(await desktop.knock(secret, SITE)).toBe(503)
    await keepIcon('paused')
    await services.clickRow('Resume')
    await until(() => row('Pause until I resume'), 'the offer to pause')
  })

  test('an upstream that is gone shows in the icon', async () => {
    await fetch(`${await desktop.gateway()}/healthz`)
    await desktop.page.evaluate(async () => {
      const headers = { 'Content-Type': 'application/json' }
      await fetch('/api/settings', { method: 'PATCH', headers, body: '{"upstream":"http://127.0.0.1:9"}' })
    })
    await until(() => row('Ollama does not answer'), 'the words for it')
    await keepIcon('upstream-down')
  })

  test('each state has an icon that no other has', () => {
    const pictures = TRAY_STATES.map((state) => icons.get(state)?.argb.toString('base64'))
    expect(pictures).not.toContain(undefined)
    expect(new Set(pictures).size).toBe(TRAY_STATES.length)
  })

  test('the address in the menu is copied', async () => {
    await services.clickRow('Copy address')
    const address = (await desktop.state()).gateway.address
    await until(
      async () => (await desktop.app.evaluate(({ clipboard }) => clipboard.readText())) === address,
      'the copy',
    )
  })

  test('the menu ends the app', async () => {
    const ended = new Promise((resolve) => desktop.app.process().once('exit', resolve))
    await services.clickRow('Quit Latchkey')
    expect(await ended).toBe(0)
  })
})
