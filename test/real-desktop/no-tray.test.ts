import { once } from 'node:events'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { type DesktopServices, startDesktopServices } from './desktop-services.ts'
import { answerNativeDialog, findNativeDialog } from './native-dialog.ts'
import { type OwnBus, startOwnBus } from './own-bus.ts'
import {
  type HiddenDesktop,
  type RealDesktop,
  reasonToSkip,
  shownPage,
  startHiddenDesktop,
  startRealDesktop,
} from './real-desktop.ts'

const reason = reasonToSkip() ?? (process.platform === 'linux' ? undefined : 'only Linux has desktops without a tray')

beforeEach((context) => context.skip(reason !== undefined, reason))

const close = ({ app }: HiddenDesktop) => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())

/** An app on a bus of its own, so that each has a desktop of its own. */
function onBus({ address }: OwnBus, args: readonly string[] = []) {
  return { env: { DBUS_SESSION_BUS_ADDRESS: address }, args }
}

// The last tests need a quiet time, so they run in parallel with the others.
describe('on a desktop that shows no tray icons, as GNOME is', () => {
  let buses: OwnBus[]
  let services: DesktopServices
  let quiet: DesktopServices
  let desktop: RealDesktop
  let atLogin: HiddenDesktop
  let bare: HiddenDesktop
  beforeAll(async () => {
    if (reason !== undefined) return
    buses = await Promise.all([startOwnBus(), startOwnBus(), startOwnBus()])
    const [own, login, empty] = buses as [OwnBus, OwnBus, OwnBus]
    services = await startDesktopServices({ busAddress: own.address, panel: false })
    quiet = await startDesktopServices({ busAddress: login.address, panel: false })
    atLogin = await startHiddenDesktop(onBus(login, ['--hidden']))
    bare = await startHiddenDesktop(onBus(empty, ['--hidden']))
    desktop = await startRealDesktop(onBus(own))
  })
  afterAll(async () => {
    for (const one of [desktop, atLogin, bare]) await one?.stop()
    for (const one of [services, quiet]) one?.close()
    for (const bus of buses ?? []) bus.stop()
  })

  test('a start shows the window', async () => {
    await until(() => desktop.isVisible(), 'the window')
  })

  test('the first time the window is closed a message box says where Latchkey is, and the window goes after it', async () => {
    await close(desktop)
    await until(() => findNativeDialog(desktop.app), 'the message box')
    expect(await desktop.isVisible()).toBe(true)
    await answerNativeDialog(desktop.app, 'left')
    await until(async () => !(await desktop.isVisible()), 'the window to hide')
    expect((await fetch(`${await desktop.gateway()}/healthz`)).status).toBe(200)
  })

  test('a start from the app menu brings the window back', async () => {
    expect(await desktop.startAgain()).toBe(0)
    await until(() => desktop.isVisible(), 'the window')
  })

  test('the next time nothing is said', async () => {
    await close(desktop)
    await until(async () => !(await desktop.isVisible()), 'the window to hide')
    expect(findNativeDialog(desktop.app)).toBeUndefined()
    expect(services.notifications).toEqual([])
  })

  test('a panel that comes later gets the icon with its menu, which opens the window', async () => {
    await services.startPanel()
    await until(async () => (await services.trayRows())?.some(({ label }) => label === 'Open Latchkey'), 'the menu')
    await services.clickRow('Open Latchkey')
    await until(() => desktop.isVisible(), 'the window')
  })

  test('the window now hides to the tray, and a notification says so', async () => {
    await close(desktop)
    await until(async () => !(await desktop.isVisible()), 'the window to hide')
    const shown = await until(() => services.notifications.at(-1), 'the notification')
    expect(shown.body).toContain('Its icon is in the tray')
  })

  test('a panel that was started again gets the icon again', async () => {
    await services.endPanel()
    await services.startPanel()
    await until(async () => (await services.trayRows())?.some(({ label }) => label === 'Open Latchkey'), 'the menu')
    expect(await services.trayTip()).toBe('Latchkey is running')
  })

  test('the settings quit it', async () => {
    await services.endPanel()
    expect(await desktop.startAgain()).toBe(0)
    await until(() => desktop.isVisible(), 'the window')
    const { page } = desktop
    const ended = once(desktop.app.process(), 'exit')
    await page.goto('app://console/#/settings')
    await page.getByRole('button', { name: 'Quit Latchkey' }).click()
    expect(await ended).toEqual([0, null])
  })

  test('started at login it shows no window, and says once where it is', async () => {
    const shown = await until(() => quiet.notifications.at(-1), 'the notification')
    expect(shown.title).toBe('Latchkey is running')
    expect(shown.body).toContain('start Latchkey from your apps')
    expect(atLogin.app.windows()).toEqual([])
    expect(await atLogin.startAgain()).toBe(0)
    await shownPage(atLogin.app)
    await until(() => atLogin.isVisible(), 'the window')
  })

  test('started at login where nobody shows notifications either, it shows its window', async () => {
    await shownPage(bare.app)
    await until(() => bare.isVisible(), 'the window')
  })

  test('the message box quits it, too', async () => {
    await close(bare)
    const ended = once(bare.app.process(), 'exit')
    await answerNativeDialog(bare.app, 'right')
    expect(await ended).toEqual([0, null])
  })
})
