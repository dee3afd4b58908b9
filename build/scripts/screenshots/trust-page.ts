import type { Browser } from 'playwright'
import { launchChromium } from '../../../test/support/chromium.ts'
import { makeAuthority, serveTrustPage } from '../../../test/support/trust-page.ts'

const PHONE = { width: 390, height: 844 }
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 Version/26.1 Mobile/15E148 Safari/604.1'
/** A typical address at home, which this browser finds at the real one. */
const SHOWN = { address: '192.168.1.5', port: 11500 }

/** Takes the page by which a phone comes to trust Latchkey: its beginning, and the steps for an iPhone. */
export async function pictureTrustPage(fileOf: (name: string, theme: 'light' | 'dark') => string): Promise<void> {
  const server = await serveTrustPage(await makeAuthority())
  const { port } = server
  server.change({ addresses: [SHOWN.address], port: SHOWN.port })
  const browser = await launchChromium([`--host-resolver-rules=MAP ${SHOWN.address}:${SHOWN.port} 127.0.0.1:${port}`])
  try {
    for (const theme of ['light', 'dark'] as const) await pictureIn(browser, theme, fileOf)
  } finally {
    await browser.close()
    await server.close()
  }
}

async function pictureIn(
  browser: Browser,
  theme: 'light' | 'dark',
  fileOf: (name: string, theme: 'light' | 'dark') => string,
): Promise<void> {
  const context = await browser.newContext({
    viewport: PHONE,
    locale: 'en-GB',
    userAgent: IPHONE,
    colorScheme: theme,
    deviceScaleFactor: 2,
  })
  const page = await context.newPage()
  await page.goto(`http://${SHOWN.address}:${SHOWN.port}/trust`)
  await page.locator('#check[data-answer=no]').waitFor()
  await page.screenshot({ path: fileOf('trust-page', theme) })
  await page.locator('details[open]').screenshot({ path: fileOf('trust-steps', theme) })
  await context.close()
}
