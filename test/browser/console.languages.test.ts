import type { Page } from 'playwright'
import { beforeAll, describe, expect, it } from 'vitest'
import { beginning } from '../support/console-overlays.ts'
import { expectAccessible, servedConsole } from '../support/console-page.ts'
import { show, useOnce, VIEWS } from '../support/console-views.ts'
import { CONSOLE_TEXTS, LOCALES } from '../support/texts.ts'

// English and German have tests of their own for each page.
describe.each(['fr', 'es'] as const)('in %s', (language) => {
  const words = CONSOLE_TEXTS[language]
  const served = servedConsole({ locale: LOCALES[language], key: { models: ['sample-*'] } })
  let page: Page

  beforeAll(async () => {
    await useOnce(served)
    page = await served.openForAll(words.home.title)
  })

  it.each(VIEWS.filter(({ over }) => over === undefined).map((view) => [view.name, view] as const))(
    '%s is accessible, and says which language it is in',
    async (_, view) => {
      await show(page, view, language)
      expect(await page.locator('html').getAttribute('lang')).toBe(LOCALES[language])
      await expectAccessible(page)
    },
  )

  it('says why a request was refused, in the list and in its details', async () => {
    await served.serve.call('PATCH /api/settings', { language: 'auto' })
    page = await served.open('/activity', words.activity.title)
    const { short, sentence } = words.words.refusals.key_malformed
    await page.getByText(short, { exact: true }).first().waitFor()
    await page.getByRole('button', { name: beginning(words.activity.whyOf({ what: '' })) }).click()
    await page.getByRole('dialog').getByText(sentence).waitFor()
  })

  it('says why the gateway refused a test chat, by the code of its answer', async () => {
    page = await served.open('/try', words.tryOut.title)
    await page.getByRole('radio', { name: new RegExp(words.tryOut.keyFrom.paste.title) }).check()
    await page.getByLabel(words.tryOut.pasteLabel, { exact: true }).fill('sk-lk-mistyped')
    await page.getByRole('button', { name: words.tryOut.send }).click()
    await page.getByText(words.words.refusals.key_malformed.sentence).waitFor()
    expect(await page.getByText('This key is').count()).toBe(0)
  })

  it('says what is wrong with the upstream and with a key', async () => {
    await served.serve.call('PATCH /api/settings', { upstream: 'http://127.0.0.1:1' })
    page = await served.open('/', words.home.title)
    await page.getByText(SAID[language].upstream).waitFor()
    page = await served.open('/keys', words.keys.title)
    await page.getByRole('button', { name: words.keys.create, exact: true }).click()
    await page.getByRole('textbox', { name: words.keys.nameLabel }).fill('   ')
    await page.getByRole('button', { name: words.keys.make }).click()
    await page.getByRole('alert').getByText(SAID[language].key).waitFor()
  })
})

const SAID = {
  fr: {
    upstream: 'Ollama ne fonctionne pas à l’adresse http://127.0.0.1:1.',
    key: 'Donnez un nom à la clé.',
  },
  es: { upstream: 'Ollama no está en marcha en http://127.0.0.1:1.', key: 'Da un nombre a la clave.' },
}
