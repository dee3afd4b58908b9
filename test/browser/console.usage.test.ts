import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launchForPages } from '../support/chromium.ts'
import {
  expectAccessible,
  expectAccessibleInBoth,
  freshLink,
  goTo,
  openConsole,
  patchFrom,
  useKey,
} from '../support/console-page.ts'
import { writePastUse } from '../support/past-use.ts'
import { runLatchkey, type Serve, startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

let browser: Browser
let serve: Serve
let page: Page

beforeAll(async () => {
  browser = await launchForPages()
})
afterAll(() => browser?.close())

describe('from the first request on', () => {
  afterEach(async () => {
    await page?.context().close()
    await serve?.stop()
  })

  it('says that there is nothing, then counts by itself what was asked, by model and by key', async () => {
    const secret = await openUsage()
    await page.getByText('Nothing in this period').waitFor()
    await expectAccessible(page)
    expect(await useKey(serve, { secret })).toBe(200)
    // Requests, the sample's words in and out, their sum, what was refused, and how long the first word took.
    await page.getByRole('row', { name: /^sample-small:latest 1 4 19 23 0 [\d.]+m?s$/ }).waitFor()
    await page.getByText('By key', { exact: true }).click()
    await page.getByRole('row', { name: /^Counted 1 4 19 23 0 [\d.]+m?s$/ }).waitFor()
    await page.getByText('none in the week before').first().waitFor()
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
      await page.getByRole('heading', { name: 'Requests over time' }).waitFor()
      const ticks = page.locator('.recharts-yAxis-tick-labels .recharts-cartesian-axis-tick-label')
      await ticks.nth(1).waitFor()
      // There is no half of a request.
      for (const tick of await ticks.allTextContents()) expect(tick).toMatch(/^\d+$/)
    } finally {
      upstream.close()
    }
  })
})

