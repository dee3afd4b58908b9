import { beforeAll, describe, expect, it } from 'vitest'
import { expectAccessibleInBoth, goTo, holdUndo, servedConsole, useKey } from '../support/console-page.ts'
import { DAY_MS, setupOfKeys } from '../support/old-keys.ts'

const served = servedConsole()
const createdAt = Date.now() - 120 * DAY_MS
const lastUsedAt = Date.now() - DAY_MS

beforeAll(async () => {
  await served.serve.call(
    'POST /api/setup',
    setupOfKeys([
      { createdAt, lastUsedAt, name: 'Page Assist', expiresAt: Date.now() + 3 * DAY_MS },
      { createdAt, name: 'Never used' },
      { createdAt, lastUsedAt: createdAt, name: 'Long ago' },
      { createdAt, name: 'Wanted later' },
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

describe('keys that nobody has used for 90 days', () => {
  it('are disabled together, enabled again by undo, and deleted', async () => {
    const page = await served.open('/keys', 'Keys')
    await page.getByText('3 keys have not been used for 90 days').waitFor()
    await page.getByRole('button', { name: 'Clean up' }).click()
    const dialog = page.getByRole('dialog')
    await dialog
      .getByText(/never used/)
      .first()
      .waitFor()
    await expectAccessibleInBoth(page)
    await dialog.getByRole('checkbox', { name: 'Wanted later' }).uncheck()
    await dialog.getByRole('button', { name: 'Disable 2' }).click()
    await holdUndo(page)
    await page.getByText('2 keys are switched off.').waitFor()
    expect((await keyNamed('Never used'))?.enabled).toBe(false)
    expect((await keyNamed('Wanted later'))?.enabled).toBe(true)
    await page.getByText('1 key has not been used for 90 days').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('3 keys have not been used for 90 days').waitFor()
    expect((await keyNamed('Long ago'))?.enabled).toBe(true)
    await page.getByRole('button', { name: 'Clean up' }).click()
    await dialog.getByRole('checkbox', { name: 'Wanted later' }).uncheck()
    await dialog.getByRole('button', { name: 'Delete 2' }).click()
    await page.getByText('2 keys were deleted.').waitFor()
    expect(await keyNamed('Never used')).toBeUndefined()
  })

  it('are kept without further hints if the person closes the hint', async () => {
    const page = await served.open('/keys', 'Keys')
    const hint = page.getByRole('status').filter({ hasText: '1 key has not been used for 90 days' })
    await hint.getByRole('button', { name: 'Close' }).click()
    await hint.waitFor({ state: 'detached' })
    await page.reload()
    await page.getByRole('row').filter({ hasText: 'Wanted later' }).waitFor()
    expect(await hint.count()).toBe(0)
  })
})

describe('a key that has reached a limit', () => {
  it('is asked about on Home, and works again once the limit is doubled', async () => {
    const { secret } = await served.serve.createKey({ name: 'Anna’s phone', requestsPerMinute: 1 })
    expect(await useKey(served.serve, { secret })).toBe(200)
    expect(await useKey(served.serve, { secret })).toBe(429)
    const page = await served.open()
    const title = page.getByText('“Anna’s phone” has used up its 1 request a minute: allow more?')
    await title.waitFor()
    await expectAccessibleInBoth(page)
    await page.getByRole('button', { name: 'Double to 2: Anna’s phone' }).click()
    await title.waitFor({ state: 'detached' })
    expect((await keyNamed('Anna’s phone'))?.requestsPerMinute).toBe(2)
    expect(await useKey(served.serve, { secret })).toBe(200)
  })

  it('is left as it is on request, and not asked about again that day', async () => {
    const page = await served.open('/keys', 'Keys')
    const { secret } = await served.serve.createKey({ name: 'Tablet', requestsPerMinute: 1 })
    await useKey(served.serve, { secret })
    expect(await useKey(served.serve, { secret })).toBe(429)
    const title = page.getByText('“Tablet” has used up its 1 request a minute: allow more?')
    await title.waitFor()
    await page.getByRole('button', { name: 'Leave it: Tablet' }).click()
    await title.waitFor({ state: 'detached' })
    expect(await useKey(served.serve, { secret })).toBe(429)
    expect(await served.serve.call('GET /api/keys/limit-questions', {})).toEqual([])
  })
})
