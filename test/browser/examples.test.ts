import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect, LatchkeyError } from '../../examples/latchkey.js'
import { launchChromium, launchChromiumWithExtension } from '../support/chromium.ts'
import { type FolderServer, serveFolder } from '../support/folder-server.ts'
import { type Serve, startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url))
const read = (path: string) => readFile(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')

let serve: Serve
let browser: Browser
let files: FolderServer
beforeAll(async () => {
  serve = await startServe()
  browser = await launchChromium()
  files = await serveFolder(EXAMPLES)
})
afterAll(async () => {
  await browser?.close()
  await Promise.all([serve?.stop(), files?.close()])
})

/** The person's part: allows the request that shows this code. */
async function allow(code: string): Promise<void> {
  const asking = await until(
    async () => (await serve.call('GET /api/pairing', {})).find((request) => request.code === code),
    'the request',
  )
  await serve.call('POST /api/pairing/approve', { id: asking.id, code, preset: 'models' })
}

describe('docs/pairing.md', () => {
  /** Every block of JavaScript on the page, as a person would paste it. */
  const blocks = async () =>
    [...(await read('docs/pairing.md')).matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => String(code))

  it.each([
    ['the 20 lines without a client', 0],
    ['the lines with the client', 1],
  ])('%s connect an app, as they stand there', async (_, at) => {
    const page = await browser.newPage()
    const code = String((await blocks())[at])
    // The gateway of the test is at a port of its own, which people choose in the settings.
    const here = code
      .replace("'http://localhost:11500'", `'${serve.gateway}'`)
      .replace("name: 'My app',", `name: 'My app', address: '${serve.gateway}',`)
      .replace("'./latchkey.js'", "'/latchkey.js'")
    expect(here).toContain(serve.gateway)
    await page.goto(`${files.url}/web-page/`)
    await page.evaluate(() => {
      const shown: Record<string, unknown> = {}
      Object.assign(window, {
        shown,
        showCode: (text: string) => (shown['code'] = text),
        showModels: (models: unknown) => (shown['models'] = models),
      })
    })
    await page.addScriptTag({ type: 'module', content: here })
    const shown = (name: string) =>
      page.evaluate((key) => (window as unknown as { shown: Record<string, unknown> }).shown[key], name)
    await allow(String(await until(() => shown('code'), 'the code')))
    const models = await until(() => shown('models'), 'the models')
    expect(models).toMatchObject({ data: [{ id: 'sample-small:latest' }, {}, {}] })
    await page.close()
  })

  it('has not more than 20 lines of it', async () => {
    const [first = ''] = await blocks()
    expect(first.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(20)
  })
})

describe('the page', () => {
  it('connects and asks', async () => {
    const page = await openPage()
    await page.getByRole('button', { name: 'Connect to Latchkey' }).click()
    await allow(await codeOn(page))
    await page.getByText('Connected.').waitFor()
    await page.getByRole('button', { name: 'Translate into French' }).click()
    await page.getByText('No model is running here.').waitFor()
    const [key] = (await serve.call('GET /api/keys', {})).filter(({ name }) => name.startsWith('Translator'))
    expect(key?.origins).toEqual([files.url])
    await page.close()
  })

  it('stops when the person no longer wants to', async () => {
    const page = await openPage()
    await page.getByRole('button', { name: 'Connect to Latchkey' }).click()
    await codeOn(page)
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByText('Stopped.').waitFor()
    await page.close()
  })

  const openPage = async () => {
    const page = await browser.newPage()
    await page.goto(`${files.url}/web-page/?latchkey=${serve.gateway}`)
    return page
  }
})

describe('the extension', () => {
  let profile: TempDir
  let context: BrowserContext
  beforeAll(async () => {
    profile = await createTempDir()
    context = await launchChromiumWithExtension(`${EXAMPLES}/extension`, profile.path)
  })
  afterAll(async () => {
    await context?.close()
    await profile?.remove()
  })

  it('loads as it is, connects, asks, and is still connected when it is opened again', async () => {
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'))
    const id = new URL(worker.url()).host
    const page = await context.newPage()
    await page.goto(`chrome-extension://${id}/page.html`)
    await page.getByText('Latchkey is somewhere else').click()
    await page.getByLabel('Address').fill(serve.gateway)
    await page.getByRole('button', { name: 'Connect to Latchkey' }).click()
    await allow(await codeOn(page))
    await page.getByText('Connected.').waitFor()
    await page.reload()
    await page.getByText('Connected.').waitFor()
    await page.getByRole('button', { name: 'Ask' }).click()
    await page.getByText('No model is running here.').waitFor()
    const [key] = (await serve.call('GET /api/keys', {})).filter(({ name }) => name === 'Latchkey example')
    expect(key?.origins).toEqual([`chrome-extension://${id}`])
  })

  it('has the client as it is', async () => {
    expect(await read('examples/extension/latchkey.js')).toBe(await read('examples/latchkey.js'))
  })
})

describe('the client', () => {
  const ask = (options: Partial<Parameters<typeof connect>[0]> = {}) =>
    connect({ name: 'Program', address: serve.gateway, onCode: () => {}, ...options })

  it('says when nothing answers, and when something else does', async () => {
    await expect(ask({ address: 'http://127.0.0.1:1' })).rejects.toMatchObject({ code: 'not_running' })
    await expect(ask({ address: files.url })).rejects.toMatchObject({ code: 'not_latchkey' })
  })

  it('says when apps may not ask, and that its request is over', async () => {
    const asking = ask({ onCode: () => void serve.call('PATCH /api/settings', { pairing: false }) })
    await expect(asking).rejects.toMatchObject({ code: expect.stringMatching(/^(no_answer|refused)$/) })
    await expect(ask()).rejects.toMatchObject({ code: 'switched_off' })
    await serve.call('PATCH /api/settings', { pairing: true })
  })

  it('stops at once when its signal says so, with the reason', async () => {
    const stopping = new AbortController()
    const reason = new Error('The dialog was closed.')
    await expect(ask({ signal: stopping.signal, onCode: () => stopping.abort(reason) })).rejects.toBe(reason)
    await expect(ask({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  it('says when it asked too often, and for how long to wait', async () => {
    const stop = () => {
      const stopping = new AbortController()
      return ask({ signal: stopping.signal, onCode: () => stopping.abort() })
    }
    const busy = async () => {
      const error: unknown = await stop().catch((thrown: unknown) => thrown)
      return error instanceof LatchkeyError ? error : undefined
    }
    const error = await until(busy, 'too many requests')
    expect(error.code).toBe('busy')
    expect(error.retryAfter).toBeGreaterThan(0)
  })
})

async function codeOn(page: Page): Promise<string> {
  const code = page.locator('#code').filter({ hasText: /^\d\d-\d\d$/ })
  return code.innerText()
}
