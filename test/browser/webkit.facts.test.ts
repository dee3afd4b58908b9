import { expect, it } from 'vitest'
import { askFromPage, askFromWorker } from '../support/asking-page.ts'
import { type BrowserFacts, documentedFacts, measureFacts, noFacts } from '../support/browser-facts.ts'
import type { Ask } from '../support/extension/asker.ts'
import { startHeadRecorder } from '../support/head-recorder.ts'
import { startPageServer } from '../support/page-server.ts'
import type { WebDriverSession } from '../support/web-driver.ts'
import { inWebKit, launchWebKit } from '../support/webkit.ts'

inWebKit(() => {
  it('each row of docs/browsers.md is what it does', async () => {
    const { session, close } = await launchWebKit()
    try {
      expect(await factsOf(session)).toEqual(documentedFacts('WebKit'))
    } finally {
      await close()
    }
  })
})

async function factsOf(session: WebDriverSession): Promise<BrowserFacts[]> {
  const [recorder, pages, securePages] = await Promise.all([
    startHeadRecorder(),
    startPageServer(),
    startPageServer({ tls: true }),
  ])
  try {
    await session.goTo(recorder.cookieUrl)
    const local = `http://127.0.0.1:${pages.port}`
    await session.goTo(local)
    const fromPage: Ask = (question) => session.run(askFromPage, question)
    const fromWorker: Ask = (question) => session.run(askFromWorker, question)
    const rows = [
      await measureFacts(recorder, { name: 'page of another local port', origin: local, ask: fromPage }),
      await measureFacts(recorder, { name: 'worker of that page', origin: local, ask: fromWorker }),
    ]
    const secure = `https://127.0.0.1:${securePages.port}`
    await session.goTo(secure)
    const arrived = await recorder.during((url) => fromPage({ url, method: 'GET' }))
    return [
      ...rows,
      arrived.length === 0
        ? noFacts('https page of the web')
        : await measureFacts(recorder, { name: 'https page of the web', origin: secure, ask: fromPage }),
    ]
  } finally {
    await Promise.all([recorder.close(), pages.close(), securePages.close()])
  }
}
