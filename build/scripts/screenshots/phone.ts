import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright'
import { startHome } from '../../../test/network/home.ts'
import { walkWithPhone } from '../../../test/network/phone-walk.ts'
import { skipReason } from '../../../test/support/namespaces.ts'
import { ensureBuilt } from '../building/built.ts'
import { getNetworkPrograms } from '../programs/network.ts'

// `npm run screenshots:phone`: takes docs/screenshots/other-devices*.png and phone*.png while a phone is set up, in a network of
// namespaces. The phone is a Chromium with a phone's viewport.
const TARGET = fileURLToPath(new URL('../../../docs/screenshots/', import.meta.url))

getNetworkPrograms()
const reason = skipReason('certutil')
if (reason !== undefined) throw new Error(`the phone cannot be pictured: ${reason}`)
await ensureBuilt()
mkdirSync(TARGET, { recursive: true })
const home = await startHome()
try {
  await walkWithPhone({ home, phone: home.network.plugIn('phone'), picture })
} finally {
  await home.remove()
}

async function picture(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const path = `${TARGET}${name}${colorScheme === 'dark' ? '-dark' : ''}.png`
    await page.screenshot({ path, animations: 'disabled', caret: 'hide' })
  }
}
