import type { LookupFunction } from 'node:net'
import type { Locator, Page } from 'playwright'
import { Agent, fetch as fetchWith } from 'undici'
import { beforeEach, expect, it } from 'vitest'
import { usableUrls } from '#shared/lan/usable-urls.ts'
import { linkFor } from '../../src-renderer/recipes/links.ts'
import { expectAccessibleInBoth, goTo, servedConsole } from '../support/console-page.ts'
import { ownAddress } from '../support/own-address.ts'
import { readCode } from '../support/read-qr.ts'
import type { Serve } from '../support/serve.ts'

const OWN_ADDRESS = ownAddress()
const CHATBOX =
  'Mozilla/5.0 (X11; Linux x86_64) xyz.chatboxapp.app/1.20.0 Chrome/134.0.0.0 Electron/35.1.2 Safari/537.36'

const served = servedConsole()
let page: Page
beforeEach(async () => {
  page = await served.open('/connect', 'Connect an app')
  await page.getByRole('radio', { name: /^Page Assist/ }).waitFor()
})

const radio = (name: string): Locator => page.getByRole('radio', { name: new RegExp(`^${name}`) })
const search = (words: string) => page.getByRole('searchbox', { name: 'Find an app' }).fill(words)

async function makeKeyFor(name: string): Promise<string> {
  await radio(name).check()
  await page.getByRole('button', { name: 'Make the key' }).click()
  return page
    .locator('code')
    .filter({ hasText: /^sk-lk-/ })
    .first()
    .innerText()
}

const models = async (serve: Serve, secret: string, userAgent: string) =>
  (
    await fetch(`${serve.gateway}/v1/models`, {
      headers: { authorization: `Bearer ${secret}`, 'user-agent': userAgent },
    })
  ).status

it('an app is found by any of its names, and reached with the keyboard alone', async () => {
  await search('thunderbird')
  await page.getByText('1 app found').waitFor()
  expect(await page.getByRole('radio').count()).toBe(2)
  await page.keyboard.press('Tab')
  // The button that clears the search is in between.
  if ((await page.evaluate(() => document.activeElement?.getAttribute('type'))) !== 'radio') {
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Space')
  expect(await page.getByRole('textbox', { name: 'A name for its key' }).inputValue()).toBe('ThunderAI')
})

it('where nothing is found, the person is led to what fits most apps', async () => {
  await search('no such app')
  await page.getByText('No app is called “no such app” here.').waitFor()
  await radio('My app is not here').check()
  await page.getByRole('textbox', { name: 'A name for its key' }).fill('Mine')
  await page.getByRole('button', { name: 'Make the key' }).click()
  await page.getByRole('heading', { name: 'It takes OpenAI-compatible servers' }).waitFor()
  await expectAccessibleInBoth(page)
  const port = new URL(served.serve.gateway).port
  const copied = page.locator('code')
  expect(await copied.first().innerText()).toBe(`http://localhost:${port}/v1`)
  const header = await copied.filter({ hasText: /^Authorization: Bearer sk-lk-/ }).innerText()
  // The key is in no address until the person wants it.
  expect(await copied.filter({ hasText: '/k/sk-lk-' }).count()).toBe(0)
  await page.getByRole('button', { name: 'Allow this and show the address' }).click()
  const whole = await copied.filter({ hasText: '/k/sk-lk-' }).innerText()
  expect((await fetch(`${whole.replace('localhost', '127.0.0.1')}/api/tags`)).status).toBe(200)
  await page.getByRole('heading', { name: 'Mine is connected' }).waitFor()
  const [name, value] = header.split(': ')
  const answer = await fetch(`${served.serve.gateway}/api/tags`, { headers: { [name as string]: value as string } })
  expect(answer.status).toBe(200)
})

it('the list and a page with files are accessible in light and dark colours', async () => {
  await expectAccessibleInBoth(page)
  await makeKeyFor('Codex')
  await page.getByText('Put this into the file “~/.codex/config.toml”.').waitFor()
  await expectAccessibleInBoth(page)
})

it('a link hands the key to the app, whose first request connects it', async () => {
  const secret = await makeKeyFor('Chatbox')
  const link = page.getByRole('link', { name: 'Open in Chatbox' })
  const port = new URL(served.serve.gateway).port
  const shown = { address: `http://localhost:${port}/v1`, key: secret, models: ['sample-small:latest'] }
  const [expected] = linkFor('chatbox', shown).split('?')
  const href = (await link.getAttribute('href')) ?? ''
  expect(href.startsWith(`${expected}?config=`)).toBe(true)
  const config = Buffer.from(new URL(href).searchParams.get('config') ?? '', 'base64').toString()
  expect(JSON.parse(config)).toMatchObject({ settings: { apiHost: shown.address, apiKey: secret } })
  await page.getByText('A phone cannot reach Latchkey yet').waitFor()
  await page.getByText('The key is only for Chatbox.').waitFor()
  expect(await models(served.serve, secret, CHATBOX)).toBe(200)
  await page.getByRole('heading', { name: 'Chatbox is connected' }).waitFor()
  expect(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, location.href]))).not.toContain(
    'sk-lk-',
  )
})

