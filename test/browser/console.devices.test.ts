import { X509Certificate } from 'node:crypto'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { usableUrls } from '#shared/lan/usable-urls.ts'
import { makeCertificate } from '../support/certificates.ts'
import {
  expectAccessible,
  expectAccessibleInBoth,
  freshLink,
  goTo,
  holdUndo,
  openConsole,
  servedConsole,
} from '../support/console-page.ts'
import { callAsDevice, type DeviceCall, otherDeviceAddress } from '../support/other-device.ts'
import { ownAddress } from '../support/own-address.ts'
import { readCode } from '../support/read-qr.ts'
import { startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { CONSOLE_TEXTS, DEVICES_TEXTS, LANGUAGE_TAGS, LOCALES } from '../support/texts.ts'

const OWN_ADDRESS = ownAddress()
const DEVICE_ADDRESS = otherDeviceAddress()
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1'

const served = servedConsole()
let page: Page

beforeEach(async () => {
  page = await served.open()
})

const settings = () => served.serve.call('GET /api/settings', {})
const lanState = () => served.serve.call('GET /api/lan', {})
const change = (patch: object) => served.serve.call('PATCH /api/settings', patch)
const open = (at = page) => goTo(at, '/settings/devices', 'Settings')

/** Unlike `check`, which looks once, right after its click: a setting is shown as chosen a moment later. */
async function choose(name: RegExp): Promise<void> {
  await page.getByRole('radio', { name }).click()
  await page.getByRole('radio', { name, checked: true }).waitFor()
}

describe.skipIf(OWN_ADDRESS === undefined)('other devices', () => {
  const own = OWN_ADDRESS ?? ''
  const from = DEVICE_ADDRESS ?? ''

  afterEach(() =>
    change({ lan: [], lanTls: 'authority', lanCertificateFile: null, lanKeyFile: null, discovery: false }),
  )

  it('are let in, with the addresses for them, and shut out again', async () => {
    await open()
    await page.getByText('This computer’s addresses in your network: ').waitFor()
    expect(await page.getByRole('heading', { name: 'Set up a device' }).count()).toBe(0)
    await choose(/^All devices in my network/)
    await page.getByText('Only in a network you trust').waitFor()
    // The page shows a change before it is saved.
    await page.getByRole('heading', { name: 'Set up a device' }).waitFor()
    await expect.poll(async () => usableUrls(await lanState())[0]).toMatch(/^https:/)
    const [url = ''] = usableUrls(await lanState())
    await page.getByText(url, { exact: true }).waitFor()
    await page.getByText('No device yet').waitFor()
    await expectAccessibleInBoth(page)
    await goTo(page, '/', 'Home')
    await page.getByText(url, { exact: true }).waitFor()
    await page.getByRole('link', { name: 'Set up a device' }).click()
    await choose(/^Only in certain networks/)
    await page.getByRole('checkbox', { name: own }).waitFor()
    await choose(/^Only this computer/)
    await page.getByText('Only in a network you trust').waitFor({ state: 'detached' })
    expect((await settings()).lan).toEqual([])
  })

  it('find the page for them by a code, and its fingerprint can be compared', async () => {
    await change({ lan: [own] })
    await open()
    const { trustUrl, authority } = await lanState()
    expect(trustUrl).toBe(`http://${own}:${served.serve.port}/trust`)
    expect(await readCode(page.getByRole('img', { name: `Code with the address ${trustUrl}` }))).toBe(trustUrl)
    const { pem } = await served.serve.call('GET /api/lan/certificate', {})
    const shown = await page.getByRole('group', { name: 'Fingerprint (SHA-256)' }).locator('code').allInnerTexts()
    expect(shown.join(':')).toBe(new X509Certificate(pem).fingerprint256)
    expect(authority?.fingerprint).toBe(new X509Certificate(pem).fingerprint256)
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save the certificate' }).click()
    expect((await download).suggestedFilename()).toBe('latchkey.crt')
  })

  it.skipIf(DEVICE_ADDRESS === undefined)(
    'are listed as they come, with what they lack, until they connect securely',
    async () => {
      await change({ lan: [own] })
      const lan = await lanState()
      await open()
      const { pem: ca } = await served.serve.call('GET /api/lan/certificate', {})
      const device = (call: Partial<DeviceCall>) => callAsDevice({ from, lan, host: own, ...call })
      await expect(device({})).rejects.toThrow()
      const row = page.getByRole('listitem').filter({ hasText: from })
      await row.getByText('Not secure yet').waitFor()
      await expectAccessible(page)
      expect(await device({ ca, userAgent: IPHONE, secret: served.secret })).toBe(200)
      await row.getByText('Secure', { exact: true }).waitFor()
      await row.getByText('Safari on iPhone').waitFor()
      await row.getByText('last secure connection just now').waitFor()
      expect(await row.innerText()).not.toContain('certificate')
    },
  )

  it.skipIf(DEVICE_ADDRESS === undefined)(
    'lose the old authority by a dialog that names who used it, and are told to trust the new one',
    async () => {
      await change({ lan: [own] })
      const before = await lanState()
      const { pem: ca } = await served.serve.call('GET /api/lan/certificate', {})
      await callAsDevice({ from, lan: before, host: own, ca, userAgent: IPHONE, secret: served.secret })
      await open()
      await page.getByRole('listitem').filter({ hasText: from }).waitFor()
      const opener = page.getByRole('button', { name: 'Remove the authority' })
      await opener.focus()
      await page.keyboard.press('Enter')
      const dialog = page.getByRole('dialog')
      await dialog.getByText(`Safari on iPhone, ${from}, last secure connection`).waitFor()
      await dialog.getByRole('combobox', { name: 'System of the device' }).selectOption('Windows')
      await dialog.getByText(`right-click “${before.authority?.subject}”`).waitFor()
      await expectAccessibleInBoth(page)
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      expect(await opener.evaluate((button) => button === document.activeElement)).toBe(true)
      expect((await lanState()).authority).toEqual(before.authority)
      await page.keyboard.press('Enter')
      await dialog.getByRole('button', { name: 'Remove it and make a new one' }).click()
      await page.getByText('Latchkey has a new authority').waitFor()
      const after = await lanState()
      expect(after.authority?.fingerprint).not.toBe(before.authority?.fingerprint)
      const row = page.getByRole('listitem').filter({ hasText: from })
      await row.getByText('It used the authority that you removed.').waitFor()
      await expectAccessible(page)
    },
  )

  it('connect without protection only after a question, and the way back is one click', async () => {
    await change({ lan: [own] })
    await open()
    await page.getByRole('radio', { name: /^No protection/ }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Everyone in the same network can read keys').waitFor()
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('radio', { name: /^Latchkey’s own certificate/, checked: true }).waitFor()
    expect((await settings()).lanTls).toBe('authority')
    await page.getByRole('radio', { name: /^No protection/ }).click()
    await dialog.getByRole('button', { name: 'Connect without protection' }).click()
    await holdUndo(page)
    await page.getByText('Connections of other devices are not encrypted').waitFor()
    const plain = `http://${own}:${served.serve.port}`
    await page.getByText(plain, { exact: true }).waitFor()
    expect((await fetch(`${plain}/api/tags`)).status).toBe(401)
    await expectAccessibleInBoth(page)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('radio', { name: /^Latchkey’s own certificate/, checked: true }).waitFor()
    await page.getByText(plain, { exact: true }).waitFor({ state: 'detached' })
  })

  it('find Latchkey once that is switched on', async () => {
    await change({ lan: [own] })
    await open()
    // Mantine's own switch is behind its track.
    await page.getByRole('switch', { name: 'Announce Latchkey in the network' }).click({ force: true })
    await page.getByText('Other devices in your network can find Latchkey.').waitFor()
    expect((await settings()).discovery).toBe(true)
  })

  it('are the firewall’s matter if none has come after a minute', async () => {
    const other = await startServe()
    await other.createKey()
    await other.call('PATCH /api/settings', { lan: [own] })
    const fresh = await openConsole(served.browser, await freshLink(other))
    await fresh.clock.install()
    await open(fresh)
    await fresh.getByText('No device yet').waitFor()
    expect(await fresh.getByText('Nothing has arrived from another device yet').count()).toBe(0)
    await fresh.clock.fastForward(60_000)
    await fresh.getByText('Nothing has arrived from another device yet').waitFor()
    await fresh.getByText(`sudo ufw allow ${other.port}/tcp`).waitFor()
    await fresh.getByText('Windows', { exact: true }).click()
    await fresh.getByText(`-LocalPort ${other.port} -Profile Private`).waitFor()
    await expectAccessible(fresh)
    await fresh.context().close()
    await other.stop()
  })
})

describe.skipIf(OWN_ADDRESS === undefined)('a certificate from files', () => {
  const own = OWN_ADDRESS ?? ''
  let dir: TempDir

  beforeEach(async () => {
    dir = await createTempDir()
    await change({ lan: [own] })
  })
  afterEach(async () => {
    await change({ lan: [], lanTls: 'authority', lanCertificateFile: null, lanKeyFile: null })
    await dir.remove()
  })

  it('is used once both are named, and what is wrong with them is said until they are right', async () => {
    const { cert, key } = await makeCertificate({ hosts: ['ollama.home'] })
    const files = { certificate: join(dir.path, 'home.pem'), key: join(dir.path, 'home.key') }
    await open()
    await choose(/^A certificate from files/)
    // Nothing is used before both are there.
    expect((await settings()).lanTls).toBe('authority')
    const use = page.getByRole('button', { name: 'Use these files' })
    const certificateField = page.getByRole('textbox', { name: 'Certificate file' })
    await certificateField.fill('home.pem')
    expect(await use.isDisabled()).toBe(true)
    await page.getByRole('textbox', { name: 'Key file' }).fill(files.key)
    await use.click()
    await page.getByText('Enter the whole path of the file').waitFor()
    await certificateField.fill(files.certificate)
    await use.click()
    await page.getByText(`Latchkey cannot read the file ${files.certificate}.`).waitFor()
    await expectAccessibleInBoth(page)
    expect((await settings()).lanTls).toBe('authority')
    await writeFile(files.certificate, cert)
    await writeFile(files.key, (await makeCertificate()).key)
    await use.click()
    await page.getByText('does not belong to the key').waitFor()
    expect((await settings()).lanTls).toBe('authority')
    await writeFile(files.key, key)
    await use.click()
    await page.getByRole('cell', { name: 'ollama.home' }).waitFor()
    // Chosen again, they are used at once, or the form stays and says why not.
    await useOwnAuthority()
    await rename(files.key, `${files.key}.away`)
    await choose(/^A certificate from files/)
    await page.getByText(`Latchkey cannot read the file ${files.key}.`).waitFor()
    await certificateField.waitFor()
    await rename(`${files.key}.away`, files.key)
    await choose(/^Latchkey’s own certificate/)
    await choose(/^A certificate from files/)
    await page.getByRole('cell', { name: 'ollama.home' }).waitFor()
    await page.getByText(`https://ollama.home:${served.serve.port}`).waitFor()
    expect(await page.getByRole('img', { name: /^Code with the address/ }).count()).toBe(0)
    await expectAccessible(page)
  })
})

describe.skipIf(OWN_ADDRESS === undefined)('the page of other devices', () => {
  afterEach(() => change({ lan: [] }))

  it.each(LANGUAGE_TAGS)('fits a phone and a small window: %s', async (language) => {
    await change({ lan: [OWN_ADDRESS] })
    const own = await openConsole(served.browser, await freshLink(served.serve), { locale: LOCALES[language] })
    const words = CONSOLE_TEXTS[language]
    const { lan } = DEVICES_TEXTS[language]
    await goTo(own, '/settings/devices', words.settings.title)
    await own.getByRole('heading', { name: lan.setUp.title }).waitFor()
    await own.getByRole('button', { name: lan.remove.open }).click()
    await own.getByRole('dialog').waitFor()
    for (const state of ['dialog', 'page']) {
      for (const width of [390, 640, 1000]) {
        await own.setViewportSize({ width, height: 800 })
        await expect.poll(() => overflow(own), { message: `${state}, ${width} wide` }).toBeLessThanOrEqual(0)
      }
      await own.keyboard.press('Escape')
    }
    await own.context().close()
  })
})

/** Waits for the page, because a click on a radio button that is still checked changes nothing. */
async function useOwnAuthority(): Promise<void> {
  await change({ lanTls: 'authority' })
  await page.getByRole('radio', { name: /^Latchkey’s own certificate/, checked: true }).waitFor()
}

/** By how many pixels the page or its dialog is wider than its room. */
function overflow(shown: Page): Promise<number> {
  return shown.evaluate(() => {
    const rooms = [document.documentElement, ...document.querySelectorAll('[role=dialog]')]
    return Math.max(...rooms.map((room) => room.scrollWidth - room.clientWidth))
  })
}
