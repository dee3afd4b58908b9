import { readFileSync, writeFileSync } from 'node:fs'
import { chromium, type Page } from 'playwright'
import { TRAY_LOOKS, TRAY_STATES, type TrayLook } from '../src-main/desktop/tray-state.ts'
import { findChromium } from './chromium.ts'

// `node build/render-icons.ts`: the PNGs beside the SVG sources in build/icons/. Run it when a source has changed.
const ICONS = new URL('icons/', import.meta.url)
/**
 * macOS draws a template image in the colour of its menu bar and reads only its alpha. The others show a picture as it
 * is: dark brass on a light panel, light brass on a dark one. The dark one is seen on black too (3.5:1), because GNOME's
 * bar stays black under a light theme.
 */
const TRAY_COLORS: Record<TrayLook, string> = { template: '#000000', light: '#8a5a00', dark: '#f3cf86' }
/** electron-builder makes .icns and .ico of icon.png, which must be at least 512 pixels wide. */
const APP_SIZE = 1024
const TRAY_SCALES = [
  { suffix: '', size: 16 },
  { suffix: '@2x', size: 32 },
  { suffix: '@3x', size: 48 },
] as const

const executablePath = findChromium()
if (executablePath === undefined) throw new Error('Rendering needs Chromium: run `npm test` once, which gets one.')
const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
const browser = await chromium.launch({ executablePath, args })
try {
  const page = await browser.newPage()
  await render(page, 'app.svg', 'icon.png', APP_SIZE, TRAY_COLORS.template)
  for (const state of TRAY_STATES) {
    for (const look of TRAY_LOOKS) {
      for (const { suffix, size } of TRAY_SCALES) {
        await render(page, `tray/${state}.svg`, `tray/${state}-${look}${suffix}.png`, size, TRAY_COLORS[look])
      }
    }
  }
} finally {
  await browser.close()
}

/** `color` takes the place of `currentColor`; what the drawing leaves free stays transparent. */
async function render(page: Page, source: string, target: string, size: number, color: string): Promise<void> {
  const svg = readFileSync(new URL(source, ICONS), 'utf8')
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(
    `<style>body{margin:0;color:${color}}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`,
  )
  writeFileSync(new URL(target, ICONS), await page.screenshot({ omitBackground: true }))
}
