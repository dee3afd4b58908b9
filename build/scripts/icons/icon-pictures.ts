import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright'
import { TRAY_LOOKS, TRAY_STATES, type TrayLook } from '../../../src-main/desktop/tray/tray-state.ts'

/** The folder of the SVG sources and their pictures. */
export const ICONS = new URL('../../packaging/icons/', import.meta.url)
/**
 * macOS draws a template image in the colour of its menu bar and reads only its alpha. The others show a picture as it
 * is: dark brass on a light panel, light brass on a dark one. The dark one is seen on black too (3.5:1), because GNOME's
 * bar stays black under a light theme.
 */
const TRAY_COLORS: Record<TrayLook, string> = { template: '#000000', light: '#8a5a00', dark: '#f3cf86' }
/** electron-builder makes .icns and .ico of icon.png, which must be at least 512 pixels wide. */
const APP_SIZE = 1024
/** The sizes of the folders in which Linux desktops look for an app's icon (Icon Theme Specification, hicolor). */
const LINUX_SIZES = [16, 24, 32, 48, 64, 128, 256, 512]
const TRAY_SCALES = [
  { suffix: '', size: 16 },
  { suffix: '@2x', size: 32 },
  { suffix: '@3x', size: 48 },
] as const

/** One picture drawn from a source, both relative to `ICONS`. */
export interface IconPicture {
  readonly source: string
  readonly target: string
  /** Width and height in pixels. */
  readonly size: number
  /** Replaces `currentColor`. */
  readonly color: string
}

/** All pictures. */
export const ICON_PICTURES: readonly IconPicture[] = [
  { source: 'app.svg', target: 'icon.png', size: APP_SIZE, color: TRAY_COLORS.template },
  ...LINUX_SIZES.map((size) => ({
    source: 'app.svg',
    target: `linux/${size}x${size}.png`,
    size,
    color: TRAY_COLORS.template,
  })),
  ...TRAY_STATES.flatMap((state) =>
    TRAY_LOOKS.flatMap((look) =>
      TRAY_SCALES.map(({ suffix, size }) => ({
        source: `tray/${state}.svg`,
        target: `tray/${state}-${look}${suffix}.png`,
        size,
        color: TRAY_COLORS[look],
      })),
    ),
  ),
]

/** Draws them, one after another, as PNG. */
export async function* drawIcons(browser: Browser): AsyncGenerator<IconPicture & { png: Buffer }> {
  const page = await browser.newPage()
  for (const picture of ICON_PICTURES) yield { ...picture, png: await draw(page, picture) }
  await page.close()
}

/** The background stays transparent. */
async function draw(page: Page, { source, size, color }: IconPicture): Promise<Buffer> {
  const svg = readFileSync(new URL(source, ICONS), 'utf8')
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(
    `<style>body{margin:0;color:${color}}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`,
  )
  return page.screenshot({ omitBackground: true })
}
