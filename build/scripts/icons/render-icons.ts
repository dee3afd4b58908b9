import { writeFileSync } from 'node:fs'
import { chromium } from 'playwright'
import { findChromium } from '../programs/chromium.ts'
import { drawIcons, ICONS } from './icon-pictures.ts'

// `node build/scripts/icons/render-icons.ts`: draws the PNGs beside the SVG sources in build/packaging/icons/. Run it after
// changing a source.
const executablePath = findChromium()
if (executablePath === undefined) throw new Error('Rendering needs Chromium: run `npm test` once, which gets one.')
const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
const browser = await chromium.launch({ executablePath, args })
try {
  for await (const { target, png } of drawIcons(browser)) writeFileSync(new URL(target, ICONS), png)
} finally {
  await browser.close()
}
