import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { type OwnBus, startOwnBus } from './own-bus.ts'
import { type RealDesktop, reasonToSkip, startRealDesktop } from './real-desktop.ts'
import { reasonToSkipWayland, startWeston, type Weston } from './weston.ts'

const reason =
  reasonToSkip() ?? (process.platform === 'linux' ? reasonToSkipWayland() : 'only Linux has Wayland compositors')
if (reason !== undefined) console.log(`The app is not tested on Wayland: ${reason}.`)

// Without a GPU Chromium 130 loses the first frame on Wayland when it falls back to drawing in software by itself.
const FLAGS = ['--ozone-platform=wayland', '--disable-gpu']
/** Pixels of the button's colour that are more than a picture of anything else has. */
const BUTTON_PIXELS = 500

describe('on a Wayland compositor', () => {
  let weston: Weston
  let bus: OwnBus
  let desktop: RealDesktop
  beforeAll(async () => {
    if (reason !== undefined) return
    weston = await startWeston()
    bus = await startOwnBus()
    const env = { ...weston.env, DBUS_SESSION_BUS_ADDRESS: bus.address, DISPLAY: '' }
    desktop = await startRealDesktop({ args: FLAGS, env })
  })
  beforeEach((context) => context.skip(reason !== undefined, reason))
  afterAll(async () => {
    await desktop?.stop()
    bus?.stop()
    await weston?.stop()
  })

  /** How much of the compositor's screen has the colour of the page's main button. */
  async function buttonPixels(): Promise<number> {
    const button = desktop.page.getByRole('button', { name: 'Continue' })
    const colour = await button.evaluate((element) => getComputedStyle(element).backgroundColor)
    const png = (await weston.picture()).toString('base64')
    return desktop.app.evaluate(countPixels, { png, rgb: colour.match(/\d+/g)?.map(Number) ?? [] })
  }

  test('the window is on the compositor’s screen, with its page painted', async () => {
    await until(() => desktop.isVisible(), 'the window')
    await until(async () => (await buttonPixels()) > BUTTON_PIXELS, 'the page on the screen')
  })

  test('a second start brings back a window that was hidden', async () => {
    await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
    await until(async () => (await buttonPixels()) === 0, 'the window to leave the screen')
    expect(await desktop.startAgain(...FLAGS)).toBe(0)
    await until(async () => (await buttonPixels()) > BUTTON_PIXELS, 'the page on the screen')
  })

  test('the first run gives a key that works', async () => {
    const { page } = desktop
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('radio', { name: /^Page Assist/ }).check()
    await page.getByRole('button', { name: 'Make the key' }).click()
    const key = await page.getByText(/^sk-lk-\w+$/).textContent()
    expect(await desktop.knock(String(key), 'chrome-extension://jfgfiigpkhlkbnfnbobbkinehhfdhndo')).toBe(200)
  })
})

/** Runs in Electron's main process, which can read a PNG. */
function countPixels(
  { nativeImage }: typeof Electron.CrossProcessExports,
  { png, rgb }: { png: string; rgb: number[] },
) {
  const pixels = nativeImage.createFromBuffer(Buffer.from(png, 'base64')).toBitmap()
  const [red, green, blue] = rgb
  let count = 0
  for (let at = 0; at < pixels.length; at += 4) {
    if (pixels[at] === blue && pixels[at + 1] === green && pixels[at + 2] === red) count++
  }
  return count
}
