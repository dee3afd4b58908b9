import { expect, test, vi } from 'vitest'
import { TRAY_LOOKS, TRAY_STATES } from '../../../src-main/desktop/tray/tray-state.ts'
import { world } from '../stand-in/world.ts'

vi.mock('electron', () => import('../stand-in/electron.ts'))
const { trayIcon } = await import('../../../src-main/desktop/tray/icons.ts')

const cases = TRAY_STATES.flatMap((state) => TRAY_LOOKS.map((look) => [state, look] as const))

test.each(cases)('%s as %s is an image for every screen, which only macOS colours itself', (state, look) => {
  trayIcon(state, look)
  const image = world.images.at(-1)
  expect(image?.isTemplate).toBe(look === 'template')
  const drawn = [[1, image?.dataUrl], ...(image?.representations ?? []).map((one) => [one.scaleFactor, one.dataURL])]
  expect(drawn.map(([scale, url]) => [scale, widthOf(String(url))])).toEqual([
    [1, 16],
    [2, 32],
    [3, 48],
  ])
})

/** In pixels, by the PNG's own header. */
function widthOf(dataUrl: string): number {
  return Buffer.from(dataUrl.replace('data:image/png;base64,', ''), 'base64').readUInt32BE(16)
}