it.skipIf(OWN_ADDRESS === undefined)(
  'another device gets the link as a code, with an address that it can use',
  async () => {
    await served.serve.call('PATCH /api/settings', { lan: [OWN_ADDRESS as string] })
    try {
      const secret = await makeKeyFor('Chatbox')
      const code = page.getByRole('img', { name: 'QR code that opens Chatbox' })
      await code.waitFor()
      const link = new URL(await readCode(code))
      const config = JSON.parse(Buffer.from(link.searchParams.get('config') ?? '', 'base64').toString()) as {
        settings: { apiHost: string; apiKey: string }
      }
      const { apiHost, apiKey } = config.settings
      const lan = await served.serve.call('GET /api/lan', {})
      expect([apiHost, apiKey]).toEqual([`${usableUrls(lan)[0]}/v1`, secret])
      expect(apiHost).toMatch(/^https:/)
      await page.getByText(`open ${lan.trustUrl} there`).waitFor()
      const { pem } = await served.serve.call('GET /api/lan/certificate', {})
      // The address can be the name of this computer, which needs multicast DNS.
      const lookup: LookupFunction = (_name, _options, done) => done(null, [{ address: OWN_ADDRESS ?? '', family: 4 }])
      const answer = await fetchWith(`${apiHost}/models`, {
        headers: { authorization: `Bearer ${apiKey}`, 'user-agent': CHATBOX },
        dispatcher: new Agent({ connect: { ca: pem, lookup } }),
      })
      expect(answer.status).toBe(200)
    } finally {
      await served.serve.call('PATCH /api/settings', { lan: [] })
    }
  },
)

it('another program with that key is refused, and the person decides about it', async () => {
  const secret = await makeKeyFor('Chatbox')
  expect(await models(served.serve, secret, 'Python-urllib/3.11')).toBe(403)
  await page.getByRole('alert').getByRole('button', { name: 'Allow “Chatbox” in any app' }).waitFor()

  await goTo(page, '/', 'Home')
  const question = page.getByText('“Chatbox” was made for Chatbox, and Python-urllib uses it')
  await question.waitFor()
  await page.getByRole('button', { name: 'Only Chatbox: Chatbox' }).click()
  await question.waitFor({ state: 'detached' })
  expect(await models(served.serve, secret, 'Python-urllib/3.11')).toBe(403)
  expect(await models(served.serve, secret, CHATBOX)).toBe(200)

  const other = await makeAnother()
  expect(await models(served.serve, other, 'curl/8.5.0')).toBe(403)
  await goTo(page, '/keys', 'Keys')
  await page.getByText('“Cherry Studio” was made for Cherry Studio, and curl uses it').waitFor()
  await page.getByRole('button', { name: 'Allow any app: Cherry Studio' }).click()
  await page.getByText('and curl uses it').waitFor({ state: 'detached' })
  expect(await models(served.serve, other, 'curl/8.5.0')).toBe(200)
})

async function makeAnother(): Promise<string> {
  await goTo(page, '/connect', 'Connect an app')
  return makeKeyFor('Cherry Studio')
}
