import { readFileSync } from 'node:fs'
import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { trustText } from '../../src-main/listeners/trust/text/trust-text.ts'
import type { Certificate } from '../support/certificates.ts'
import { launchChromium } from '../support/chromium.ts'
import { expectAccessible } from '../support/console-page.ts'
import { inFirefox, launchFirefox } from '../support/firefox.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { LANGUAGE_TAGS, LOCALES } from '../support/texts.ts'
import {
  authorityFacts,
  makeAuthority,
  NO_CERTUTIL,
  serveTrustPage,
  type TrustServer,
  trustInChromium,
  trustInList,
} from '../support/trust-page.ts'

const WORDS = trustText('en')
const PHONE = { width: 390, height: 844 }
/** The narrowest phone that WCAG 2.2 names (1.4.10). */
const NARROW = { width: 320, height: 640 }
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 Version/26.1 Mobile/15E148 Safari/604.1'

let authority: Certificate
let server: TrustServer
let browser: Browser
/** One that trusts the authority, by the steps that the page has for Linux. */
let trusting: Browser
let home: TempDir
const contexts: BrowserContext[] = []

beforeAll(async () => {
  authority = await makeAuthority()
  server = await serveTrustPage(authority)
  browser = await launchChromium()
  home = await createTempDir()
  if (NO_CERTUTIL !== undefined) return
  trustInChromium(home.path, authority)
  trusting = await launchChromium([], { HOME: home.path })
})
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close()
  server.change({ tls: 'authority', addresses: ['127.0.0.1'] })
})
afterAll(async () => {
  await browser?.close()
  await trusting?.close()
  await server?.close()
  await home?.remove()
})

const url = (scheme = 'http') => `${scheme}://127.0.0.1:${server.port}/trust`

async function open(
  options: Parameters<Browser['newContext']>[0] = {},
  from = browser,
  address = url(),
): Promise<Page> {
  const context = await from.newContext({ viewport: PHONE, locale: 'en-GB', ...options })
  context.setDefaultTimeout(PATIENCE_MS)
  contexts.push(context)
  const page = await context.newPage()
  await page.goto(address)
  return page
}

const answered = (page: Page, answer: 'yes' | 'no') => page.locator(`#check[data-answer=${answer}]`).waitFor()

