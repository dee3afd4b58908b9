import { readdirSync, readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { drawIcons, ICON_PICTURES, ICONS } from '../../../build/scripts/icons/icon-pictures.ts'
import { TRAY_LOOKS, TRAY_STATES } from '../../../src-main/desktop/tray/tray-state.ts'
import { launchForPages } from '../../support/chromium.ts'

/** How far a channel of a pixel (0 to 255) may lie from the committed one: another Chromium smooths edges otherwise. */
const TOLERANCE = 32
/** The part of a picture's pixels that may lie further away. */
const STRAY_PIXELS = 0.02

const names = TRAY_STATES.flatMap((state) => TRAY_LOOKS.map((look) => `${state}-${look}`))
const committed = (target: string) => readFileSync(new URL(target, ICONS))

// PNG specification, section 11.2.2: IHDR comes first, its width and height at bytes 16 and 20.
test.each(names)('%s is drawn for screens of one, two and three pixels to a point', (name) => {
  for (const [suffix, size] of [
    ['', 16],
    ['@2x', 32],
    ['@3x', 48],
  ] as const) {
    const png = committed(`tray/${name}${suffix}.png`)
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size])
  }
})

test('each picture is another one: no state or look shares one by mistake', () => {
  const pictures = names.map((name) => committed(`tray/${name}@3x.png`).toString('base64'))
  expect(new Set(pictures).size).toBe(names.length)
})

test('every picture is used', () => {
  const drawn = new Set(ICON_PICTURES.map((picture) => picture.target))
  const there = readdirSync(ICONS, { recursive: true }).map((path) => String(path).replaceAll('\\', '/'))
  expect(there.filter((path) => path.endsWith('.png') && !drawn.has(path))).toEqual([])
})

let browser: Browser
let page: Page
beforeAll(async () => {
  browser = await launchForPages()
  page = await browser.newPage()
})
afterAll(() => browser.close())

test('the pictures are what their sources look like', async () => {
  const astray: string[] = []
  for await (const { target, png } of drawIcons(browser)) {
    if ((await strayPixels(png, committed(target))) > STRAY_PIXELS) astray.push(target)
  }
  expect(astray, 'run `node build/scripts/icons/render-icons.ts`').toEqual([])
})

test('and would not pass for those of another state', async () => {
  expect(await strayPixels(committed('tray/paused-light.png'), committed('tray/running-light.png'))).toBeGreaterThan(
    STRAY_PIXELS,
  )
})

/** The part of the pixels, 0 to 1, that differ by more than the tolerance; 1 for pictures of another size. */
function strayPixels(one: Buffer, other: Buffer): Promise<number> {
  const given = { urls: [one, other].map((png) => `data:image/png;base64,${png.toString('base64')}`), TOLERANCE }
  return page.evaluate(async ({ urls, TOLERANCE: tolerance }) => {
    const pixelsOf = async (url: string) => {
      const image = new Image()
      image.src = url
      await image.decode()
      const canvas = new OffscreenCanvas(image.width, image.height)
      const context = canvas.getContext('2d')
      context?.drawImage(image, 0, 0)
      return context?.getImageData(0, 0, image.width, image.height).data ?? new Uint8ClampedArray()
    }
    const [first, second] = await Promise.all([pixelsOf(urls[0] ?? ''), pixelsOf(urls[1] ?? '')])
    if (first.length !== second.length) return 1
    let stray = 0
    for (let at = 0; at < first.length; at += 4) {
      const far = (channel: number) => Math.abs((first[at + channel] ?? 0) - (second[at + channel] ?? 0)) > tolerance
      const differs = [0, 1, 2, 3].some(far)
      if (differs) stray++
    }
    return stray / (first.length / 4)
  }, given)
}
