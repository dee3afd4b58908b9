import { it } from 'vitest'
import { servedConsole } from '../support/console-page.ts'

const served = servedConsole()

it('speaks another language in each window, also in the one that hears of it last', async () => {
  const first = await served.open()
  const last = await served.open()
  for (const [language, heading] of [
    ['de', 'Start'],
    ['auto', 'Home'],
  ] as const) {
    let tell = () => {}
    const told = new Promise<void>((resolve) => {
      tell = resolve
    })
    await last.route('**/api/settings', async (route) => {
      await told
      await route.continue()
    })
    await served.serve.call('PATCH /api/settings', { language })
    await first.getByRole('heading', { level: 1, name: heading }).waitFor()
    tell()
    await last.getByRole('heading', { level: 1, name: heading }).waitFor()
    await last.unroute('**/api/settings')
  }
})

it('shows what changes while the first answer is on its way, though that answer does not know of it', async () => {
  const page = await served.open('/settings', 'Settings')
  let deliver = () => {}
  const held = new Promise<void>((resolve) => {
    deliver = resolve
  })
  const asked = new Promise<void>((resolve) => {
    void page.route(
      '**/api/keys',
      async (route) => {
        const before = await route.fetch()
        resolve()
        await held
        await route.fulfill({ response: before })
      },
      { times: 1 },
    )
  })
  await page.getByRole('link', { name: 'Keys' }).click()
  await asked
  const { name } = await served.serve.createKey({ name: 'Made meanwhile' })
  // The same event makes the page ask for the state, so that it has been heard.
  await page.waitForResponse('**/api/state')
  deliver()
  await page.getByRole('row', { name }).waitFor()
})