describe('on a phone in Chromium', () => {
  it('says that the device does not trust the certificate yet', async () => {
    const page = await open({ userAgent: SAFARI })
    await answered(page, 'no')
    const status = page.getByRole('status')
    expect(await status.innerText()).toContain(WORDS.check.no)
    expect(await status.innerText()).not.toContain(WORDS.check.yes)
    await status.getByText(WORDS.check.reasons.title).click()
    expect(await status.innerText()).toContain(WORDS.check.reasons.switch)
    expect(await status.innerText()).not.toContain(WORDS.check.reasons.clock)
  })

  it('says that the device trusts it', async ({ skip }) => {
    skip(NO_CERTUTIL !== undefined, NO_CERTUTIL)
    const page = await open({}, trusting)
    await answered(page, 'yes')
    expect(await page.getByRole('status').innerText()).toBe(WORDS.check.yes)
  })

  it('asks again when the person comes back', async () => {
    const page = await open()
    await answered(page, 'no')
    let asked = 0
    await page.route('https://**/trust/check', (route) => {
      asked++
      return route.fulfill({ body: 'Latchkey answers.' })
    })
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await answered(page, 'yes')
    expect(asked).toBe(1)
    await page.getByRole('button', { name: WORDS.check.again }).click()
    await expect.poll(() => asked).toBe(2)
  })

  it('names a clock that is wrong', async () => {
    const late = await serveTrustPage(authority, { clockOff: -2 * 3_600_000 })
    try {
      const page = await open({}, browser, `http://127.0.0.1:${late.port}/trust`)
      await answered(page, 'no')
      expect(await page.locator('#clock').textContent()).toBe(WORDS.check.reasons.clock)
      expect(await page.locator('#clock').getAttribute('hidden')).toBeNull()
    } finally {
      await late.close()
    }
  })

  it('names an address that is not in the certificate', async () => {
    const page = await open({}, browser, url().replace('127.0.0.1', 'localhost'))
    await answered(page, 'no')
    const reason = WORDS.check.reasons.name({ address: url('https') })
    expect(await page.getByRole('status').textContent()).toContain(reason)
  })

  it('says over https what to do next', async ({ skip }) => {
    skip(NO_CERTUTIL !== undefined, NO_CERTUTIL)
    const page = await open({}, trusting, url('https'))
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(WORDS.trusted.title)
    expect(await page.locator('pre').first().innerText()).toBe(`https://127.0.0.1:${server.port}`)
  })

  it('gives the certificate and the profile', async () => {
    const page = await open({ userAgent: SAFARI })
    const certificate = await download(page, WORDS.certificate.profile, 0)
    expect(certificate.name).toBe('latchkey.mobileconfig')
    expect(certificate.bytes.toString()).toContain('com.apple.security.root')
    const desktop = await open()
    const file = await download(desktop, WORDS.certificate.download, 0)
    expect(file.name).toBe('latchkey.crt')
    expect(file.bytes.equals(authorityFacts(authority).der)).toBe(true)
  })

  it.each(LANGUAGE_TAGS)('fits into 320 pixels with all sections open, in %s', async (language) => {
    const page = await open({ viewport: NARROW, locale: LOCALES[language] })
    await answered(page, 'no')
    await openAll(page)
    expect(await page.locator('html').getAttribute('lang')).toBe(language)
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBe(NARROW.width)
    expect(await textsOutsidePictures(page)).toEqual([])
  })

  it('is accessible in light and dark', async ({ skip }) => {
    skip(NO_CERTUTIL !== undefined, NO_CERTUTIL)
    const page = await open({ userAgent: SAFARI })
    await answered(page, 'no')
    await openAll(page)
    await expectAccessibleInBoth(page)
    await expectAccessibleInBoth(await open({}, trusting, url('https')))
    server.change({ tls: 'off' })
    await expectAccessibleInBoth(await open())
  })

  it('can be used with the keyboard', async () => {
    const page = await open()
    await answered(page, 'no')
    const section = page.locator('details', {
      has: page.getByRole('heading', { name: WORDS.macos.title, exact: true }),
    })
    expect(await section.getAttribute('open')).toBeNull()
    await section.locator('summary').focus()
    await page.keyboard.press('Enter')
    expect(await section.getAttribute('open')).toBe('')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(WORDS.certificate.download)
  })

  it('runs only its own script and asks nobody else', async () => {
    const asked: string[] = []
    const page = await open()
    page.on('request', (request) => asked.push(request.url()))
    await page.reload()
    await answered(page, 'no')
    expect(asked.filter((address) => !address.endsWith('/favicon.ico'))).toEqual([url(), `${url('https')}/check`])
    const blocked = await page.evaluate(async () => {
      const violations: string[] = []
      document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective))
      document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = true' }))
      await fetch('https://127.0.0.1:1/').catch(() => undefined)
      await new Promise((done) => setTimeout(done))
      return { violations, ran: 'ran' in window }
    })
    expect(blocked).toEqual({ violations: ['script-src-elem', 'connect-src'], ran: false })
  })

  it('works without scripts', async () => {
    const page = await open({ javaScriptEnabled: false })
    const text = await page.locator('main').innerText()
    expect(text).toContain(WORDS.check.byHand)
    expect(text).not.toContain(WORDS.check.checking)
    expect(text).not.toContain(WORDS.check.no)
    expect(await page.getByRole('button').count()).toBe(0)
    expect(await page.getByRole('link', { name: url('https') }).getAttribute('href')).toBe(url('https'))
    await page.locator('summary', { hasText: WORDS.android.title }).click()
    await page.getByText(WORDS.android.download).waitFor()
  })
})

inFirefox(() => {
  it.for(['no', 'yes'] as const)('says whether Firefox trusts the certificate: %s', async (answer, { skip }) => {
    skip(NO_CERTUTIL !== undefined && answer === 'yes', NO_CERTUTIL)
    const profile = await createTempDir()
    if (answer === 'yes') trustInList(profile.path, authority)
    const firefox = await launchFirefox({ checksCertificates: true, profile: profile.path })
    try {
      const page = await firefox.newPage()
      await page.setViewport(PHONE)
      await page.goto(url())
      await page.waitForSelector(`#check[data-answer=${answer}]`, { timeout: PATIENCE_MS })
      const status = await page.$eval('[role=status]', (element) => (element as HTMLElement).innerText)
      expect(status).toContain(WORDS.check[answer])
      const opened = await page.$$eval('main > details[open] h3', (titles) => titles.map((title) => title.textContent))
      expect(opened).toEqual([WORDS.linux.title, WORDS.firefox.title])
    } finally {
      await firefox.close()
      await profile.remove()
    }
  })
})

async function expectAccessibleInBoth(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await expectAccessible(page)
  }
}

async function openAll(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true
  })
}

/** Labels that are wider than the picture, which SVG would cut off. */
function textsOutsidePictures(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('svg')].flatMap((svg) => {
      const { left, right } = svg.getBoundingClientRect()
      const isOutside = (span: Element) => {
        const box = span.getBoundingClientRect()
        return box.left < left + 3 || box.right > right - 3
      }
      return [...svg.querySelectorAll('tspan')].filter(isOutside).map(({ textContent }) => textContent ?? '')
    }),
  )
}

async function download(page: Page, name: string, at: number): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).nth(at).click()])
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) }
}
