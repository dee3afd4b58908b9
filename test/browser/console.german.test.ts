import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { servedConsole } from '../support/console-page.ts'
import { CONSOLE_TEXTS } from '../support/texts.ts'

// The core sends its problems to the console as codes, and a German console shows them in German.
const { de } = CONSOLE_TEXTS
const served = servedConsole({ locale: 'de-DE' })
let page: Page

const open = async (path: string, heading: string) => {
  page = await served.open(path, heading)
}

it('says what is wrong with a setting', async () => {
  await open('/settings/ollama', de.settings.title)
  const upstream = page.getByRole('textbox', { name: de.settings.upstreamLabel })
  await upstream.fill('irgendwo')
  await upstream.press('Enter')
  await page.getByText('Die Adresse von Ollama sieht aus wie http://127.0.0.1:11434.').waitFor()
  await upstream.fill(served.serve.gateway)
  await upstream.press('Enter')
  await page.getByText(`${served.serve.gateway} ist Latchkeys eigene Adresse.`).waitFor()
})

it('says who has a port that is taken', async () => {
  await open('/settings/access', de.settings.title)
  const { port } = new URL(served.serve.upstream)
  const field = page.getByRole('textbox', { name: de.settings.portLabel, exact: true })
  await field.fill(port)
  await field.press('Enter')
  await page
    .getByText(/Latchkeys eigene Adresse|wird schon von einem anderen Programm genutzt|Ollama selbst nutzt/)
    .waitFor()
})

it('says what is wrong with a key and with a site', async () => {
  await open('/keys', de.keys.title)
  await page.getByRole('button', { name: de.keys.create, exact: true }).click()
  await page.getByRole('textbox', { name: de.keys.nameLabel }).fill('   ')
  await page.getByRole('button', { name: de.keys.make }).click()
  await page.getByRole('alert').getByText('Gib dem Schlüssel einen Namen.').waitFor()
  await open('/sites', de.origins.title)
  await page.getByRole('button', { name: de.origins.add, exact: true }).click()
  await page.getByRole('textbox', { name: de.origins.addLabel }).fill('keine Seite')
  await page.keyboard.press('Enter')
  await page.getByText('Eine Seite sieht aus wie https://example.org').waitFor()
})

it('says why the gateway refused a test chat', async () => {
  await open('/try', de.tryOut.title)
  await page.getByRole('radio', { name: new RegExp(de.tryOut.keyFrom.paste.title) }).check()
  await page.getByLabel(de.tryOut.pasteLabel, { exact: true }).fill('sk-lk-mistyped')
  await page.getByRole('button', { name: de.tryOut.send }).click()
  await page.getByText(de.words.refusals.key_malformed.sentence).waitFor()
  expect(await page.getByText('This key is').count()).toBe(0)
})

it('says what is wrong with the upstream', async () => {
  await served.serve.call('PATCH /api/settings', { upstream: 'http://127.0.0.1:1' })
  await open('/', de.home.title)
  await page.getByText('Ollama läuft nicht unter http://127.0.0.1:1.').waitFor()
})