describe('after two years', () => {
  const PER_DAY = 8
  let data: TempDir
  const keys: string[] = []

  beforeAll(async () => {
    data = await createTempDir()
    for (const name of ['Laptop', 'Phone', 'Script']) keys.push(await makeKey(data.path, name))
    await writePastUse(data.path, { keys, days: 730, perDay: PER_DAY })
    serve = await startServe({ dataDir: data.path })
    page = await openConsole(browser, await freshLink(serve))
    const { id: person } = await serve.call('POST /api/people', { name: 'Anna' })
    for (const id of keys.slice(0, 2)) await patchFrom(page, `/api/keys/${id}`, { person })
    await goTo(page, '/usage', 'Usage')
  })
  afterAll(async () => {
    await page?.context().close()
    await serve?.stop()
    await data?.remove()
  })

  it('“All time” is shown by month, and a week is compared with the one before', async () => {
    await page.getByText('as many as the week before').first().waitFor()
    await choose('All time')
    await reported()
    await choose('Over time')
    const months = await page.getByRole('table').getByRole('row').count()
    // With the line of headings; two years touch 24 to 26 months.
    expect(months).toBeGreaterThanOrEqual(25)
    expect(months).toBeLessThanOrEqual(27)
    await choose('Model')
  })

  it('a range is cut into days, and one that cannot be is called so', async () => {
    await choose('Range')
    const [first, last] = [page.getByLabel('First day'), page.getByLabel('Last day')]
    await first.fill(daysAgo(9))
    await last.fill(daysAgo(3))
    await choose('Over time')
    // The page shows the 30 days that it offered at first until the report of these seven is there.
    await expect.poll(() => page.getByRole('row').count()).toBe(8)
    await page.getByText('the time before').first().waitFor()
    await last.fill(daysAgo(12))
    await page.getByText('Choose a first day and a last day').waitFor()
    await last.fill(daysAgo(3))
    await choose('Model')
    await choose('Week')
  })

  it('a price makes the same use in the cloud comparable, and is kept', async () => {
    await page.getByRole('button', { name: 'Compare with a cloud price' }).click()
    await page.getByRole('textbox', { name: 'Per million tokens in' }).fill('1000')
    await page.getByRole('textbox', { name: 'Per million tokens out' }).fill('2000')
    await page.getByRole('combobox', { name: 'Currency' }).selectOption('EUR')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('columnheader', { name: 'In the cloud' }).waitFor()
    await page.reload()
    await page.getByText('at €1,000.00 in and €2,000.00 out per million tokens').waitFor()
    await page.getByRole('button', { name: 'Change the price' }).click()
    await page.getByRole('button', { name: 'Do not compare' }).click()
    await page.getByRole('columnheader', { name: 'In the cloud' }).waitFor({ state: 'detached' })
  })

  it('a row leads to the requests behind it, and Back to the sums as they were', async () => {
    await choose('By person')
    await page.getByRole('link', { name: 'Anna' }).click()
    await page.getByRole('heading', { level: 1, name: 'Activity' }).waitFor()
    await page
      .getByRole('row', { name: /Laptop|Phone/ })
      .first()
      .waitFor()
    expect(await page.getByRole('row', { name: /Script/ }).count()).toBe(0)
    await page.goBack()
    await page.getByRole('link', { name: 'Anna' }).waitFor()
    await choose('By model')
  })

  it('one person alone is shown by model, in its requests and in the exports', async () => {
    const everybody = await cell(/^llama3/)
    await page.getByRole('combobox', { name: 'Person' }).click()
    await page.getByRole('option', { name: 'Anna' }).click()
    await reported()
    await expect.poll(() => cell(/^llama3/)).not.toBe(everybody)
    await page
      .getByRole('link', { name: /^llama3/ })
      .first()
      .click()
    await page.getByRole('heading', { level: 1, name: 'Activity' }).waitFor()
    await page
      .getByRole('row', { name: /Laptop|Phone/ })
      .first()
      .waitFor()
    expect(await page.getByRole('row', { name: /Script/ }).count()).toBe(0)
    await page.goBack()
    await reported()
    const single = await exported('Individual requests for programs (JSON)')
    const ids = (JSON.parse(single.text) as { keyId: string }[]).map(({ keyId }) => keyId)
    expect(new Set(ids)).toEqual(new Set(keys.slice(0, 2)))
    await page.getByRole('combobox', { name: 'Person' }).click()
    await page.getByRole('option', { name: 'Everybody' }).click()
    await expect.poll(() => cell(/^llama3/)).toBe(everybody)
  })

  it('a bar leads to the requests of its time', async () => {
    await page.locator('.recharts-bar-rectangle path').first().click()
    await page.getByRole('heading', { level: 1, name: 'Activity' }).waitFor()
    await page.getByText(/^Since /).waitFor()
    await page.getByRole('row').nth(1).waitFor()
    await page.goBack()
    await page.getByRole('heading', { level: 1, name: 'Usage' }).waitFor()
  })

  it('the shown data can be exported completely', async () => {
    const sums = await exported('These totals for a spreadsheet (CSV)')
    expect(sums.name).toBe('latchkey-usage.csv')
    expect(sums.text.split('\r\n')[0]).toBe(
      'bucket,model,label,requests,refused,promptTokens,completionTokens,totalTokens,unmetered',
    )
    const single = await exported('Individual requests for programs (JSON)')
    const rows = JSON.parse(single.text) as unknown[]
    expect(single.name).toBe('latchkey-requests.json')
    // Seven days, the first and the last of them in part.
    expect(rows.length).toBeGreaterThan(5 * PER_DAY)
    expect(rows.length).toBeLessThanOrEqual(7 * PER_DAY)
  })

  it('chart, cards and table are accessible in light and dark colours', async () => {
    await page.getByRole('img', { name: /Tokens over time/ }).waitFor()
    await page.locator('.recharts-bar-rectangle path').first().waitFor()
    await expectAccessibleInBoth(page)
  })
})

async function makeKey(dataDir: string, name: string): Promise<string> {
  const { stdout } = await runLatchkey(['key', 'create', '--json', '--name', name, '--data-dir', dataDir])
  return (JSON.parse(stdout) as { id: string }).id
}

/** The row of a model, with its numbers. */
function cell(model: RegExp): Promise<string> {
  return page.getByRole('row', { name: model }).first().innerText()
}

function choose(name: string): Promise<void> {
  return page.getByText(name, { exact: true }).first().click()
}

/** The page shows the previous report until the chosen one has arrived. */
function reported(): Promise<void> {
  return page.locator('[aria-busy=false]').waitFor()
}

/** Chooses a file of the export menu, and reads it when it has been saved. */
async function exported(item: string): Promise<{ name: string; text: string }> {
  await page.getByRole('button', { name: 'Export' }).click()
  const saved = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: item }).click()
  const download = await saved
  const name = download.suggestedFilename()
  await page.getByText(`${name} was saved with your downloads.`).first().waitFor()
  return { name, text: await readFile(await download.path(), 'utf8') }
}

/** As a date field takes it; the browser and this process have the same clock. */
function daysAgo(days: number): string {
  return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short' }).format(Date.now() - days * 86_400_000)
}

/** The usage page of a Latchkey with one key, whose secret this resolves to. */
async function openUsage(args: readonly string[] = ['--demo']): Promise<string> {
  serve = await startServe({ args })
  const { secret } = await serve.createKey({ name: 'Counted' })
  page = await openConsole(browser, serve.console)
  await goTo(page, '/usage', 'Usage')
  return secret
}
