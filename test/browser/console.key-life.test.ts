import { beforeAll, describe, expect, it } from 'vitest'
import { expectAccessibleInBoth, goTo, servedConsole } from '../support/console-page.ts'
import { DAY_MS, setupOfKeys } from '../support/old-keys.ts'

const served = servedConsole()
const createdAt = Date.now() - 120 * DAY_MS
const lastUsedAt = Date.now() - DAY_MS

beforeAll(async () => {
  await served.serve.call(
    'POST /api/setup',
    setupOfKeys([
      { createdAt, lastUsedAt, name: 'Page Assist', expiresAt: Date.now() + 3 * DAY_MS },
      { createdAt, lastUsedAt, name: 'Old phone', expiresAt: Date.now() + 3 * DAY_MS },
    ]),
  )
})

const keyNamed = async (name: string) => (await served.serve.call('GET /api/keys', {})).find((key) => key.name === name)

describe('keys that expire soon', () => {
  it('are shown on Home, where one is extended and another is left to expire for good', async () => {
    const page = await served.open()
    const before = (await keyNamed('Page Assist'))?.expiresAt ?? 0
    await page.getByText('2 keys expire soon').waitFor()
    await page.getByText('“Page Assist” stops working in 3 days').waitFor()
    await expectAccessibleInBoth(page)
    await page.getByRole('button', { name: 'Extend by 90 days: Page Assist' }).click()
    await page.getByText('“Page Assist” stops working in 3 days').waitFor({ state: 'detached' })
    expect((await keyNamed('Page Assist'))?.expiresAt).toBe(before + 90 * DAY_MS)
    await page.getByRole('button', { name: 'Let it expire: Old phone' }).click()
    await page.getByText('expires soon').waitFor({ state: 'detached' })
    await page.reload()
    await page.getByText('Requests today').first().waitFor()
    expect(await page.getByText('expires soon').count()).toBe(0)
    await goTo(page, '/keys', 'Keys')
    const pill = page
      .getByRole('row')
      .filter({ hasText: 'Old phone' })
      .getByText(/^Until /)
    expect(await pill.getAttribute('data-kind')).toBe('wait')
  })
})
