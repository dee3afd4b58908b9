import type { Browser, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sentenceOf } from '#shared/refusals.ts'
import { type SampleRequest, type SampleUpstream, startSampleUpstream } from '../../src-main/sample/sample-upstream.ts'
import { launchChromium } from '../support/chromium.ts'
import type { Question, Seen } from '../support/extension/asker.ts'
import { chat, listModels } from '../support/extension/questions.ts'
import { type PageServer, startPageServer } from '../support/page-server.ts'
import { type Serve, startServe } from '../support/serve.ts'

const REBOUND = 'rebound.example'
const PUBLIC = 'public.example'

let upstream: SampleUpstream
let reached: SampleRequest[]
let serve: Serve
let secret: string
let pages: PageServer
/** Chromium is told that its address belongs to the public web. */
let publicPages: PageServer
let browser: Browser
let page: Page

beforeAll(async () => {
  upstream = await startSampleUpstream({ onRequest: (request) => reached.push(request) })
  reached = []
  serve = await startServe({ args: ['--upstream', upstream.url] })
  secret = (await serve.createKey({ name: 'Page' })).secret
  pages = await startPageServer()
  publicPages = await startPageServer()
  browser = await launchChromium([
    `--host-resolver-rules=MAP ${REBOUND} 127.0.0.1,MAP ${PUBLIC} 127.0.0.1`,
    `--ip-address-space-overrides=127.0.0.1:${publicPages.port}=public`,
    // Only secure pages may ask; a certificate is not what is tested here.
    `--unsafely-treat-insecure-origin-as-secure=http://${PUBLIC}:${publicPages.port}`,
  ])
})
afterAll(async () => {
  await browser?.close()
  await serve?.stop()
  await Promise.all([pages?.close(), publicPages?.close(), upstream?.close()])
})
beforeEach(async () => {
  const context = await browser.newContext()
  page = await context.newPage()
  reached = []
})
afterEach(() => page.context().close())

describe('a page on another local port', () => {
  beforeEach(() => page.goto(`http://127.0.0.1:${pages.port}/`))

  it('chats with a key', async () => {
    const seen = await ask(chat(serve.gateway, { api: 'openai', stream: true, secret }))
    expect(seen.status).toBe(200)
    expect(seen.text).toMatch(/data: \[DONE\]\n\n$/)
  })

  it('reads what to do when it has no key', async () => {
    const seen = await ask(chat(serve.gateway, { api: 'ollama', stream: true }))
    expect(seen).toEqual({ status: 401, text: JSON.stringify({ error: sentenceOf('key_missing') }) })
  })

  it('changes nothing by a POST that needs no preflight', async () => {
    await page.evaluate(
      (url) => fetch(url, { method: 'POST', mode: 'no-cors', body: '{"model":"sample-small"}' }).catch(() => undefined),
      `${serve.gateway}/api/pull`,
    )
    expect(posts()).toEqual([])
  })

  it('changes nothing by sending a form', async () => {
    const answer = page.waitForResponse((response) => response.url().endsWith('/api/delete'))
    await page.evaluate((url) => {
      const form = document.createElement('form')
      Object.assign(form, { method: 'POST', action: url, enctype: 'text/plain' })
      document.body.append(form)
      form.submit()
    }, `${serve.gateway}/api/delete`)
    expect((await answer).status()).toBe(401)
    expect(posts()).toEqual([])
  })
})

describe('a page whose name was rebound to this computer', () => {
  it('is refused by its host name, key or no key', async () => {
    const base = `http://${REBOUND}:${serve.port}`
    // From now on the page is of the same origin as what its name leads to, so that it may read every answer.
    expect((await page.goto(`${base}/`))?.status()).toBe(403)
    const seen = [await ask(listModels(base)), await ask(chat(base, { api: 'ollama', stream: false, secret }))]
    const expected = { error: sentenceOf('host_not_allowed', { port: serve.port }) }
    for (const { status, text } of seen) {
      expect(status).toBe(403)
      expect(JSON.parse(text ?? '')).toEqual(expected)
    }
    expect(posts()).toEqual([])
  })
})

describe('a page of the public web', () => {
  const url = () => `http://${PUBLIC}:${publicPages.port}`

  it('reaches nothing before the person has let it reach this computer', async () => {
    await page.goto(url())
    const seen = await ask(chat(serve.gateway, { api: 'ollama', stream: false, secret }))
    expect(seen).toEqual({ failed: 'Failed to fetch' })
    expect(posts()).toEqual([])
  })

  it('chats with a key once the person has let it reach this computer', async () => {
    await page.context().grantPermissions(['local-network-access'], { origin: url() })
    await page.goto(url())
    expect(await ask(chat(serve.gateway, { api: 'ollama', stream: false, secret }))).toMatchObject({ status: 200 })
  })
})

/** Asks from the page's own code. */
function ask(question: Question): Promise<Seen> {
  return page.evaluate(async ({ url, method, headers, body }) => {
    try {
      const response = await fetch(url, { method, headers: headers ?? {}, body: body ?? null })
      return { status: response.status, text: await response.text() }
    } catch (error) {
      return { failed: (error as Error).message }
    }
  }, question)
}

/** What reached the upstream, without the gateway's own looks at it. */
function posts(): string[] {
  return reached.filter(({ method }) => method !== 'GET').map(({ method, url }) => `${method} ${url}`)
}
