import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { expectAccessible, servedConsole } from '../support/console-page.ts'
import { namedConsole, visit } from '../support/visitor.ts'

const SECRET = 'a-client-secret-of-its-own'

const served = servedConsole()
const settings = () => served.serve.call('GET /api/settings', {})

async function withSignInPage(look: (page: Page) => Promise<void>): Promise<void> {
  const page = await visit(served.browser, `${namedConsole(served.serve)}sign-in`)
  await page.getByRole('heading', { name: 'Sign in to Latchkey' }).waitFor()
  await look(page)
  await page.context().close()
}

it('a service is set up by its steps, offered to those who sign in, and removed with its secret', async () => {
  await served.serve.call('POST /api/people', { name: 'Anna' })
  await served.serve.call('PATCH /api/settings', { consoleUrl: 'https://latchkey.example' })
  const page = await served.open('/settings/people', 'Settings')
  // Its own ways cannot be switched off while there is no other. Mantine's own switch is behind its track.
  const local = page.getByRole('switch', { name: 'People sign in with a password or a passkey' })
  expect(await local.isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Add a service' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Service' }).selectOption('GitHub')
  await dialog.getByText('https://latchkey.example/api/sign-in/return/github', { exact: true }).waitFor()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByRole('alert').waitFor()
  expect((await settings()).providers).toEqual([])
  await dialog.getByRole('textbox', { name: 'Client ID' }).fill('Iv1.0123456789abcdef')
  await dialog.getByLabel('Client secret').fill(SECRET)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('“GitHub” is saved.').waitFor()
  const list = page.getByRole('list', { name: 'Other services to sign in at' })
  await list.getByText('GitHub').waitFor()
  // The row may show the moment between the settings and the secret until the page has read the services anew.
  await list.getByText('Secret missing').waitFor({ state: 'detached' })
  expect((await settings()).providers).toMatchObject([{ id: 'github', preset: 'github', issuer: null }])
  expect(await page.content()).not.toContain(SECRET)
  await expectAccessible(page)

  await withSignInPage((visitor) => visitor.getByRole('button', { name: 'Continue with GitHub' }).waitFor())
  await local.click({ force: true })
  await page.getByText('People sign in only at other services.').waitFor()
  await withSignInPage(async (visitor) => {
    await visitor.getByRole('button', { name: 'Continue with GitHub' }).waitFor()
    expect(await visitor.getByRole('textbox').count()).toBe(0)
    await expectAccessible(visitor)
  })
  await served.serve.call('PATCH /api/settings', { localSignIn: true })

  await list.getByRole('button', { name: 'Remove: GitHub' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByText('“GitHub” is removed.').waitFor()
  expect((await settings()).providers).toEqual([])
})
