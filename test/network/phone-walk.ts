import { join } from 'node:path'
import { type Browser, devices, type Page } from 'playwright'
import { freshLink, goTo, openConsole } from '../support/console-page.ts'
import type { LanHost } from '../support/namespaces.ts'
import { until } from '../support/until.ts'
import { chatInChromium, chromiumIn, type Outcome } from './clients.ts'
import type { Home } from './home.ts'
import { trustInNss } from './nss.ts'

export interface PhoneWalk {
  /** The texts of the fingerprints, as a person compares them. */
  readonly shown: { readonly console: string; readonly phone: string }
  /** The chats over https from an app on the phone. */
  readonly before: Outcome
  readonly after: Outcome
  /** What the trust page says over http in the end: `yes` if the phone trusts Latchkey. */
  readonly check: string | null
  /** The title of the trust page over https. */
  readonly secureTitle: string
  /** The text of the console's row of the phone. */
  readonly row: string
  /** The User-Agent of the phone. */
  readonly userAgent: string
}

interface WalkOptions {
  readonly home: Home
  readonly phone: LanHost
  /** Called where a person would look. */
  readonly picture?: (page: Page, name: string) => Promise<void>
}

const PHONE = devices['Pixel 7']
/** 32 bytes, however they are set in lines and groups. */
const FINGERPRINT = /(?:\b[0-9A-F]{2}\b[\s:]*){32}/

/**
 * A person at the console sets up a phone: opens the trust page there, compares the fingerprint, installs the certificate and
 * chats. The phone is a Chromium in another host with the viewport of a phone.
 */
export async function walkWithPhone({ home, phone, picture = async () => undefined }: WalkOptions): Promise<PhoneWalk> {
  const desk = await chromiumIn(home.desk, home)
  let browser = await chromiumIn(phone, home)
  try {
    const console = await openConsole(desk, await freshLink(home.serve), { viewport: { width: 1280, height: 1800 } })
    await goTo(console, '/settings/devices', 'Settings')
    const { trustUrl } = await home.serve.call('GET /api/lan', {})
    const page = await openTrustPage(browser, trustUrl as string)
    const shown = { console: await fingerprintOn(console), phone: await fingerprintOn(page) }
    await picture(console, 'other-devices')
    await picture(page, 'phone-trust')
    const before = await chatInChromium(page.context(), home, home.url())
    const file = await download(page, home)
    await browser.close()

    await trustInNss(join(home.dir, `chromium-${phone.name}`, '.pki/nssdb'), file)
    browser = await chromiumIn(phone, home)
    const trusting = await openTrustPage(browser, trustUrl as string)
    const check = await trusting.locator('#check').getAttribute('data-answer')
    await picture(trusting, 'phone-trusted')
    const after = await chatInChromium(trusting.context(), home, home.url())
    await trusting.goto(`${home.url()}/trust`)
    await picture(trusting, 'phone-secure')
    const secure = console.getByText('Secure', { exact: true })
    const row = console.getByRole('listitem').filter({ hasText: phone.address }).filter({ has: secure }).first()
    await row.waitFor()
    await picture(console, 'other-devices-connected')
    return {
      shown,
      before,
      after,
      check,
      secureTitle: await trusting.title(),
      row: await row.innerText(),
      userAgent: await trusting.evaluate(() => navigator.userAgent),
    }
  } finally {
    await browser.close()
    await desk.close()
  }
}

async function openTrustPage(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ ...PHONE, locale: 'en-GB' })
  const page = await context.newPage()
  await page.goto(url)
  await page.locator('#check[data-answer]').waitFor()
  return page
}

/** Its text, wherever its lines end. */
async function fingerprintOn(page: Page): Promise<string> {
  const read = async () => FINGERPRINT.exec(await page.locator('body').innerText())?.[0]
  const text = await until(read, `the fingerprint on ${page.url()}`)
  return text.trim().split(/\s+/).join(' ')
}

async function download(page: Page, home: Home): Promise<string> {
  const downloading = page.waitForEvent('download')
  await page.locator('a[href$="/trust/latchkey.crt"]').first().click()
  const file = join(home.dir, 'downloaded.crt')
  await (await downloading).saveAs(file)
  return file
}
