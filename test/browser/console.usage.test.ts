import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { expectAccessible, goTo, openConsole, useKey } from '../support/console-page.ts'
import { type Serve, startServe } from '../support/serve.ts'

let browser: Browser
let serve: Serve
let page: Page

beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser?.close())
afterEach(async () => {
  await page?.context().close()
  await serve?.stop()
})

it('says that there is nothing, then counts by itself what was asked', async () => {
  const secret = await openUsage()
  await page.getByText('Nothing in this period').waitFor()
  await expectAccessible(page)
  expect(await useKey(serve, { secret })).toBe(200)
  // Requests, the sample's words in and out, their sum, and what was refused.
  await page.getByRole('row', { name: /^sample-small:latest 1 4 19 23 0$/ }).waitFor()
})

it('groups by key, and names the key', async () => {
  const secret = await openUsage()
  await useKey(serve, { secret })
  await page.getByText('By key', { exact: true }).click()
  await page.getByRole('row', { name: /^Counted 1 4 19 23 0$/ }).waitFor()
})

it('says how many answers did not tell their tokens', async () => {
  const upstream = createServer((_, answer) => answer.end('{"message":{"content":"Hello"},"done":true}\n'))
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const { port } = upstream.address() as AddressInfo
  try {
    const secret = await openUsage(['--upstream', `http://127.0.0.1:${port}`])
    expect(await useKey(serve, { secret })).toBe(200)
    await page.getByText('1 answer did not say how many tokens it used.').waitFor()
    await page.getByRole('columnheader', { name: 'Tokens unknown' }).waitFor()
    await expectAccessible(page)
  } finally {
    upstream.close()
  }
})

it.each(['light', 'dark'] as const)('the chart and the table are accessible in %s colours', async (colorScheme) => {
  const secret = await openUsage()
  await page.emulateMedia({ colorScheme })
  await useKey(serve, { secret })
  await page.getByRole('img', { name: /Tokens over time/ }).waitFor()
  await page.locator('.recharts-bar-rectangle path').first().waitFor()
  await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor()
  await expectAccessible(page)
})

/** The usage page of a Latchkey with one key, whose secret this resolves to. */
async function openUsage(args: readonly string[] = ['--demo']): Promise<string> {
  serve = await startServe({ args })
  const { secret } = await serve.createKey({ name: 'Counted' })
  page = await openConsole(browser, serve.console)
  await goTo(page, '/usage', 'Usage')
  return secret
}
