import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchForPages } from '../support/chromium.ts'
import { expectAccessibleInBoth, goTo, openConsole, patchFrom, useKey } from '../support/console-page.ts'
import { type Serve, startServe } from '../support/serve.ts'
import { invite, PHONE, visit } from '../support/visitor.ts'

let browser: Browser
let serve: Serve
let page: Page

beforeAll(async () => {
  browser = await launchForPages()
  serve = await startServe({ args: ['--demo'] })
})
afterAll(async () => {
  await browser?.close()
  await serve?.stop()
})

test('Home says by itself that somebody’s day is nearly used up, what is left, and when it starts anew', async () => {
  // A chat with the sample has 23 tokens.
  const anna = await serve.call('POST /api/people', { name: 'Anna', tokensPerDay: 50 })
  const { secret } = await serve.call('POST /api/keys', { name: 'Laptop', person: anna.id })
  page = await openConsole(browser, serve.console)
  await goTo(page, '/', 'Home')
  const notice = page.getByText(/^Anna has used/)
  expect(await useKey(serve, { secret })).toBe(200)
  await page.getByText('sample-small:latest').first().waitFor()
  expect(await notice.count()).toBe(0)
  expect(await useKey(serve, { secret })).toBe(200)
  await notice.waitFor()
  expect(await notice.innerText()).toBe('Anna has used 92% of today’s tokens')
  await page.getByText(/^4 tokens are left until (00|12):00/).waitFor()
  await expectAccessibleInBoth(page)
  expect(await useKey(serve, { secret })).toBe(200)
  await page.getByText(/^None are left: their apps have to wait until/).waitFor()
  await patchFrom(page, `/api/people/${anna.id}`, { tokensPerDay: 5000 })
  await notice.waitFor({ state: 'detached' })
})

test('members see their own limits on a phone, are warned of their own day alone, and operators see both in the list', async () => {
  const { link } = await invite(serve, { name: 'Ben', tokensPerDay: 40, requestsPerMinute: 9 })
  const own = await visit(browser, link, { viewport: PHONE })
  try {
    await own.getByRole('radio', { name: /^Password/ }).check()
    await own.getByLabel('Password', { exact: true }).fill('four quiet rivers bend')
    await own.getByRole('button', { name: 'Join' }).click()
    await own.getByRole('button', { name: 'Look around first' }).click()
    const ben = (await serve.call('GET /api/people', {})).find(({ name }) => name === 'Ben')
    const { secret } = await serve.call('POST /api/keys', { name: 'Phone', person: ben?.id ?? '' })
    await goTo(own, '/', 'Home')
    await own.getByRole('heading', { name: 'Your limits' }).waitFor()
    await own.getByText('0 of 40 tokens today').waitFor()
    await own.getByText(/^The tokens of the day start anew at (00|12):00/).waitFor()
    // Anna's day is nearly used up again, which is none of Ben's business.
    const anna = (await serve.call('GET /api/people', {})).find(({ name }) => name === 'Anna')
    await patchFrom(page, `/api/people/${anna?.id}`, { tokensPerDay: 60 })
    for (const _ of [1, 2]) expect(await useKey(serve, { secret })).toBe(200)
    await own.getByText('Ben has used 100% of today’s tokens').waitFor()
    await own.getByText('40 of 40 tokens today').waitFor()
    expect(await own.getByText(/^Anna has used/).count()).toBe(0)
    await expectAccessibleInBoth(own)
    await goTo(page, '/people', 'People')
    await page.getByRole('listitem').filter({ hasText: 'Ben' }).getByText('40 of 40 tokens today').waitFor()
    await page
      .getByRole('listitem')
      .filter({ hasText: 'Anna' })
      .getByText(/of 60 tokens today/)
      .waitFor()
    await expectAccessibleInBoth(page)
  } finally {
    await own.context().close()
  }
})
