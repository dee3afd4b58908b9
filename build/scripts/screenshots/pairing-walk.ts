import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright'
import { serveFolder } from '../../../test/support/folder-server.ts'
import type { Serve } from '../../../test/support/serve.ts'

const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url))

interface Walk {
  readonly browser: Browser
  readonly serve: Serve
  /** The console, at its first run. */
  readonly page: Page
  /** In both colour schemes. */
  readonly picture: (page: Page, name: string) => Promise<void>
  readonly fileOf: (name: string, theme: 'light' | 'dark') => string
}

/** From no key to a connected app, with the example page as the app. Prints how long the person's part took. */
export async function picturePairing({ browser, serve, page, picture, fileOf }: Walk): Promise<void> {
  const files = await serveFolder(EXAMPLES)
  const context = await browser.newContext({ viewport: { width: 720, height: 420 } })
  try {
    const app = await context.newPage()
    await app.goto(`${files.url}/web-page/?latchkey=${serve.gateway}`)
    const startedAt = performance.now()
    await app.getByRole('button', { name: 'Connect to Latchkey' }).click()
    await app.getByText(/^\d\d-\d\d$/).waitFor()
    await page.locator('button:enabled', { hasText: 'Allow' }).waitFor()
    await pictureApp(app, fileOf)
    await picture(page, 'pairing')
    await page.getByRole('button', { name: 'Allow' }).click()
    await app.getByText('Connected.').waitFor()
    await page.getByText(/is connected$/).waitFor()
    const seconds = Math.round((performance.now() - startedAt) / 1000)
    await picture(page, 'pairing-connected')
    console.log(`from an empty folder to a connected app, with the pictures: ${seconds} s`)
  } finally {
    await context.close()
    await files.close()
  }
}

/** An app follows the computer's colours, not Latchkey's setting. */
async function pictureApp(app: Page, fileOf: Walk['fileOf']): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await app.emulateMedia({ colorScheme })
    await app.screenshot({ path: fileOf('pairing-app', colorScheme), animations: 'disabled', caret: 'hide' })
  }
}
