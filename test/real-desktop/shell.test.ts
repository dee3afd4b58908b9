import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DesktopBridge } from '#shared/console-api/desktop-bridge.ts'
import { until } from '../support/until.ts'
import { type DesktopServices, startDesktopServices } from './desktop-services.ts'
import { type RealDesktop, reasonToSkip, startRealDesktop } from './real-desktop.ts'

const SITE = 'https://chat.example'
const SITES = 'Sites && extensions'

const reason = reasonToSkip()
if (reason !== undefined) console.log(`The real desktop app is not tested: ${reason}.`)

test('the real Electron is here, where it must be', ({ skip }) => {
  skip(process.env['LATCHKEY_NEEDS_ELECTRON'] === undefined, 'only where LATCHKEY_NEEDS_ELECTRON says that it must be')
  expect(reason).toBeUndefined()
})

// One app, as one person uses it: the tests below go on from one another.
describe('the real desktop app', () => {
  let services: DesktopServices | undefined
  let desktop: RealDesktop
  let secret: string
  beforeAll(async () => {
    if (reason !== undefined) return
    // The other systems have a tray of their own.
    if (process.platform === 'linux') services = await startDesktopServices()
    desktop = await startRealDesktop({ settings: { unknownOrigins: 'ask' } })
    secret = await desktop.createKey()
  })
  beforeEach((context) => context.skip(reason !== undefined, reason))
  afterAll(async () => {
    await desktop?.stop()
    services?.close()
  })

  const hasRow = async (label: string) => (await desktop.trayRows()).some((row) => row.label === label)
  const site = async () => {
    const rows = await desktop.trayRows()
    return rows.find((row) => row.label === SITES)?.rows.find((row) => row.label === SITE)
  }

  test('boots into the console on its own scheme', async () => {
    expect(await desktop.page.title()).toContain('Latchkey')
    expect(await desktop.state()).toMatchObject({ shell: 'desktop', gateway: { status: 'running' } })
  })

  test('gives the page nothing of Node, and the small bridge', async () => {
    const ofNode = await desktop.page.evaluate(() => ['require', 'process', 'module'].filter((name) => name in window))
    expect(ofNode).toEqual([])
    const about = await desktop.page.evaluate(() => (Reflect.get(window, 'latchkeyDesktop') as DesktopBridge).about())
    expect(about.dataDir).toBe(desktop.dataDir)
  })

  test('runs its page in a sandbox, which only root has not', async () => {
    const asRoot = process.getuid?.() === 0
    expect(await desktop.app.evaluate(({ app }) => app.commandLine.hasSwitch('no-sandbox'))).toBe(asRoot)
  })

  test('asks about a new site in the tray, and lets it in at a click', async () => {
    expect(await desktop.knock(secret, SITE)).toBe(403)
    await until(() => hasRow(`Let ${SITE} in?`), 'the question in the tray')
    await desktop.clickTray(`Let ${SITE} in?`, 'Allow')
    await until(async () => (await site())?.checked, 'the site among those let in')
    expect(await desktop.knock(secret, SITE)).toBe(200)
  })

  test('refuses a site at the gateway when its check mark is taken away, and lets it in again', async () => {
    await desktop.clickTray(SITES, SITE)
    await until(async () => (await site())?.checked === false, 'the check mark to go')
    expect(await desktop.knock(secret, SITE)).toBe(403)
    await desktop.clickTray(SITES, SITE)
    await until(async () => (await site())?.checked, 'the check mark')
    expect(await desktop.knock(secret, SITE)).toBe(200)
  })

  test('pauses and resumes from the tray', async () => {
    await desktop.clickTray('Pause until I resume')
    await until(() => hasRow('Resume'), 'the tray to offer to resume')
    expect(await desktop.knock(secret, SITE)).toBe(503)
    await desktop.clickTray('Resume')
    await until(() => hasRow('Pause until I resume'), 'the tray to offer to pause')
  })

  test('hides its window when it is closed, and shows it from the tray', async () => {
    await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
    await until(async () => !(await desktop.isVisible()), 'the window to hide')
    await desktop.clickTray('Open Latchkey')
    await until(() => desktop.isVisible(), 'the window')
  })

  test('is shown by a second launch, which ends at once', async () => {
    await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
    expect(await desktop.startAgain()).toBe(0)
    await until(() => desktop.isVisible(), 'the window')
  })

  test.runIf(process.platform !== 'darwin')('follows a link to a recipe', async () => {
    expect(await desktop.startAgain('latchkey://connect/page-assist')).toBe(0)
    await desktop.page.waitForURL((url) => url.href === 'app://console/#/connect/page-assist')
  })

  describe('under attack from its own page', () => {
    test.each(['https://example.org/', 'file:///etc/passwd', 'app://other/', 'data:text/html,x'])(
      'does not go to %s',
      async (url) => {
        await desktop.page.evaluate((to) => {
          location.href = to
        }, url)
        // A navigation that is allowed would have begun before an answer to this comes back.
        expect(await desktop.state()).toMatchObject({ shell: 'desktop' })
        expect(desktop.page.url()).toMatch(/^app:\/\/console\//)
      },
    )

    test('opens no window', async () => {
      expect(await desktop.page.evaluate(() => window.open('https://example.org/') === null)).toBe(true)
      expect(desktop.app.windows()).toHaveLength(1)
    })

    test.each(['https://example.org/', 'http://127.0.0.1:11434/', 'file:///etc/passwd', 'app://other/x'])(
      'fetches nothing from %s',
      async (url) => {
        const fetched = desktop.page.evaluate((from) => fetch(from, { mode: 'no-cors' }).then(String, () => 'no'), url)
        expect(await fetched).toBe('no')
      },
    )

    test('reads no file through its own scheme', async () => {
      const status = await desktop.page.evaluate(async () => (await fetch('/..%2f..%2fpackage.json')).status)
      expect(status).toBe(400)
    })

    test.each(['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'])(
      'is denied %s',
      async (name) => {
        const state = await desktop.page.evaluate(async (permission) => {
          const status = await navigator.permissions.query({ name: permission as PermissionName })
          return status.state
        }, name)
        expect(state).toBe('denied')
      },
    )

    test('gets no camera when it asks for one', async () => {
      const name = desktop.page.evaluate(() =>
        navigator.mediaDevices.getUserMedia({ video: true }).then(
          () => 'given',
          (error: Error) => error.name,
        ),
      )
      expect(await name).toMatch(/NotAllowedError|NotFoundError/)
    })
  })
})
