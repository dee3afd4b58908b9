import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sentenceOf } from '#shared/gateway/refusals.ts'
import { type SampleRequest, type SampleUpstream, startSampleUpstream } from '../../src-main/sample/sample-upstream.ts'
import { askFromPage } from './asking-page.ts'
import type { Question, Seen } from './extension/asker.ts'
import { chat, listModels } from './extension/questions.ts'
import { type PageServer, startPageServer } from './page-server.ts'
import type { Hand } from './person.ts'
import { type Serve, startServe } from './serve.ts'
import { until } from './until.ts'

/** An open page of a browser, at any address. */
export type CasesPage = Pick<Hand, 'goTo' | 'run'>

/** A gateway in front of the sample, and a page server on another port of this computer. */
export interface PageSetting {
  readonly serve: Serve
  readonly secret: string
  readonly pages: PageServer
  /** The requests that reached the upstream since the test began, without the gateway's own checks. */
  posts(): string[]
}

export function pageSetting(): PageSetting {
  let upstream: SampleUpstream
  let serve: Serve
  let secret: string
  let pages: PageServer
  let reached: SampleRequest[] = []

  beforeAll(async () => {
    upstream = await startSampleUpstream({ onRequest: (request) => reached.push(request) })
    serve = await startServe({ args: ['--upstream', upstream.url] })
    secret = (await serve.createKey({ name: 'Page' })).secret
    pages = await startPageServer()
  })
  beforeEach(() => {
    reached = []
  })
  afterAll(async () => {
    await serve?.stop()
    await Promise.all([pages?.close(), upstream?.close()])
  })

  return {
    get serve() {
      return serve
    },
    get secret() {
      return secret
    },
    get pages() {
      return pages
    },
    posts: () => reached.filter(({ method }) => method !== 'GET').map(({ method, url }) => `${method} ${url}`),
  }
}

/** Sends a request from the page's own code. */
export function ask(page: CasesPage, question: Question): Promise<Seen> {
  return page.run(askFromPage, question)
}

/** Tests of a page on another port of this computer: what it gets, and what it cannot do. */
export function describeLocalPage(setting: PageSetting, page: () => CasesPage): void {
  describe('a page on another local port', () => {
    beforeEach(() => page().goTo(`http://127.0.0.1:${setting.pages.port}/`))

    it('chats with a key', async () => {
      const { serve, secret } = setting
      const seen = await ask(page(), chat(serve.gateway, { api: 'openai', stream: true, secret }))
      expect(seen.status).toBe(200)
      expect(seen.text).toMatch(/data: \[DONE\]\n\n$/)
    })

    it('reads what to do when it has no key', async () => {
      const seen = await ask(page(), chat(setting.serve.gateway, { api: 'ollama', stream: true }))
      const error = sentenceOf('key_missing')
      expect(seen).toEqual({ status: 401, text: JSON.stringify({ error, status: error }) })
    })

    it('changes nothing by a POST that needs no preflight', async () => {
      await page().run(
        (url: string) =>
          fetch(url, { method: 'POST', mode: 'no-cors', body: '{"model":"sample-small"}' }).then(
            () => undefined,
            () => undefined,
          ),
        `${setting.serve.gateway}/api/pull`,
      )
      expect(await refusals(setting, '/api/pull')).toEqual(['key_missing'])
      expect(setting.posts()).toEqual([])
    })

    it('changes nothing by sending a form', async () => {
      await page().run((url: string) => {
        const form = document.createElement('form')
        Object.assign(form, { method: 'POST', action: url, enctype: 'text/plain' })
        document.body.append(form)
        form.submit()
      }, `${setting.serve.gateway}/api/copy`)
      expect(await refusals(setting, '/api/copy')).toEqual(['key_missing'])
      expect(setting.posts()).toEqual([])
    })
  })
}

/** Tests of a foreign name that resolves to this computer. */
export function describeReboundPage(setting: PageSetting, page: () => CasesPage, name: string): void {
  describe('a page whose name was rebound to this computer', () => {
    it('is refused by its host name, key or no key', async () => {
      const base = `http://${name}:${setting.serve.port}`
      // From now on the page has the same origin as the server behind its name, so it could read every answer.
      await page().goTo(`${base}/`)
      const { secret } = setting
      const questions = [listModels(base), chat(base, { api: 'ollama', stream: false, secret })]
      for (const question of questions) {
        const { status, text } = await ask(page(), question)
        expect(status).toBe(403)
        const sentence = sentenceOf('host_not_allowed', { port: setting.serve.port })
        expect(JSON.parse(text ?? '')).toEqual({ error: sentence })
      }
      expect(setting.posts()).toEqual([])
    })
  })
}

/** Waits for the first refusal of an address; returns the reasons. */
async function refusals({ serve }: PageSetting, route: string): Promise<(string | null)[]> {
  const all = await until(async () => {
    const found = (await serve.call('GET /api/exchanges', {})).filter((exchange) => exchange.route === route)
    return found.length > 0 && found
  }, `a request for ${route}`)
  return [...new Set(all.map(({ reason }) => reason))]
}
